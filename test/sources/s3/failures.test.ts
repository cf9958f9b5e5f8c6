import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { sortFailure } from "../../../sources/s3/failures";
import { parquetOf } from "../../support/parquet";
import { type S3Bench, openS3Bench, sampleWindow } from "../../support/s3Bench";
import { specOf } from "../../support/specs";

const good = "ts,platform,views\n2026-01-01 10:00:00,web,1\n";
const whole = /^Source warehouse, detector orders, window 2026-01-01T10:00:00Z\/2026-01-01T11:00:00Z: /;

describe("sources/s3 says what failed", () => {
    let bench: S3Bench;
    const table = (format: string, path = "s3://lake/in/{{yyyyMMdd}}/") =>
        bench.extractor({ events: { path, format } });
    const failure = async (format: string, path?: string): Promise<Error> => {
        const found: unknown = await bench.rows(table(format, path)).catch((error: unknown) => error);
        assert.ok(found instanceof Error, "it did not fail");
        assert.match(found.message, whole);
        return found;
    };
    const broken = async (format: string, key: string, body: string | Uint8Array, message: RegExp): Promise<void> => {
        await bench.clear();
        await bench.put(`in/20260101/${key}`, body);
        const { name, message: found } = await failure(format);
        assert.equal(name, "QueryError", found);
        assert.match(found, message);
        assert.match(found, new RegExp(`s3://lake/in/20260101/${key.replaceAll(".", "\\.")}`));
    };

    before(async () => {
        bench = await openS3Bench();
    });
    beforeEach(async () => {
        await bench.clear();
        bench.faults.clear();
        await bench.put("in/20260101/a.csv", good);
    });
    after(() => bench.close());

    it("of a bucket that is not there: final, and names it and its key", async () => {
        const { name, message } = await failure("CSV", "s3://nowhere/in/");
        assert.equal(name, "NotFoundError");
        assert.match(message, /s3:\/\/nowhere\/in\/.*Correct the bucket in lookout:sources\.warehouse\.tables/);
    });

    it("of what is throttled, unreachable or changed meanwhile: busy", async () => {
        const errors = [
            {
                at: "s3:ListObjectsV2",
                error: { name: "SlowDown", message: "Please reduce your request rate.", status: 503 },
            },
            {
                at: "s3:GetObject",
                error: { name: "InternalError", message: "We encountered an internal error.", status: 500 },
            },
            {
                at: "s3:GetObject",
                error: { name: "NoSuchKey", message: "The specified key does not exist.", status: 404 },
            },
            {
                at: "s3:GetObject",
                error: { name: "PreconditionFailed", message: "At least one did not hold", status: 412 },
            },
        ];
        for (const fault of errors) {
            bench.faults.clear();
            bench.faults.inject(fault);
            const { name, message } = await failure("CSV");
            assert.equal(name, "SourceBusyError", message);
            assert.match(
                message,
                fault.at === "s3:GetObject" ? /s3:\/\/lake\/in\/20260101\/a\.csv/ : /s3:\/\/lake\/in\/20260101\//,
            );
        }
        const reset = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
        assert.equal(sortFailure(reset, { source: "warehouse" }).name, "SourceBusyError");
    });

    it("of what may not be read, or is archived: final, with what to do", async () => {
        const refused = { name: "AccessDenied", message: "Access Denied", status: 403 };
        for (const at of ["s3:ListObjectsV2", "s3:GetObject"]) {
            bench.faults.clear();
            bench.faults.inject({ at, error: refused });
            const { name, message } = await failure("CSV");
            assert.equal(name, "QueryError");
            assert.match(
                message,
                /s3:\/\/lake\/in\/20260101\/.*Access Denied\. Let the function's role, or lookout:sources\.warehouse\.roleArn/,
            );
        }
        const error = {
            name: "InvalidObjectState",
            message: "The operation is not valid for the object's storage class",
            status: 403,
        };
        bench.faults.inject({ at: "s3:GetObject", error });
        assert.match((await failure("CSV")).message, /a\.csv.*It is archived: restore it/);
    });

    it("of a packed object that is none, or is cut off: final, and names the object", async () => {
        await bench.clear();
        const packed = gzipSync(good.repeat(50));
        for (const [body, found] of [
            [Buffer.from(good), /incorrect header check/],
            [packed.subarray(0, 60), /unexpected end of file/],
        ] as const) {
            await bench.putRaw("in/20260101/a.csv.gz", body);
            const { name, message } = await failure("CSV");
            assert.equal(name, "QueryError");
            assert.match(message, found);
            assert.match(message, /s3:\/\/lake\/in\/20260101\/a\.csv\.gz.*Correct the object/);
        }
    });

    it("of CSV that is none", async () => {
        await broken(
            "CSV",
            "a.csv",
            `${good}2026-01-01 10:00:00,web,1,more\n`,
            /on line 3.*Correct the object, or the format/,
        );
        await broken("CSV", "a.csv", `${good}2026-01-01 10:00:00,"web,1\n`, /Quote.*line 3/);
        await broken(
            "CSV",
            "a.csv",
            `${good}2026-01-01 10:00:00,"we\nb"\n${good}`,
            /line 4 ends after 2 of the header's columns and has no "views"\. Correct the object, or the format/,
        );
        await broken(
            "CSV",
            "a.csv",
            "ts,platform,clicks\n",
            /has no column "views"; it has ts, platform, clicks\. Correct lookout:detectors\.orders\.measures\[0\]\.name/,
        );
    });

    it("of JSON lines that are none, or whose lines are no objects", async () => {
        const line = '{"ts":"2026-01-01 10:00:00","platform":"web","views":1}\n';
        await broken("JSON", "a.json", `${line}{"ts":`, /line 2 is no JSON: .*Correct the object/);
        for (const [value, found] of [
            ["[1,2]", "a list"],
            ["17", "a number"],
            ['"x"', "a string"],
            ["null", "null"],
            ["true", "a boolean"],
        ])
            await broken(
                "JSON",
                "a.json",
                `${line}\n${value}\n`,
                new RegExp(`line 3 is ${found}; expected a JSON object`),
            );
        await broken(
            "JSON",
            "a.json",
            '{"time":"2026-01-01 10:00:00"}\n',
            /has no column "ts"; it has time\. Correct lookout:detectors\.orders\.timestamp\.column/,
        );
    });

    it("of Parquet that is none, is cut off, or lacks a column", async () => {
        await broken("PARQUET", "a.parquet", good, /footer.*Correct the object, or the format/);
        const columns = "ts timestamp, platform varchar, views bigint";
        const bytes = Buffer.from(await parquetOf(columns, [["2026-01-01 10:00:00", "web", "1"]]));
        await broken("PARQUET", "a.parquet", bytes.subarray(0, bytes.length - 20), /Correct the object/);
        await broken(
            "PARQUET",
            "a.parquet",
            Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(40, 255), bytes.subarray(44)]),
            /Correct the object/,
        );
        const other = await parquetOf("ts timestamp, views bigint", [["2026-01-01 10:00:00", "1"]]);
        await broken("PARQUET", "a.parquet", other, /has no column "platform"; it has ts, views/);
    });

    it("of a table without objects, or without rows, when its columns are asked for", async () => {
        await bench.clear();
        await assert.rejects(table("CSV").describe(specOf()), {
            name: "NotFoundError",
            message: /there is no object under s3:\/\/lake\/in\//,
        });
        await bench.put("in/20260101/a.json", "\n");
        await assert.rejects(table("JSON").describe(specOf()), {
            name: "NotFoundError",
            message: /s3:\/\/lake\/in\/20260101\/a\.json have no row/,
        });
    });

    it("of a look that nobody waits for: busy", async () => {
        const given = AbortSignal.abort(new Error("given up"));
        for (const look of [
            table("CSV").inspect(specOf(), sampleWindow, given),
            table("CSV").describe(specOf(), given),
        ])
            await assert.rejects(look, { name: "SourceBusyError", message: /took longer than the time/ });
    });
});
