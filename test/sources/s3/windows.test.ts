import assert from "node:assert/strict";
import { collect } from "../../../pipeline/collect";
import { sampleWindow, type S3Bench, openS3Bench } from "../../support/s3Bench";
import { parquetOf } from "../../support/parquet";
import { specOf } from "../../support/specs";

const hour = 3_600_000;
const at = (text: string): number => Date.parse(`${text}Z`);
const line = (ts: string, platform = "web", views = "1"): string => `${ts},${platform},${views}`;
const csv = (...lines: string[]): string => ["ts,platform,views", ...lines, ""].join("\n");
const row = (ts: string, platform = "web", views = "1"): string[] => [ts, platform, views];

const account = "123456789012";
const roleOf = (name: string, principal: string) => ({
    arn: `arn:aws:iam::${account}:role/${name}`,
    trust: { Statement: [{ Effect: "Allow" as const, Principal: { AWS: principal }, Action: "sts:AssumeRole" }] },
    policy: {
        Statement: [
            {
                Effect: "Allow" as const,
                Action: "s3:ListBucket",
                Resource: "arn:aws:s3:::lake",
                Condition: { StringLike: { "s3:prefix": ["shared/*", "private/*"] } },
            },
            { Effect: "Allow" as const, Action: "s3:GetObject", Resource: "arn:aws:s3:::lake/shared/*" },
        ],
    },
});

