import { setTimeout as turn } from "node:timers/promises";
import { type ContractRow, describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { quoteText } from "../../../sources/duckdb/quoting";
import { openDuckdbBench } from "../../support/duckdbBench";

const literal = (text: string | null): string => (text === null ? "null" : quoteText(text));
const rowSql = ({ ts, platform, views }: ContractRow): string =>
    `insert into stored values (${[quoteText(ts), literal(platform), views].join(", ")})`;

async function openFixture(): Promise<ExtractorFixture> {
    const bench = await openDuckdbBench();
    await bench.write("shop.db", [
        "create table stored (ts timestamp, platform varchar, views bigint)",
        "create view events as select * from stored",
    ]);
    const zone = process.env["TZ"];
    return {
        kind: "streams",
        extractor: bench.extractor({ database: bench.file("shop.db") }),
        store: bench.store,
        bucket: bench.bucket,
        zonedQuery: "select timezone('UTC', ts) as ts, platform, views from events",
        load: (rows) =>
            bench.write("shop.db", [
                "create or replace view events as select * from stored",
                "delete from stored",
                ...rows.map(rowSql),
            ]),
        setSessionTimeZone: async (name) => void (process.env["TZ"] = name),
        submitted: async () => bench.counts.copies,
        // Looked at again and again: whatever is under way gets its turn in between.
        underWay: async () => turn(1, bench.counts.open),
        // A query that counts for hours.
        hold: () =>
            bench.write("shop.db", [
                "create or replace view events as select * from stored where (select count(*) from range(1000000000000)) > 0",
            ]),
        settle: () => bench.write("shop.db", ["create or replace view events as select * from stored"]),
        openWrong: () => ({
            extractor: bench.extractor({ database: bench.file("none.db") }),
            key: "lookout:sources.warehouse.database",
        }),
        passwords: [],
        close: async () => {
            if (zone === undefined) delete process.env["TZ"];
            else process.env["TZ"] = zone;
            await bench.close();
        },
    };
}

describeExtractor("sources/duckdb", openFixture);
