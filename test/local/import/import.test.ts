import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../../config/parse";
import { convertParams, durationOf } from "../../../local/import/convert";
import { bareQuery, clockNote } from "../../../local/import/oldQuery";
import { parseParams } from "../../../local/import/paramsFile";

const lambda = "arn:aws:lambda:eu-west-1:123456789012:function:oncall";
const params = {
    database_type: "redshift",
    detector_name: "shop-detector",
    detector_description: "Views and revenue",
    detector_frequency: "PT1H",
    timestamp_column: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
    dimension_list: ["platform", "marketplace"],
    metrics_set: [
        { MetricName: "views", AggregationFunction: "SUM" },
        { MetricName: "revenue", AggregationFunction: "AVG" },
    ],
    metric_source: { S3SourceConfig: { RoleArn: "arn:aws:iam::123456789012:role/l4m" } },
    s3_bucket: "old-bucket",
    offset: 300,
    alert_name: "alerter",
    alert_threshold: 60,
    alert_description: "Exports anomalies",
    alert_lambda_arn: lambda,
    secret_name: "redshift-l4mintegration",
};
const options = { file: "params.json", query: "select 1 as views;\n" };

describe("local/import/convert", () => {
    it("takes numbers in quotes", () => {
        const quoted = { ...params, alert_threshold: "70", offset: "600" };
        const read = parseParams(JSON.stringify(quoted), "params.json");
        assert.deepEqual([read.alert_threshold, read.offset], [70, 600]);
        assert.throws(() => parseParams(JSON.stringify({ ...params, alert_threshold: "high" }), "params.json"), {
            message: "params.json: alert_threshold is not a number",
        });
    });

    it("carries everything over that the configuration has a key for", () => {
        const { config } = convertParams(parseParams(JSON.stringify(params), "params.json"), {
            ...options,
            name: "shop",
        });
        assert.deepEqual(config, {
            "aws:region": "eu-west-1",
            "lookout:sources": { warehouse: { type: "redshift", secret: "redshift-l4mintegration" } },
            "lookout:detectors": {
                shop: {
                    source: "warehouse",
                    description: "Views and revenue",
                    interval: "PT1H",
                    query: "select 1 as views\n",
                    timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
                    dimensions: ["platform", "marketplace"],
                    measures: [
                        { name: "views", aggregation: "SUM" },
                        { name: "revenue", aggregation: "AVG" },
                    ],
                    offset: "PT5M",
                    // The name that the old connector gave it: ARNs stay the same.
                    detectorName: "shop-detector-redshift",
                    alerts: { alerter: { threshold: 60, lambda } },
                },
            },
        });
    });

    it("makes configuration that the program takes", () => {
        const { config } = convertParams(parseParams(JSON.stringify(params), "params.json"), options);
        const { sources, detectors } = parseConfig(
            { sources: config["lookout:sources"], detectors: config["lookout:detectors"] },
            () => assert.fail("reads a file"),
        );
        assert.deepEqual([Object.keys(sources), Object.keys(detectors)], [["warehouse"], ["shop-detector"]]);
        assert.equal(detectors["shop-detector"]?.offsetSeconds, 300);
    });

    it("says what is not carried over, and what is missing", () => {
        const { secret_name: _secret, ...rest } = { ...params, alert_lambda_arn: "", colour: "red" };
        const { config, notes } = convertParams(parseParams(JSON.stringify(rest), "params.json"), {
            file: "params.json",
        });
        const detector = (config["lookout:detectors"] as Record<string, object>)["shop-detector"]!;
        assert.ok(!("alerts" in detector));
        for (const expected of [
            /^the params file has no query: .*queries\/shop-detector\.sql.*--query FILE$/,
            /^secret_name is missing: add secret, cluster or workgroup/,
            /add aws:region$/,
            /^the alert "alerter" is not carried over: alert_lambda_arn is empty/,
            /^metric_source .*, s3_bucket: not carried over/,
            /^colour is not a key of the old connector/,
        ])
            assert.ok(
                notes.some((note) => expected.test(note)),
                String(expected),
            );
    });

    it("makes a name that the configuration takes of any detector's name", () => {
        const nameOf = (detector: string): string =>
            Object.keys(
                convertParams(parseParams(JSON.stringify({ ...params, detector_name: detector }), "p"), options).config[
                    "lookout:detectors"
                ] as object,
            )[0]!;
        assert.deepEqual(["My shop!", "_x_", "…", "a".repeat(60)].map(nameOf), [
            "My-shop",
            "x",
            "detector",
            "a".repeat(40),
        ]);
    });

    it("writes seconds as durations", () => {
        const texts = [0, 45, 300, 5400, 86_400, 205_200].map(durationOf);
        assert.deepEqual(texts, ["PT0S", "PT45S", "PT5M", "PT1H30M", "P1D", "P2DT9H"]);
    });
});

