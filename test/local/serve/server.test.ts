import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
    ActivateAnomalyDetectorCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DescribeAnomalyDetectionExecutionsCommand,
    DescribeAnomalyDetectorCommand,
    ListAnomalyDetectorsCommand,
    ListAnomalyGroupSummariesCommand,
    LookoutMetricsClient,
} from "@aws-sdk/client-lookoutmetrics";
import { parseServeFlags, type ServeFlags } from "../../../local/serve/options";
import { startServer, type Serving } from "../../../local/serve/server";
import { writeShopFolder } from "../../support/shopFolder";

const hour = 3_600_000;
/** The metric set's, in milliseconds. */
const offset = 300_000;
const arn = "arn:aws:lookoutmetrics:eu-west-1:210987654321:AnomalyDetector:shop";
const outages = [30, 31];

describe("local/serve/server", () => {
    let folder = "";
    let data = "";
    let live = 0;
    const opened: { serving: Serving; api: LookoutMetricsClient }[] = [];
    const lines: string[] = [];

    before(async () => {
        data = await mkdtemp(path.join(tmpdir(), "lookout-data-"));
        ({ live } = await writeShopFolder(data, { historyDays: 21, liveHours: 48, outages }));
    });
    after(() => rm(data, { recursive: true, force: true }));
    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "lookout-serve-"));
        lines.length = 0;
    });
    afterEach(async () => {
        for (const { serving, api } of opened.splice(0)) {
            api.destroy();
            await serving.close();
        }
        await rm(folder, { recursive: true, force: true });
    });

    async function start(given: Partial<ServeFlags> = {}): Promise<{ serving: Serving; api: LookoutMetricsClient }> {
        const flags: ServeFlags = {
            port: 0,
            dir: "service",
            bucket: [`shop-data=${data}`],
            region: "eu-west-1",
            account: "210987654321",
            simulate: true,
            now: new Date(live + offset).toISOString(),
            ...given,
        };
        const serving = await startServer(parseServeFlags(flags, folder), (line) => lines.push(line));
        const credentials = { accessKeyId: "any", secretAccessKey: "thing" };
        const api = new LookoutMetricsClient({ endpoint: serving.endpoint, region: "eu-west-1", credentials });
        opened.push({ serving, api });
        return { serving, api };
    }

    async function post(serving: Serving, to: unknown): Promise<{ status: number; answer: Record<string, unknown> }> {
        const answer = await fetch(`${serving.endpoint}/-/advance`, { method: "POST", body: JSON.stringify({ to }) });
        return { status: answer.status, answer: (await answer.json()) as Record<string, unknown> };
    }

    async function activate(api: LookoutMetricsClient, bucket = "shop-data"): Promise<void> {
        await api.send(
            new CreateAnomalyDetectorCommand({
                AnomalyDetectorName: "shop",
                AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
            }),
        );
        await api.send(
            new CreateMetricSetCommand({
                AnomalyDetectorArn: arn,
                MetricSetName: "sales",
                MetricList: [
                    { MetricName: "views", AggregationFunction: "SUM" },
                    { MetricName: "revenue", AggregationFunction: "SUM" },
                ],
                DimensionList: ["platform", "marketplace"],
                TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
                MetricSetFrequency: "PT1H",
                Offset: 300,
                MetricSource: {
                    S3SourceConfig: {
                        RoleArn: "arn:aws:iam::210987654321:role/reader",
                        TemplatedPathList: [`s3://${bucket}/live/{{yyyyMMdd}}/{{HHmm}}`],
                        HistoricalDataPathList: [`s3://${bucket}/backtest/`],
                        FileFormatDescriptor: { CsvFormatDescriptor: { ContainsHeader: true, Delimiter: "," } },
                    },
                },
            }),
        );
        await api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
    }

    const describeShop = (api: LookoutMetricsClient) =>
        api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));

    it("learns from a folder that stands for a bucket, and scores each hour at its end and offset", async () => {
        const { serving, api } = await start();
        await activate(api);
        assert.deepEqual(await post(serving, new Date(live + 24 * hour).toISOString()), {
            status: 200,
            answer: { now: "2026-04-02T00:00:00.000Z", ticks: 23, failed: [] },
        });
        assert.equal((await describeShop(api)).Status, "ACTIVE");
        const { ExecutionList: executions = [] } = await api.send(
            new DescribeAnomalyDetectionExecutionsCommand({ AnomalyDetectorArn: arn }),
        );
        // The 24th hour ends at midnight, and is due five minutes later.
        assert.deepEqual([executions.length, executions[0]?.Timestamp], [23, "2026-04-01T22:00Z[UTC]"]);
        await post(serving, new Date(live + 48 * hour).toISOString());
        const { AnomalyGroupSummaryList: groups = [] } = await api.send(
            new ListAnomalyGroupSummariesCommand({ AnomalyDetectorArn: arn, SensitivityThreshold: 70 }),
        );
        assert.deepEqual(groups.map(({ StartTime, PrimaryMetricName }) => [StartTime, PrimaryMetricName]).sort(), [
            ["2026-04-02T06:00Z[UTC]", "revenue"],
            ["2026-04-02T06:00Z[UTC]", "views"],
        ]);
    });

    it("goes on after a restart, with its clock where it stood", async () => {
        const first = await start();
        await activate(first.api);
        await post(first.serving, new Date(live + 24 * hour).toISOString());
        await first.serving.close();
        const second = await start();
        const status = (await (await fetch(`${second.serving.endpoint}/-/status`)).json()) as { now: string };
        assert.equal(status.now, "2026-04-02T00:00:00.000Z");
        assert.equal((await describeShop(second.api)).Status, "ACTIVE");
        assert.deepEqual((await post(second.serving, new Date(live + 26 * hour).toISOString())).answer.ticks, 2);
    });

    it("refuses the real clock on a folder that has a simulated one", async () => {
        await (await start()).serving.close();
        await assert.rejects(
            start({ simulate: false, now: undefined }),
            /^UsageError: --dir .*service has a simulated clock, which shows 2026-04-01T00:05:00.000Z; start it with --simulate/,
        );
        await start();
    });

    it("says that a folder's own clock counts when it is given an earlier time", async () => {
        await (await start()).serving.close();
        assert.deepEqual(lines, []);
        await start({ now: "2026-03-01T00:00:00Z" });
        assert.deepEqual(lines, [
            "the folder's own clock counts: it shows 2026-04-01T00:05:00.000Z, later than --now 2026-03-01T00:00:00.000Z",
        ]);
    });

    it("takes up what a stop cut off", async () => {
        const first = await start();
        await activate(first.api);
        await first.serving.close();
        const second = await start();
        await post(second.serving, new Date(live + hour).toISOString());
        assert.equal((await describeShop(second.api)).Status, "ACTIVE");
    });

    it("fails an activation whose bucket it does not know, and says how to name it", async () => {
        const { serving, api } = await start();
        await activate(api, "elsewhere");
        await post(serving, new Date(live + hour).toISOString());
        const { Status: status, FailureReason: reason } = await describeShop(api);
        assert.equal(status, "FAILED");
        assert.match(
            reason ?? "",
            /bucket "elsewhere" is not known to this service; start it with --bucket elsewhere=/,
        );
    });

    it("takes a folder as a bucket whatever its name means to a program, and knows no other of such a name", async () => {
        const { serving, api } = await start({ bucket: [`constructor=${data}`] });
        await activate(api, "constructor");
        await post(serving, new Date(live + hour).toISOString());
        assert.equal((await describeShop(api)).Status, "ACTIVE");
        const ask = async (path: string) => {
            const source = { HistoricalDataPathList: [path] };
            const body = JSON.stringify({
                AutoDetectionMetricSource: { S3SourceConfig: source },
                AnomalyDetectorArn: arn,
            });
            const answer = await fetch(`${serving.endpoint}/DetectMetricSetConfig`, { method: "POST", body });
            return [answer.status, answer.headers.get("x-amzn-errortype")];
        };
        for (const name of ["valueof", "hasOwnProperty", "__proto__", "toString", "_own"])
            assert.deepEqual(await ask(`s3://${name}/backtest/`), [400, "ValidationException"], name);
        assert.equal((await ask("s3://constructor/backtest/"))[0], 200);
    });

    it("refuses to let time pass backwards, or to no instant", async () => {
        const { serving } = await start();
        const back = await post(serving, "2026-03-01T00:00:00Z");
        assert.deepEqual(
            [back.status, back.answer.Message],
            [400, "The clock shows 2026-04-01T00:05:00.000Z and cannot go back."],
        );
        for (const to of [undefined, 5, "tomorrow", "2026-04-01"]) assert.equal((await post(serving, to)).status, 400);
    });

    it("has no time to let pass with the real clock", async () => {
        const { serving } = await start({ simulate: false, now: undefined });
        const { status, answer } = await post(serving, "2026-05-01T00:00:00Z");
        assert.equal(status, 409);
        assert.match(String(answer.Message), /start the service with --simulate/);
    });

    it("refuses a folder that another service has", async () => {
        await start();
        await assert.rejects(start(), /service is in use by lookout serve \(process \d+\); stop that first/);
    });

    it("gives the folder back when its port is taken", async () => {
        const { serving } = await start();
        const port = Number(new URL(serving.endpoint).port);
        await assert.rejects(start({ dir: "other", port }), /^UsageError: --port \d+ is taken by another program/);
        await start({ dir: "other" });
    });

    it("does not answer the web pages of others", async () => {
        const { serving } = await start();
        const ask = (origin: string) =>
            fetch(`${serving.endpoint}/ListAnomalyDetectors`, { method: "POST", body: "{}", headers: { origin } });
        assert.equal((await ask("https://example.com")).status, 403);
        assert.equal((await ask("null")).status, 403);
        assert.equal((await ask(serving.endpoint)).status, 200);
    });

    it("answers while it learns", async () => {
        const { serving, api } = await start();
        await activate(api);
        const { AnomalyDetectorSummaryList: detectors = [] } = await api.send(new ListAnomalyDetectorsCommand({}));
        assert.deepEqual([detectors[0]?.Status, serving.jobs()], ["ACTIVATING", 1]);
    });
});
