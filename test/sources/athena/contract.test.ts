import { AthenaClient, ListQueryExecutionsCommand } from "@aws-sdk/client-athena";
import { S3Client } from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { ConfigError } from "../../../errors";
import { openS3ObjectStore } from "../../../objects/s3ObjectStore";
import { collect } from "../../../pipeline/collect";
import { athenaSchema } from "../../../sources/athena/config";
import { open } from "../../../sources/athena/extractor";
import type { Extraction, Extractor } from "../../../sources/metricSource";
import { type ContractRow, describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { specOf } from "../../support/specs";
import { openWiredCloud, type WiredCloud } from "../../support/wiredCloud";

const bucket = "metrics";
const configuration = { type: "athena", database: "sales", dataLocations: ["s3://lake/"] };
const start = Date.parse("2026-01-01T10:00:00Z");
const window = { start, end: start + 3_600_000 };

/** The real SDK, and the embedded cloud's Athena over a PostgreSQL that knows Athena's functions. */
async function openLake() {
    const cloud = await openWiredCloud(Date.parse("2026-01-01T12:00:00Z"));
    const { wire, client } = cloud;
    await wire.buckets.create(bucket);
    await wire.athena.lake.exec(
        "create schema sales; create table sales.events (ts timestamp, platform varchar(200), views bigint)",
    );
    wire.athena.setWorkgroup({ name: "strict", location: "s3://elsewhere/results/", enforced: true });
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    const athena = new AthenaClient(client);
    const extractor = (changes: object = {}): Extractor =>
        open(
            {
                name: "warehouse",
                config: athenaSchema.parse({ ...configuration, ...changes }),
                region: client.region,
                bucket,
            },
            { athena, s3, now: Date.now, sleep: () => cloud.settle() },
        );
    return { cloud, athena, extractor, store: openS3ObjectStore(s3, bucket) };
}

/** NULL is nothing in CSV and text is always quoted, so that the two are kept apart on the way in. */
async function load({ wire }: WiredCloud, rows: readonly ContractRow[]): Promise<void> {
    const quote = (text: string | null): string => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);
    const lines = rows.map(({ ts, platform, views }) => `${ts},${quote(platform)},${views}`);
    await wire.athena.lake.exec("truncate sales.events");
    await wire.athena.lake.copyFrom("sales.events", ["ts,platform,views", ...lines].join("\n"));
}

async function openFixture(): Promise<ExtractorFixture> {
    const { cloud, athena, extractor, store } = await openLake();
    const { queries } = cloud.wire.athena;
    return {
        kind: "exports",
        extractor: extractor(),
        store,
        bucket,
        zonedQuery: "select ts at time zone 'UTC' as ts, platform, views from events",
        load: (rows) => load(cloud, rows),
        // Athena's sessions are in UTC, and nobody can set them otherwise.
        setSessionTimeZone: async () => undefined,
        submitted: async () => (await athena.send(new ListQueryExecutionsCommand())).QueryExecutionIds?.length ?? 0,
        underWay: async () => queries.list().filter(({ state }) => state === "QUEUED" || state === "RUNNING").length,
        // A query takes a second, and the clock stands still until it is told to settle.
        hold: () => undefined,
        settle: () => cloud.settle(),
        openWrong: () => ({
            extractor: extractor({ workgroup: "strict" }),
            key: "lookout:sources.warehouse.workgroup",
        }),
        passwords: [],
        close: () => cloud.close(),
    };
}

describeExtractor("sources/athena", openFixture);

