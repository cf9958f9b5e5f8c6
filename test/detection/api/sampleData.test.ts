import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
    CreateAnomalyDetectorCommand,
    DetectMetricSetConfigCommand,
    GetSampleDataCommand,
    type SampleDataS3SourceConfig,
} from "@aws-sdk/client-lookoutmetrics";
import { startDetectionServer, type DetectionServer } from "../../support/detectionServer";
import { memoryObjectStore, type MemoryObjectStore } from "../../support/memoryObjectStore";

const arn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
const hour = 3_600_000;
const csv = { CsvFormatDescriptor: {} };
const source = (
    path: string,
    FileFormatDescriptor: SampleDataS3SourceConfig["FileFormatDescriptor"] = csv,
): SampleDataS3SourceConfig => ({
    RoleArn: "arn:aws:iam::123456789012:role/reader",
    HistoricalDataPathList: [`s3://shop-data/${path}`],
    FileFormatDescriptor,
});

/** A detected field as it arrives: the client passes it through as it is. */
interface Field {
    readonly Value?: { readonly S?: string; readonly N?: string; readonly SS?: readonly string[] };
    readonly Confidence: string;
    readonly Message?: string;
}

describe("detection/api, samples of a user's data", () => {
    let server: DetectionServer;
    let objects: MemoryObjectStore;

    before(async () => {
        objects = memoryObjectStore();
        server = await startDetectionServer(objects, Date.parse("2026-04-01T00:00:00Z"));
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "PT1H" as const };
        await server.api.send(new CreateAnomalyDetectorCommand({ AnomalyDetectorName: "shop", AnomalyDetectorConfig }));
    });

    after(() => server.close());

    const sample = (S3SourceConfig: SampleDataS3SourceConfig) =>
        server.api.send(new GetSampleDataCommand({ S3SourceConfig }));

    /** Rows of an hourly shop: time, platform, views, revenue. */
    const rows = (count: number, time: (at: number) => string): string[][] =>
        Array.from({ length: count }, (_, i) => [
            time(Date.parse("2026-01-01T00:00:00Z") + Math.floor(i / 3) * hour),
            ["pc_web", "mobile_web", "mobile_app"][i % 3]!,
            String(100 + i),
            (1.5 * i).toFixed(2),
        ]);
    const sql = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
    const header = ["ts", "platform", "views", "revenue"];

    const detect = async (path: string) => {
        const request = {
            AnomalyDetectorArn: arn,
            AutoDetectionMetricSource: { S3SourceConfig: { HistoricalDataPathList: [`s3://shop-data/${path}`] } },
        };
        const { DetectedMetricSetConfig } = await server.api.send(new DetectMetricSetConfigCommand(request));
        return DetectedMetricSetConfig as unknown as {
            MetricSetFrequency: Field;
            Offset: Field;
            TimestampColumn: { ColumnName: Field; ColumnFormat: Field };
            DimensionList: Field;
            MetricList: Field;
            MetricSource: {
                S3SourceConfig: { FileFormatDescriptor: Record<string, Record<string, Field> | undefined> };
            };
        };
    };

    it("gives header and first rows of a CSV file as texts", async () => {
        await objects.put("plain/part-1.csv", [header, ...rows(30, sql)].map((row) => row.join(",")).join("\n"));
        const { HeaderValues, SampleRows } = await sample(source("plain/"));
        assert.deepEqual(HeaderValues, header);
        assert.equal(SampleRows?.length, 10);
        assert.deepEqual(SampleRows[1], ["2026-01-01 00:00:00", "mobile_web", "101", "1.50"]);
    });

    it("reads gzip, quotes, tabs and a given header", async () => {
        const text = "2026-01-01 00:00:00\t'a \t''b'''\t1\n2026-01-01 01:00:00\tc\t2\n";
        await objects.put("odd/part.gz", gzipSync(text));
        const HeaderList = ["ts", "platform", "views"];
        const CsvFormatDescriptor = {
            FileCompression: "GZIP" as const,
            ContainsHeader: false,
            HeaderList,
            Delimiter: "\t",
            QuoteSymbol: "'",
        };
        const { HeaderValues, SampleRows } = await sample(source("odd/", { CsvFormatDescriptor }));
        assert.deepEqual(HeaderValues, HeaderList);
        assert.deepEqual(SampleRows, [
            ["2026-01-01 00:00:00", "a \t'b'", "1"],
            ["2026-01-01 01:00:00", "c", "2"],
        ]);
    });

    it("reads JSON lines: the members of the first object are the header", async () => {
        const lines = [
            { ts: 1, platform: "web", views: 2.5 },
            { ts: 2, views: null, other: 1 },
        ];
        await objects.put("json/data.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"));
        const { HeaderValues, SampleRows } = await sample(source("json/data.jsonl", { JsonFormatDescriptor: {} }));
        assert.deepEqual(HeaderValues, ["ts", "platform", "views"]);
        assert.deepEqual(SampleRows, [
            ["1", "web", "2.5"],
            ["2", "", ""],
        ]);
    });

    it("reads no more of a large object than it shows", async () => {
        const line = `${"x".repeat(99)}\n`;
        let read = 0;
        const stream = objects.stream.bind(objects);
        objects.stream = async (key) =>
            key !== "large/a.csv"
                ? stream(key)
                : (async function* () {
                      for (; read < 100_000_000; read += 100_000) yield Buffer.from(line.repeat(1000));
                  })();
        await objects.put("large/a.csv", "x");
        const { SampleRows } = await sample(source("large/"));
        assert.equal(SampleRows?.length, 10);
        assert.ok(read < 1_000_000, `${read} bytes were read`);
        objects.stream = stream;
    });

    it("says what is wrong with data that are not there, or not packed as said", async () => {
        await assert.rejects(sample(source("nothing/")), { name: "ValidationException", message: /no objects below/ });
        const CsvFormatDescriptor = { FileCompression: "GZIP" as const };
        await assert.rejects(sample(source("plain/", { CsvFormatDescriptor })), {
            name: "ValidationException",
            message: /not gzip/,
        });
    });

    it("shows nobody what the service itself keeps", async () => {
        const HistoricalDataPathList = ["s3://metrics/_detection/detectors/"];
        const request = { ...source(""), HistoricalDataPathList };
        await assert.rejects(sample(request), { name: "AccessDeniedException" });
        await assert.rejects(sample({ ...source(""), HistoricalDataPathList: ["s3://metrics"] }), {
            name: "AccessDeniedException",
        });
    });

    it("refuses a role that is not on the list", async () => {
        const access = { ownBucket: "metrics", roles: [], targets: [] };
        const strict = await startDetectionServer(objects, 0, { access });
        const sent = strict.api.send(new GetSampleDataCommand({ S3SourceConfig: source("plain/") }));
        await assert.rejects(sent, { name: "AccessDeniedException" });
        await strict.close();
    });

    it("tells delimiter, header, timestamp, interval and columns of plain CSV, each for sure", async () => {
        const found = await detect("plain/");
        const format = found.MetricSource.S3SourceConfig.FileFormatDescriptor.CsvFormatDescriptor!;
        assert.deepEqual(format.Delimiter, { Value: { S: "," }, Confidence: "HIGH" });
        assert.deepEqual(format.ContainsHeader, { Value: { S: "true" }, Confidence: "HIGH" });
        assert.deepEqual(format.HeaderList, { Value: { SS: header }, Confidence: "HIGH" });
        assert.deepEqual(format.FileCompression, { Value: { S: "NONE" }, Confidence: "HIGH" });
        assert.deepEqual(format.Charset, { Value: { S: "UTF-8" }, Confidence: "HIGH" });
        assert.equal(format.QuoteSymbol?.Confidence, "LOW");
        assert.deepEqual(found.MetricSetFrequency, { Value: { S: "PT1H" }, Confidence: "HIGH" });
        assert.deepEqual(found.TimestampColumn.ColumnName, { Value: { S: "ts" }, Confidence: "HIGH" });
        assert.deepEqual(found.TimestampColumn.ColumnFormat.Value, { S: "yyyy-MM-dd HH:mm:ss" });
        assert.deepEqual(found.DimensionList, { Value: { SS: ["platform"] }, Confidence: "HIGH" });
        assert.deepEqual(found.MetricList, { Value: { SS: ["views", "revenue"] }, Confidence: "HIGH" });
        assert.deepEqual(found.Offset.Value, { N: "0" });
    });

    const formats: readonly (readonly [string, (at: number) => string])[] = [
        ["yyyy-MM-dd'T'HH:mm:ss'Z'", (at) => `${new Date(at).toISOString().slice(0, 19)}Z`],
        ["yyyy/MM/dd HH:mm", (at) => sql(at).slice(0, 16).replaceAll("-", "/")],
        ["UNIX", (at) => String(at / 1000)],
    ];
    for (const [delimiter, [format, time]] of [";", "|", "\t"].map((one, i) => [one, formats[i]!] as const))
        it(`tells rows apart by ${JSON.stringify(delimiter)} and reads ${format}`, async () => {
            const text = [header, ...rows(60, time)].map((row) => row.join(delimiter)).join("\r\n");
            await objects.put(`d/${format}/x`, gzipSync(text));
            const found = await detect(`d/${format}/`);
            const formatFound = found.MetricSource.S3SourceConfig.FileFormatDescriptor.CsvFormatDescriptor!;
            assert.deepEqual(formatFound.Delimiter?.Value, { S: delimiter });
            assert.deepEqual(formatFound.FileCompression?.Value, { S: "GZIP" });
            assert.deepEqual(found.TimestampColumn.ColumnFormat.Value, { S: format });
            assert.deepEqual(found.MetricSetFrequency.Value, { S: "PT1H" });
            assert.deepEqual(found.MetricList.Value, { SS: ["views", "revenue"] });
        });

    it("knows JSON lines", async () => {
        const lines = rows(60, sql).map(([ts, platform, views]) =>
            JSON.stringify({ ts, platform, views: Number(views) }),
        );
        await objects.put("lines/a", lines.join("\n"));
        const found = await detect("lines/");
        const { JsonFormatDescriptor } = found.MetricSource.S3SourceConfig.FileFormatDescriptor;
        assert.deepEqual(JsonFormatDescriptor?.FileCompression, { Value: { S: "NONE" }, Confidence: "HIGH" });
        assert.deepEqual(found.DimensionList.Value, { SS: ["platform"] });
        assert.deepEqual(found.MetricList.Value, { SS: ["views"] });
        assert.deepEqual(found.TimestampColumn.ColumnName.Value, { S: "ts" });
    });

    it("says that a file has no header line, and names no columns then", async () => {
        await objects.put(
            "bare/a.csv",
            rows(30, sql)
                .map((row) => row.join(","))
                .join("\n"),
        );
        const found = await detect("bare/");
        const format = found.MetricSource.S3SourceConfig.FileFormatDescriptor.CsvFormatDescriptor!;
        assert.deepEqual(format.ContainsHeader?.Value, { S: "false" });
        assert.equal(format.HeaderList?.Value, undefined);
        assert.equal(format.HeaderList?.Confidence, "NONE");
        assert.match(found.TimestampColumn.ColumnName.Message ?? "", /column 1/);
    });

    it("is unsure of a date that could be of the 3rd of April or the 4th of March, and says so", async () => {
        const text = "day,n\n03/04/2026,1\n04/04/2026,2\n05/04/2026,3\n";
        await objects.put("days/a.csv", text);
        const { TimestampColumn } = await detect("days/");
        assert.equal(TimestampColumn.ColumnFormat.Confidence, "LOW");
        await objects.put("days/a.csv", text.replaceAll("/04/", "/14/"));
        const { TimestampColumn: clear, MetricSetFrequency } = await detect("days/");
        assert.deepEqual(clear.ColumnFormat, { Value: { S: "MM/dd/yyyy" }, Confidence: "HIGH" });
        assert.equal(MetricSetFrequency.Value?.S, "P1D");
    });

    it("answers data without any timestamp, and bytes that are no text, without failing", async () => {
        await objects.put("noise/a", Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)));
        const found = await detect("noise/");
        assert.equal(found.TimestampColumn.ColumnName.Confidence, "NONE");
        assert.equal(found.MetricSetFrequency.Confidence, "NONE");
    });

    it("looks below what a templated path begins with", async () => {
        for (const h of ["00", "01", "02"])
            await objects.put(`live/20260101/${h}00/a.csv`, `ts,n\n2026-01-01 ${h}:00:00,${h}5\n`);
        const TemplatedPathList = ["s3://shop-data/live/{{yyyyMMdd}}/{{HHmm}}"];
        const request = {
            AnomalyDetectorArn: arn,
            AutoDetectionMetricSource: { S3SourceConfig: { TemplatedPathList } },
        };
        const { DetectedMetricSetConfig } = await server.api.send(new DetectMetricSetConfigCommand(request));
        assert.deepEqual(DetectedMetricSetConfig?.MetricSetFrequency?.Value, { S: "PT1H" });
    });
});
