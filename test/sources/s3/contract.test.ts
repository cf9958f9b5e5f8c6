import { setTimeout as turn } from "node:timers/promises";
import { type ContractRow, describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { openS3Bench } from "../../support/s3Bench";
import { parquetOf } from "../../support/parquet";

type Format = "CSV" | "JSON" | "PARQUET";

const field = (value: string | null): string => (value === null ? "" : `"${value.replaceAll('"', '""')}"`);

/** The instant of a timestamp without a zone, as Kolkata writes it. */
const zoned = (ts: string): string => `${new Date(Date.parse(`${ts}Z`) + 19_800_000).toISOString().slice(0, 19)}+05:30`;

const bodies: Record<Format, (rows: readonly ContractRow[]) => Promise<string | Uint8Array>> = {
    CSV: async (rows) =>
        [
            "ts,zoned,platform,views",
            ...rows.map(({ ts, platform, views }) => [ts, zoned(ts), field(platform), views].join()),
        ].join("\r\n"),
    JSON: async (rows) =>
        rows
            .map(
                ({ ts, platform, views }) =>
                    `{"ts":"${ts}","zoned":"${zoned(ts)}","platform":${JSON.stringify(platform)},"views":${views}}\n`,
            )
            .join(""),
    PARQUET: (rows) =>
        parquetOf(
            "ts timestamp, zoned timestamptz, platform varchar, views bigint",
            rows.map(({ ts, platform, views }) => [ts, zoned(ts), platform, views]),
        ),
};

async function openFixture(format: Format): Promise<ExtractorFixture> {
    const bench = await openS3Bench();
    const tables = { events: { path: "s3://lake/events/{{yyyyMMdd}}/", format } };
    return {
        kind: "streams",
        extractor: bench.extractor(tables),
        store: bench.store,
        bucket: bench.bucket,
        zonedQuery: "select zoned as ts, platform, views from events",
        async load(rows) {
            await bench.clear();
            const ending = format === "PARQUET" ? ".parquet" : ".gz";
            await bench.put(`events/20260101/part-0${ending}`, await bodies[format](rows));
        },
        setSessionTimeZone: async () => undefined,
        submitted: async () => bench.lists.asked,
        // Looked at again and again: whatever is under way gets its turn in between.
        underWay: async () => turn(1, bench.lists.open),
        hold: () => bench.hold(true),
        settle: async () => bench.hold(false),
        openWrong: () => ({
            extractor: bench.extractor({ events: { ...tables.events, path: "s3://lake/events/" } }),
            key: "lookout:sources.warehouse.tables",
        }),
        passwords: [],
        close: () => bench.close(),
    };
}

const skip = {
    "names the key at fault when the configuration is wrong; shows no password in a ticket, an error or a log line":
        "nothing of an s3 source's configuration is found to be wrong only when it runs, and it has no password: test/sources/s3/config.test.ts",
};

describeExtractor("sources/s3 over CSV", () => openFixture("CSV"), skip);
describeExtractor("sources/s3 over JSON lines", () => openFixture("JSON"), skip);
describeExtractor("sources/s3 over Parquet", () => openFixture("PARQUET"), skip);