describe("sources/athena on the embedded cloud", () => {
    let lake: Awaited<ReturnType<typeof openLake>>;

    before(async () => {
        lake = await openLake();
    });

    after(async () => lake.cloud.close());

    const extraction: Extraction = {
        detector: "ecommerce",
        spec: specOf(),
        window,
        kind: "live",
        bucket,
        prefix: "ecommerce/live/20260101/1000/g-a/",
        token: "t".repeat(64),
    };

    /** Extracts under a prefix of its own; gives the file's text. */
    const rowsOf = async (changes: Parameters<typeof specOf>[0], name: string): Promise<string[]> => {
        const prefix = `test/live/${name}/`;
        const ticket = await lake.extractor().start({
            ...extraction,
            spec: specOf(changes),
            prefix,
            token: name.padEnd(64, "-"),
        });
        await lake.cloud.settle();
        assert.deepEqual(await lake.extractor().status(ticket), { state: "finished" });
        const [file] = (await collect(lake.store.list(prefix))).filter(({ key }) => key.endsWith(".csv"));
        const body = (await lake.store.get(file?.key ?? ""))?.body.toString() ?? "";
        return body.trimEnd().split("\n").slice(1);
    };

    it("describes a query's columns by what they hold", async () => {
        assert.deepEqual(await lake.extractor().describe(specOf()), [
            { name: "ts", type: "timestamp", kind: "timestamp" },
            { name: "platform", type: "varchar", kind: "text" },
            { name: "views", type: "bigint", kind: "number" },
        ]);
    });

    it("looks at a window, and leaves no answer of Athena's behind", async () => {
        await load(lake.cloud, [
            { ts: "2026-01-01 10:00:00", platform: "web", views: "1" },
            { ts: "2026-01-01 10:10:00", platform: null, views: "2" },
            { ts: "2026-01-01 11:00:00", platform: "app", views: "3" },
        ]);
        const { columns, ...found } = await lake.extractor().inspect(specOf(), window);
        assert.deepEqual(found, {
            rows: 2,
            combinations: 2,
            nulls: { ts: 0, views: 0 },
            sample: [
                ["2026-01-01 10:00:00", "web", "1"],
                ["2026-01-01 10:10:00", null, "2"],
            ],
        });
        assert.deepEqual(
            columns.map(({ kind }) => kind),
            ["timestamp", "text", "number"],
        );
        assert.deepEqual(await collect(lake.store.list("_checks/")), []);
    });

    const written: Record<string, [column: string, format: string, sourceTimeZone: string]> = {
        "a timestamp in a zone of its own": ["timestamptz '2026-01-01 12:30:00+02:00'", "yyyy-MM-dd HH:mm:ss", "UTC"],
        "a timestamp of the source's zone": [
            "timestamp '2026-01-01 11:30:00.9'",
            "yyyy-MM-dd HH:mm:ss",
            "Europe/Berlin",
        ],
        "ISO text with an offset": ["text '2026-01-01T12:30:00+02:00'", "yyyy-MM-dd'T'HH:mm:ssXXX", "Europe/Berlin"],
        "ISO text with blanks": ["text '2026-01-01 12:30:00 +02:00'", "yyyy-MM-dd HH:mm:ss", "UTC"],
        "ISO text of the source's zone": ["text '2026-01-01 11:30'", "yyyy-MM-dd HH:mm", "Europe/Berlin"],
        "text by a pattern": ["text '01.01.2026 11:30'", "dd.MM.yyyy HH:mm", "Europe/Berlin"],
        seconds: ["1767263400", "UNIX", "Europe/Berlin"],
        milliseconds: ["1767263400999::bigint", "UNIX", "UTC"],
    };
    for (const [what, [column, format, sourceTimeZone]] of Object.entries(written)) {
        it(`reads ${what}`, async () => {
            const query = `select ${column} as ts, text 'web' as platform, 1 as views`;
            const rows = await rowsOf({ query, timestamp: { column: "ts", format }, sourceTimeZone }, what);
            assert.deepEqual(rows, ['"2026-01-01 10:30:00","web","1"']);
        });
    }

    it("reads a day as its midnight", async () => {
        const query = "select date '2026-01-01' as ts, text 'web' as platform, 1 as views where {{start}} < {{end}}";
        const rows = await rowsOf({ query, sourceTimeZone: "Asia/Tokyo" }, "day");
        assert.deepEqual(rows, ['"2025-12-31 15:00:00","web","1"']);
    });

    it("takes the first of an hour that the source's clock shows twice", async () => {
        const query =
            "select timestamp '2026-10-25 02:30:00' as ts, text 'web' as platform, 1 as views where {{start}} < {{end}}";
        const rows = await rowsOf({ query, sourceTimeZone: "Europe/Berlin" }, "autumn");
        assert.deepEqual(rows, ['"2026-10-25 00:30:00","web","1"']);
    });

    it("stops a query at once whose workgroup writes elsewhere, and says where", async () => {
        const starting = lake.extractor({ workgroup: "strict" }).start({ ...extraction, token: "s".repeat(64) });
        await assert.rejects(starting, (error) => {
            assert.ok(error instanceof ConfigError);
            assert.match(error.message, /the workgroup "strict" writes results to s3:\/\/elsewhere\/results\//);
            return true;
        });
        assert.equal(lake.cloud.wire.athena.queries.list().at(-1)?.state, "CANCELLED");
    });

    it("names the format where the timestamp's column is a number and was not said to be", async () => {
        const query = "select 1767263400 as ts, text 'web' as platform, 1 as views";
        const ticket = await lake.extractor().start({ ...extraction, spec: specOf({ query }), token: "n".repeat(64) });
        await lake.cloud.settle();
        await assert.rejects(lake.extractor().status(ticket), {
            name: "QueryError",
            message: /TYPE_MISMATCH.*lookout:detectors\.ecommerce\.timestamp\.format/s,
        });
    });

    it("names the workgroup that does not exist", async () => {
        const starting = lake.extractor({ workgroup: "gone" }).start({ ...extraction, token: "g".repeat(64) });
        await assert.rejects(starting, { name: "NotFoundError", message: /lookout:sources\.warehouse\.workgroup/ });
    });

    it("names the key of a column that the query does not give", async () => {
        const spec = specOf({ measures: [{ name: "revenu", aggregation: "SUM" }] });
        const ticket = await lake.extractor().start({ ...extraction, spec, token: "c".repeat(64) });
        await lake.cloud.settle();
        await assert.rejects(lake.extractor().status(ticket), {
            name: "QueryError",
            message: /COLUMN_NOT_FOUND.*lookout:detectors\.ecommerce\.measures\[0\]\.name.*"revenu"/s,
        });
    });
});
