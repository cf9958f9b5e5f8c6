import assert from "node:assert/strict";
import { type AthenaConfig, athenaSchema } from "../../../sources/athena/config";
import { athena } from "../../../sources/athena/deploy";
import type { Statement } from "../../../sources/metricSource";

const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };
const glue = "arn:aws:glue:eu-west-1:123456789012";
const configOf = (config: object): AthenaConfig =>
    athenaSchema.parse({ type: "athena", database: "sales", dataLocations: ["s3://lake/orders/"], ...config });

/** Actions and the resources they may touch, as `action resource`. */
const grants = (statements: readonly Statement[]): string[] =>
    statements.flatMap(({ actions, resources }) =>
        actions.flatMap((action) => resources.map((resource) => `${action} ${resource as string}`)),
    );
const granted = (config: object = {}): string[] => grants(athena.statements(configOf(config), place));

describe("sources/athena/deploy", () => {
    it("lets queries run in the one workgroup that is named", () => {
        const workgroup = "arn:aws:athena:eu-west-1:123456789012:workgroup/lookout";
        assert.deepEqual(
            granted({ workgroup: "lookout" }).filter((grant) => grant.startsWith("athena:")),
            ["Start", "Get", "Get", "Stop"].map(
                (verb, index) => `athena:${verb}Query${index === 2 ? "Results" : "Execution"} ${workgroup}`,
            ),
        );
    });

    it("asks for another catalogue only where one is named", () => {
        const catalogue = "athena:GetDataCatalog arn:aws:athena:eu-west-1:123456789012:datacatalog/partner";
        assert.ok(granted({ catalog: "partner", catalogAccount: "999999999999" }).includes(catalogue));
        assert.ok(!granted().some((grant) => grant.includes("GetDataCatalog")));
    });

    it("reads the catalogue of the databases that are named, and of the one that Athena always looks at", () => {
        const tables = granted({ databases: ["reference"] })
            .filter((grant) => grant.startsWith("glue:GetTable "))
            .map((grant) => grant.slice("glue:GetTable ".length));
        assert.deepEqual(tables, [
            `${glue}:catalog`,
            `${glue}:database/default`,
            `${glue}:database/sales`,
            `${glue}:database/reference`,
            `${glue}:table/sales/*`,
            `${glue}:table/reference/*`,
        ]);
    });

    it("reads the databases of another account's catalogue there, and its own account's default alone", () => {
        const theirs = "arn:aws:glue:eu-west-1:999999999999";
        assert.deepEqual(
            granted({ catalog: "partner", catalogAccount: "999999999999" })
                .filter((grant) => grant.startsWith("glue:GetTable "))
                .map((grant) => grant.slice("glue:GetTable ".length)),
            [
                `${glue}:catalog`,
                `${theirs}:catalog`,
                `${glue}:database/default`,
                `${theirs}:database/sales`,
                `${theirs}:table/sales/*`,
            ],
        );
    });

    it("changes nothing in the catalogue", () => {
        assert.ok(granted({ lakeFormation: true }).every((grant) => !/:(Create|Update|Delete|Put)/.test(grant)));
    });

    it("reads the files of the folders that are named, and lists nothing else of their buckets", () => {
        const dataLocations = ["s3://lake/orders/", "s3://lake/customers/", "s3://other/"];
        const statements = athena.statements(configOf({ dataLocations }), place);
        assert.deepEqual(
            granted({ dataLocations }).filter((grant) => grant.startsWith("s3:GetObject ")),
            ["lake/orders/*", "lake/customers/*", "other/*"].map((key) => `s3:GetObject arn:aws:s3:::${key}`),
        );
        assert.deepEqual(
            statements
                .filter(({ actions }) => actions.includes("s3:ListBucket"))
                .map(({ sid, resources, conditions }) => [sid, resources, conditions?.StringLike?.["s3:prefix"]]),
            [
                ["ListData", ["arn:aws:s3:::lake"], ["orders", "orders/*", "customers", "customers/*"]],
                ["ListData2", ["arn:aws:s3:::other"], undefined],
            ],
        );
    });

    it("decrypts with the keys that are named, and asks Lake Formation where that decides", () => {
        const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        assert.ok(granted({ kmsKeyArns: [key] }).includes(`kms:Decrypt ${key}`));
        assert.ok(!granted().some((grant) => /^(kms|lakeformation):/.test(grant)));
        assert.ok(granted({ lakeFormation: true }).includes("lakeformation:GetDataAccess *"));
    });

    it("keeps the answers of checks in a folder of the stack's bucket, where it may delete them", () => {
        const arn = "arn:aws:s3:::metrics";
        const statements = athena.bucketStatements?.({ arn, objects: (pattern) => `${arn}/${pattern}` }) ?? [];
        const ofBucket = grants(statements).filter((grant) => grant.endsWith(":::metrics"));
        assert.deepEqual(ofBucket, [`s3:GetBucketLocation ${arn}`, `s3:ListBucketMultipartUploads ${arn}`]);
        const written = grants(statements).filter((grant) => /s3:(Put|Delete)Object/.test(grant));
        assert.deepEqual(written, [`s3:PutObject ${arn}/_checks/*`, `s3:DeleteObject ${arn}/_checks/*`]);
        assert.ok(statements.some(({ actions }) => actions.includes("s3:DeleteObject")));
    });

    it("follows uploads in parts where rows and answers are written, and nowhere else", () => {
        const arn = "arn:aws:s3:::metrics";
        const statements = athena.bucketStatements?.({ arn, objects: (pattern) => `${arn}/${pattern}` }) ?? [];
        assert.deepEqual(
            grants(statements).filter((grant) => grant.startsWith("s3:ListMultipartUploadParts")),
            ["_checks", "*/backtest", "*/live"].map((folder) => `s3:ListMultipartUploadParts ${arn}/${folder}/*`),
        );
    });

    it("attaches nothing, and has time for the questions of a check", () => {
        assert.equal(athena.attachment(configOf({})), undefined);
        assert.deepEqual(athena.needs?.(configOf({})), { timeoutSeconds: 300 });
    });
});
