import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { extractionOf, type MysqlBench } from "../../../support/mysqlBench";
import { at, timesOf, values, valuesOf } from "./asking";

/** Runs over the server that is open when they begin. */
export function describeValues(opened: () => MysqlBench): void {
    describe("values", () => {
        let bench: MysqlBench;
        before(() => {
            bench = opened();
        });
        it("keeps decimals and integers of any size exact", async () => {
            const exact = ["18446744073709551615", "-9223372036854775808", "0.000000000000000000000000000001"];
            const decimal = "12345678901234567890123456789012345.000000000000000000000000000001";
            for (const value of [...exact, decimal]) {
                assert.deepEqual(await valuesOf(bench, `select ${at}, ${value} as v`), [value]);
            }
        });

        it("carries four-byte characters and other character sets through as UTF-8", async () => {
            await bench.server.exec(
                "use shop; create or replace table latin (v varchar(20)) character set latin1; insert into latin values ('Größe €')",
            );
            assert.deepEqual(await valuesOf(bench, `select ${at}, v from latin`), ["Größe €"]);
            assert.deepEqual(await valuesOf(bench, `select ${at}, '🛒𝒳' as v`), ["🛒𝒳"]);
        });

        it("carries a value of megabytes", async () => {
            const [value = ""] = await valuesOf(bench, `select ${at}, repeat('x', 5000000) as v`);
            assert.equal(value.length, 5_000_000);
        });

        it("cuts fractions of a second off, and rounds none up", async () => {
            assert.deepEqual(await timesOf(bench, "select timestamp '2026-01-01 10:59:59.999999' as ts, 1 as v"), [
                "2026-01-01 10:59:59",
            ]);
        });

        it("packs the rows where it is told to", async () => {
            const extraction = extractionOf({ spec: { ...values, query: `select ${at}, 7 as v` } });
            const ticket = await bench.extractor({ compression: "GZIP" }).start(extraction);
            const packed = await bench.store.get(`${extraction.prefix}rows.csv.gz`);
            assert.equal(gunzipSync(packed?.body ?? "").toString(), "ts,v\n2026-01-01 10:00:00,7\n");
            assert.equal(ticket.bytes, packed?.body.length);
        });
    });
}
