import assert from "node:assert/strict";
import { z } from "zod";
import { objectStatements, secretStatements } from "../../sources/access";
import { deployHalves } from "../../sources/deploy";
import { duckdbSchema } from "../../sources/duckdb/config";
import { duckdb } from "../../sources/duckdb/deploy";
import { s3Schema } from "../../sources/s3/config";
import { s3 } from "../../sources/s3/deploy";
import type { Statement } from "../../sources/metricSource";

const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };
const key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";

/** What may be listed: a bucket, and the prefixes that may be asked for. */
const listed = (statements: readonly Statement[]): unknown[] =>
    statements
        .filter(({ actions }) => actions.includes("s3:ListBucket"))
        .map(({ resources, conditions }) => [...resources, conditions?.StringLike?.["s3:prefix"]]);
const granted = (statements: readonly Statement[], action: string): unknown[] =>
    statements.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);

describe("sources/access", () => {
    it("opens a secret under a key of somebody's own by way of Secrets Manager alone", () => {
        const [read, open] = secretStatements({ secret: "orders", secretKeyArn: key }, place);
        assert.deepEqual(read?.actions, ["secretsmanager:GetSecretValue"]);
        assert.deepEqual(open, {
            sid: "OpenSecret",
            actions: ["kms:Decrypt"],
            resources: [key],
            conditions: { StringEquals: { "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com" } },
        });
    });

    it("decrypts nothing where no key is named, and reads nothing where no secret is", () => {
        assert.deepEqual(granted(secretStatements({ secret: "orders" }, place), "kms:Decrypt"), []);
        assert.deepEqual(secretStatements({}, place), []);
        assert.deepEqual(objectStatements([], [], place), []);
    });

    for (const [type, { schema }] of Object.entries(deployHalves)) {
        if (!(schema instanceof z.ZodObject) || !Object.hasOwn(schema.shape, "secret")) continue;
        it(`is what ${type} asks for its secret with, key and all`, () => {
            const half = deployHalves[type as "postgres"];
            const needed = { account: "myorg-shop", storageIntegration: "LOOKOUT" };
            const keys = { type, secret: "orders", secretKeyArn: key, ...(type === "snowflake" ? needed : {}) };
            const parsed = half.schema.parse(keys);
            assert.deepEqual(granted(half.statements(parsed, place), "kms:Decrypt"), [key]);
            const message = /is not the ARN of a KMS key/;
            assert.throws(() => half.schema.parse({ ...keys, secretKeyArn: "alias/secrets" }), message);
            if (type === "snowflake") return;
            const alone = { type, secretKeyArn: key, user: "lookout", host: "db.example.com", database: "shop" };
            assert.throws(() => half.schema.parse(alone), /is given without secret/);
        });
    }

    it("lists a bucket whole only where all of it may be read", () => {
        const folder = { bucket: "lake", keys: "orders/*", prefixes: ["orders", "orders/*"] };
        const whole = { bucket: "other", keys: "*", prefixes: [] };
        assert.deepEqual(listed(objectStatements([folder, whole], [], place)), [
            ["arn:aws:s3:::lake", ["orders", "orders/*"]],
            ["arn:aws:s3:::other", undefined],
        ]);
        const both = [folder, { ...whole, bucket: "lake" }];
        assert.deepEqual(listed(objectStatements(both, [], place)), [["arn:aws:s3:::lake", undefined]]);
    });

    it("lets DuckDB list and read what its paths begin with, and decrypt it", () => {
        const files = { sales: ["s3://lake/sales/*.csv", "s3://lake/sales/*.parquet"], shops: "s3://lake/shops.csv" };
        const config = duckdbSchema.parse({ type: "duckdb", layer: "local", files, kmsKeyArns: [key] });
        const statements = duckdb.statements(config, place);
        assert.deepEqual(listed(statements), [["arn:aws:s3:::lake", ["sales/*", "shops.csv"]]]);
        const objects = ["arn:aws:s3:::lake/sales/*", "arn:aws:s3:::lake/shops.csv"];
        assert.deepEqual(granted(statements, "s3:GetObject"), objects);
        assert.deepEqual(granted(statements, "kms:Decrypt"), [key]);
    });

    it("lets DuckDB do nothing in AWS for files on the machine", () => {
        const config = duckdbSchema.parse({ type: "duckdb", layer: "local", files: { sales: "data/sales.csv" } });
        assert.deepEqual(duckdb.statements(config, place), []);
    });

    it("lets an s3 source list what its paths begin with up to the first key", () => {
        const orders = { path: "s3://lake/orders/{{yyyyMMdd}}/", historyPath: "s3://archive/orders/", format: "CSV" };
        const statements = s3.statements(s3Schema.parse({ type: "s3", tables: { orders } }), place);
        assert.deepEqual(listed(statements), [
            ["arn:aws:s3:::lake", ["orders/*"]],
            ["arn:aws:s3:::archive", ["orders/*"]],
        ]);
    });
});
