import assert from "node:assert/strict";
import { s3Schema } from "../../../sources/s3/config";
import { s3 } from "../../../sources/s3/deploy";
import { prefixesOf } from "../../../sources/s3/pathTemplate";
import { timestampReader } from "../../../sources/s3/timestamp";

const place = { partition: "aws", region: "eu-west-1", accountId: "123456789012" };
const orders = { path: "s3://my-lake/orders/{{yyyyMMdd}}/", format: "PARQUET" };
const problems = (config: object): string[] =>
    (s3Schema.safeParse({ type: "s3", tables: { orders }, ...config }).error?.issues ?? []).map(
        ({ path, message }) => `${path.join(".")} ${message}`,
    );

describe("sources/s3/config", () => {
    it("takes tables by name, and fills in the rest", () => {
        const { tables, compression } = s3Schema.parse({ type: "s3", tables: { orders } });
        assert.deepEqual([tables["orders"]?.arrival, tables["orders"]?.delimiter, compression], ["PT0M", ",", "NONE"]);
    });

    it("says of each key what is wrong with it", () => {
        const found = [
            problems({ tables: {} }),
            problems({ tables: { orders: { ...orders, path: "my-lake/orders/" } } }),
            problems({ tables: { orders: { ...orders, path: "s3://my-lake/{{day}}/" } } }),
            problems({ tables: { orders: { ...orders, path: "s3://my-lake/orders/{{day}}/" } } }),
            problems({ tables: { orders: { ...orders, path: "s3://my-lake/orders/{{HH}}/" } } }),
            problems({ tables: { orders: { ...orders, format: "AVRO" } } }),
            problems({ roleArn: "reader" }),
            problems({ externalId: "word" }),
            problems({ roleArn: "arn:aws:iam::210987654321:role/reader", externalId: "two words" }),
        ].map(([first]) => first ?? "");
        const expected = [
            /^tables names no table/,
            /^tables\.orders\.path is not a place in S3/,
            /^tables\.orders\.path is not a place in S3 with a prefix before its first key/,
            /^tables\.orders\.path has the key \{\{day\}\}; expected letters of yyyy, MM/,
            /^tables\.orders\.path has HH without yyyy/,
            /^tables\.orders\.format is no format; expected CSV, JSON/,
            /^roleArn is not the ARN of a role/,
            /^externalId is given without roleArn/,
            /^externalId is no external id/,
        ];
        expected.forEach((message, index) => assert.match(found[index]!, message));
    });

    it("reads what its paths begin with and nothing else; with a role, assumes that one alone", () => {
        const historyPath = "s3://archive/orders/";
        const kmsKeyArns = ["arn:aws:kms:eu-west-1:123456789012:key/abc"];
        const own = s3.statements(
            s3Schema.parse({ type: "s3", kmsKeyArns, tables: { orders: { ...orders, historyPath } } }),
            place,
        );
        assert.deepEqual(
            own.map(({ actions, resources }) => [...actions, ...resources]),
            [
                ["s3:ListBucket", "arn:aws:s3:::my-lake"],
                ["s3:ListBucket", "arn:aws:s3:::archive"],
                ["s3:GetObject", "arn:aws:s3:::my-lake/orders/*", "arn:aws:s3:::archive/orders/*"],
                ["kms:Decrypt", ...kmsKeyArns],
            ],
        );
        const roleArn = "arn:aws:iam::210987654321:role/reader";
        const assumed = s3.statements(s3Schema.parse({ type: "s3", roleArn, tables: { orders } }), place);
        assert.deepEqual(
            assumed.map(({ actions, resources }) => [...actions, ...resources]),
            [["sts:AssumeRole", roleArn]],
        );
    });

    it("finds the prefixes of a window, each once, by the smallest unit of the path", () => {
        const window = { start: Date.parse("2026-01-31T23:30:00Z"), end: Date.parse("2026-02-01T01:00:00Z") };
        const prefixes = (path: string): string[] => prefixesOf(path, window).map(({ prefix }) => prefix);
        assert.deepEqual(prefixes("s3://b/o/{{yyyyMMdd}}/{{HH}}/"), ["o/20260131/23/", "o/20260201/00/"]);
        assert.deepEqual(prefixes("s3://b/o/year={{yyyy}}/month={{MM}}/"), [
            "o/year=2026/month=01/",
            "o/year=2026/month=02/",
        ]);
        assert.deepEqual(prefixes("s3://b/o/"), ["o/"]);
    });

    it("reads timestamps by their own zone, else by the source's", () => {
        const berlin = timestampReader("yyyy-MM-dd HH:mm:ss", "Europe/Berlin");
        const read = (text: string): string | undefined =>
            Number.isNaN(berlin(text)) ? undefined : new Date(berlin(text)).toISOString().slice(0, 19);
        assert.deepEqual(
            [
                "2026-07-01 12:00:00",
                "2026-07-01T12:00:00Z",
                "2026-07-01T12:00:00.5-0230",
                "2026-01-01",
                "2026-02-30",
                "soon",
            ].map(read),
            [
                "2026-07-01T10:00:00",
                "2026-07-01T12:00:00",
                "2026-07-01T14:30:00",
                "2025-12-31T23:00:00",
                undefined,
                undefined,
            ],
        );
        assert.equal(timestampReader("UNIX", "UTC")("1767225600000"), timestampReader("UNIX", "UTC")("1767225600"));
        assert.equal(
            timestampReader("dd.MM.yyyy HH:mm", "UTC")("02.01.2026 03:04"),
            Date.parse("2026-01-02T03:04:00Z"),
        );
        assert.throws(() => timestampReader("MMM dd, yyyy", "UTC"), {
            name: "ConfigError",
            message: /"MMM", which a source of the type s3/,
        });
    });
});