describe("local/import/paramsFile", () => {
    it("names each key at fault, what is wrong with it and what would be right", () => {
        const broken = {
            ...params,
            detector_name: 5,
            metrics_set: [{ MetricName: "views" }],
            timestamp_column: undefined,
        };
        assert.throws(
            () => parseParams(JSON.stringify(broken), "params.json"),
            (error: Error) => {
                const lines = error.message.split("\n").sort();
                assert.deepEqual(lines, [
                    "params.json: detector_name is not text",
                    "params.json: metrics_set[0].AggregationFunction is missing; expected text",
                    "params.json: timestamp_column is missing; expected a map of keys",
                ]);
                return error.name === "DataError";
            },
        );
    });

    it("refuses what is not JSON, or no map", () => {
        assert.throws(() => parseParams("{", "params.json"), /^DataError: params\.json is not JSON: /);
        assert.throws(() => parseParams("[]", "params.json"), /params\.json: its content is not a map of keys/);
    });
});

describe("local/import/oldQuery", () => {
    it("points at a bound by the clock, which windows make superfluous", () => {
        assert.match(
            clockNote("select *\nfrom t\nwhere ts < dateadd(hour, -1, sysdate)") ?? "",
            /^line 3 of the query .*\(dateadd\)/,
        );
        assert.match(clockNote("select * from t where ts < GETDATE()") ?? "", /^line 1/);
        assert.equal(clockNote("select now_playing, sysdate_x from t"), undefined);
    });

    it("takes the ending semicolon away", () => {
        assert.equal(bareQuery("\uFEFFselect ';' from t ;\n ; \n"), "select ';' from t");
    });
});

describe("lookout import", () => {
    let folder = "";
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-import-"))));
    afterEach(() => rm(folder, { recursive: true, force: true }));

    function lookout(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
        const starter = path.resolve(__dirname, "../../../bin/lookout.js");
        return new Promise((resolve) => {
            const child = execFile(
                process.execPath,
                [starter, "import", ...args],
                { cwd: folder },
                (_error, out, err) => resolve({ code: child.exitCode, out, err }),
            );
        });
    }

    it("finds the old repository's query beside the file, and writes a stack file once", async () => {
        await mkdir(path.join(folder, "lambdas/redshift/redshift-historical-crawl"), { recursive: true });
        const query = path.join(folder, "lambdas/redshift/redshift-historical-crawl/query.sql");
        await writeFile(query, "select ts as timestamp, views\nfrom shop where ts < sysdate\n");
        await writeFile(path.join(folder, "params.json"), JSON.stringify(params));
        const first = await lookout("params.json", "--out", "Pulumi.prod.yaml");
        assert.equal(first.code, 0, first.err);
        assert.match(first.err, /note: line 2 of the query bounds its rows by the clock \(sysdate\)/);
        const written = parse(await readFile(path.join(folder, "Pulumi.prod.yaml"), "utf8")) as {
            config: { "lookout:detectors": Record<string, { query: string }> };
        };
        assert.match(
            written.config["lookout:detectors"]["shop-detector"]!.query,
            /^select ts as timestamp, views\nfrom shop/,
        );
        const second = await lookout("params.json", "--out", "Pulumi.prod.yaml");
        assert.deepEqual(
            [second.code, /--out Pulumi\.prod\.yaml cannot be written: it exists/.test(second.err)],
            [1, true],
        );
    });

    it("prints what it made of faulty values, and what is wrong with them", async () => {
        const faulty = { ...params, database_type: "oracle", detector_frequency: "PT7M" };
        await writeFile(path.join(folder, "params.json"), JSON.stringify(faulty));
        const { code, out, err } = await lookout("params.json");
        assert.equal(code, 1);
        assert.match(out, /interval: PT7M/);
        assert.match(err, /lookout:sources\.warehouse\.type: "oracle" is not a source type; expected one of/);
        assert.match(err, /lookout:detectors\.shop-detector\.interval: "PT7M" is not an interval/);
    });

    it("says which file cannot be read", async () => {
        const { code, err } = await lookout("nowhere.json");
        assert.deepEqual([code, /the params file nowhere\.json cannot be read: ENOENT/.test(err)], [1, true]);
    });
});
