import assert from "node:assert/strict";
import { athenaSchema } from "../../../sources/athena/config";

const lake = { type: "athena", database: "sales", dataLocations: ["s3://lake/orders/"] };

const findings = (config: object): string[] => {
    const parsed = athenaSchema.safeParse(config);
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
};

describe("sources/athena/config", () => {
    it("needs a database and where its files lie, and has a default for all else", () => {
        assert.deepEqual(athenaSchema.parse(lake), {
            ...lake,
            databases: [],
            catalog: "AwsDataCatalog",
            workgroup: "primary",
            kmsKeyArns: [],
            lakeFormation: false,
            sourceTimeZone: "UTC",
            maxConcurrentStatements: 2,
        });
    });

    it("takes Lake Formation in the place of locations, and asks for one of the two", () => {
        assert.deepEqual(findings({ type: "athena", database: "sales", lakeFormation: true }), []);
        assert.match(
            findings({ type: "athena", database: "sales" }).join(),
            /^dataLocations is missing; expected the folders/,
        );
    });

    const wrong: Record<string, [change: object, finding: RegExp]> = {
        "a location that is half a name": [{ dataLocations: ["s3://lake/ord"] }, /^dataLocations.0 is not a folder/],
        "a location with a wildcard": [{ dataLocations: ["s3://lake/*/"] }, /^dataLocations.0 is not a folder/],
        "a bucket without its slash": [{ dataLocations: ["s3://lake"] }, /^dataLocations.0 is not a folder/],
        "a database that would widen a policy": [{ database: "sa*" }, /^database is not the name of a database/],
        "a catalogue whose account is not said": [{ catalog: "partner" }, /^catalogAccount is missing; .* "partner"/],
        "an account beside the catalogue that every account has": [
            { catalogAccount: "999999999999" },
            /^catalogAccount is given and catalog is AwsDataCatalog, which is always this account's/,
        ],
        "an account that is none": [{ catalog: "partner", catalogAccount: "99" }, /^catalogAccount is not an AWS acc/],
        "a nested catalogue": [{ catalog: "s3tablescatalog/lake" }, /^catalog is not the name of a Glue catalogue; /],
        "a second database of the kind": [{ databases: ["a/b"] }, /^databases.0 is not the name of a database/],
        "an alias where a key's ARN belongs": [
            { kmsKeyArns: ["alias/lake"] },
            /^kmsKeyArns.0 is not the ARN of a KMS key/,
        ],
        "a workgroup with a blank": [{ workgroup: "my group" }, /^workgroup is not the name of a workgroup/],
        "a zone that is an offset": [{ sourceTimeZone: "+02:00" }, /^sourceTimeZone is not an IANA time zone/],
        "a key that there is not": [{ secret: "s" }, /secret/],
    };
    for (const [what, [change, finding]] of Object.entries(wrong)) {
        it(`refuses ${what}`, () => {
            assert.match(findings({ ...lake, ...change }).join("\n"), finding);
        });
    }
});