describe("sources/s3 reads the objects of a window", () => {
    let bench: S3Bench;
    before(async () => {
        bench = await openS3Bench([roleOf("reader", account), roleOf("stranger", "210987654321")]);
    });
    beforeEach(async () => {
        await bench.clear();
        bench.fetched.length = 0;
    });
    after(() => bench.close());

    it("from the history for a backfill, and from the path for live windows", async () => {
        const events = { path: "s3://lake/live/{{yyyyMMdd}}/", historyPath: "s3://lake/history/", format: "CSV" };
        const extractor = bench.extractor({ events });
        await bench.put(
            "history/2025.csv",
            csv(line("2025-12-31 23:59:59", "old"), line("2026-01-01 10:00:00", "old")),
        );
        await bench.put("live/20260101/a.csv", csv(line("2026-01-01 10:00:00", "new")));
        const window = { start: at("2025-12-31T00:00:00"), end: at("2026-01-02T00:00:00") };
        assert.deepEqual(await bench.rows(extractor, { window, kind: "backfill" }), [
            row("2025-12-31 23:59:59", "old"),
            row("2026-01-01 10:00:00", "old"),
        ]);
        assert.deepEqual(await bench.rows(extractor), [row("2026-01-01 10:00:00", "new")]);
        assert.deepEqual(
            await bench.rows(bench.extractor({ events: { ...events, historyPath: undefined } }), {
                window,
                kind: "backfill",
            }),
            [row("2026-01-01 10:00:00", "new")],
        );
    });

    it("also in folders of a later time, as far as rows may arrive late", async () => {
        const events = { path: "s3://lake/by/{{yyyyMMdd}}/{{HH}}/", format: "CSV" };
        await bench.put("by/20260101/09/a.csv", csv(line("2026-01-01 10:59:59", "before its time")));
        await bench.put("by/20260101/10/a.csv", csv(line("2026-01-01 10:00:00")));
        await bench.put("by/20260101/11/a.csv", csv(line("2026-01-01 10:30:00", "late"), line("2026-01-01 11:00:00")));
        await bench.put("by/20260101/12/a.csv", csv(line("2026-01-01 10:45:00", "later")));
        const platforms = async (arrival?: string): Promise<unknown[]> =>
            (await bench.rows(bench.extractor({ events: { ...events, arrival } }))).map(([, platform]) => platform);
        assert.deepEqual(await platforms(), ["web"]);
        assert.deepEqual(await platforms("PT1H"), ["web", "late"]);
        assert.deepEqual(await platforms("PT1H30M"), ["web", "late", "later"]);
    });

    it("all of them, packed or not, and passes over what writers put beside the data", async () => {
        const extractor = bench.extractor({ events: { path: "s3://lake/many/{{yyyyMMdd}}/", format: "CSV" } });
        await bench.put("many/20260101/a.csv", csv(line("2026-01-01 10:00:00", "a")));
        await bench.put("many/20260101/b.csv.gz", csv(line("2026-01-01 10:00:01", "b")));
        await bench.put("many/20260101/deeper/c.csv", csv(line("2026-01-01 10:00:02", "c")));
        await bench.put("many/20260101/_SUCCESS", "not,a\ntable");
        await bench.put("many/20260101/empty.csv", "");
        await bench.put("many/20260102/a.csv", csv(line("2026-01-01 10:00:03", "of another day")));
        assert.deepEqual(
            (await bench.rows(extractor)).map(([, platform]) => platform),
            ["a", "b", "c"],
        );
    });

    it("by the row groups whose statistics allow it, and of other objects the end alone", async () => {
        const extractor = bench.extractor({ events: { path: "s3://lake/all/", format: "PARQUET" } });
        const pad = Array.from({ length: 20 }, (_, index) => `x${index}`.padEnd(400, "platform"));
        const stretch = (from: number, count: number): string[][] =>
            Array.from({ length: count }, (_, index) => [
                new Date(from + Math.floor((index * 4 * hour) / count)).toISOString().slice(0, 19).replace("T", " "),
                `${pad[index % 20]}${index}`,
                `${index}`,
            ]);
        const columns = "ts timestamp, platform varchar, views bigint";
        const options = "compression uncompressed, row_group_size 2048";
        await bench.put("all/a.parquet", await parquetOf(columns, stretch(at("2026-01-01T08:00:00"), 8192), options));
        await bench.put("all/b.parquet", await parquetOf(columns, stretch(at("2025-12-31T08:00:00"), 2048), options));
        const rows = await bench.rows(extractor);
        assert.equal(rows.length, 2048);
        assert.deepEqual([rows[0]?.[2], rows.at(-1)?.[2]], ["4096", "6143"]);
        const [ofA = [], ofB = []] = ["all/a", "all/b"].map((key) =>
            bench.fetched.filter((text) => text.startsWith(key)),
        );
        assert.equal(ofB.length, 1, "the end of an object of another day tells that nothing else is needed");
        const bytes = ofA
            .map((text) => /bytes=(\d+)-(\d+)/.exec(text)!.slice(1).map(Number))
            .map(([from = 0, to = 0]) => to - from + 1);
        const read = bytes.reduce((sum, size) => sum + size, 0);
        assert.ok(read > 500_000 && read < 1_300_000, `${read} bytes of 3.4 MB were read`);
    });

    it("with the role that is given, and with that one's rights alone", async () => {
        const table = { path: "s3://lake/shared/{{yyyyMMdd}}/", format: "CSV" };
        await bench.put("shared/20260101/a.csv", csv(line("2026-01-01 10:00:00")));
        await bench.put("private/20260101/a.csv", csv(line("2026-01-01 10:00:00")));
        const roleArn = `arn:aws:iam::${account}:role/reader`;
        assert.deepEqual(await bench.rows(bench.extractor({ events: table }, { roleArn })), [
            row("2026-01-01 10:00:00"),
        ]);
        const beyond = bench.extractor({ events: { ...table, path: "s3://lake/private/{{yyyyMMdd}}/" } }, { roleArn });
        await assert.rejects(bench.rows(beyond), {
            name: "QueryError",
            message:
                /s3:\/\/lake\/private\/20260101\/a\.csv\) failed: .*s3:GetObject.*lookout:sources\.warehouse\.roleArn/s,
        });
        const stranger = `arn:aws:iam::${account}:role/stranger`;
        await assert.rejects(bench.rows(bench.extractor({ events: table }, { roleArn: stranger })), {
            name: "QueryError",
            message: /sts:AssumeRole.*trust policy of arn:aws:iam::123456789012:role\/stranger/s,
        });
    });

    it("and tries again when one is gone since it was listed, which a narrow role is told as a refusal", async () => {
        const table = { path: "s3://lake/shared/{{yyyyMMdd}}/", format: "CSV" };
        const extractor = bench.extractor({ events: table }, { roleArn: `arn:aws:iam::${account}:role/reader` });
        await bench.put("shared/20260101/a.csv", csv(line("2026-01-01 10:00:00")));
        bench.beforeRead = () => bench.clear();
        try {
            await assert.rejects(bench.rows(extractor), {
                name: "SourceBusyError",
                message:
                    /s3:\/\/lake\/shared\/20260101\/a\.csv\) failed: the object is gone\..* the next attempt lists anew/,
            });
        } finally {
            bench.beforeRead = async () => undefined;
        }
    });

    it("and tells its columns and counts its rows without writing anything", async () => {
        const events = { path: "s3://lake/live/{{yyyyMMdd}}/", historyPath: "s3://lake/history/", format: "CSV" };
        const extractor = bench.extractor({ events });
        await bench.put("live/20260101/a.csv", csv());
        await bench.put(
            "live/20260101/b.csv",
            csv(
                line("2026-01-01 10:00:00", "web", ""),
                line("2026-01-01 10:00:01", "", "2"),
                line("2026-01-01 10:00:02", "", "3"),
            ),
        );
        await bench.put("history/a.csv", csv(line("2025-06-01 10:00:00", "old")));
        const written = (await collect(bench.store.list(""))).length;
        const spec = specOf();
        const kinds = (await extractor.describe(spec)).map(({ name, kind }) => `${name} ${kind}`);
        assert.deepEqual(kinds, ["ts text", "platform text", "views number"]);
        const seen = await extractor.inspect(spec, sampleWindow);
        assert.deepEqual([seen.rows, seen.combinations, seen.nulls], [3, 2, { ts: 0, views: 1 }]);
        assert.deepEqual(seen.sample[0], ["2026-01-01 10:00:00", "web", null]);
        const past = await extractor.inspect(spec, {
            start: at("2025-06-01T10:00:00"),
            end: at("2025-06-01T11:00:00"),
        });
        assert.deepEqual(past.sample, [["2025-06-01 10:00:00", "old", "1"]]);
        assert.equal((await collect(bench.store.list(""))).length, written, "nothing was written");
    });
});
