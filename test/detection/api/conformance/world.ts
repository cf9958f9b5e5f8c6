import {
    ActivateAnomalyDetectorCommand,
    CreateAlertCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    ListAnomalyGroupSummariesCommand,
    ListAnomalyGroupTimeSeriesCommand,
    LookoutMetricsClient,
    PutFeedbackCommand,
} from "@aws-sdk/client-lookoutmetrics";
import type { ApiContext } from "../../../../detection/api/context";
import { startDetectionServer, testBucket, type DetectionServer } from "../../../support/detectionServer";
import { memoryObjectStore, type MemoryObjectStore } from "../../../support/memoryObjectStore";
import { shopLedger } from "../../../support/shopLedger";

const hour = 3_600_000;
export const place = "arn:aws:lookoutmetrics:us-east-1:123456789012";
export const detectorArn = (name: string): string => `${place}:AnomalyDetector:${name}`;
export const metricSetArn = (detector: string, name: string): string => `${place}:MetricSet/${detector}/${name}`;
export const alertArn = (name: string): string => `${place}:Alert:${name}`;
const roleArn = "arn:aws:iam::123456789012:role/reader";
export const snsAction = {
    SNSConfiguration: { RoleArn: roleArn, SnsTopicArn: "arn:aws:sns:us-east-1:123456789012:t" },
};

/** What a metric set of the detector "ready" is made of; its data are foreign, in CSV. */
export const metricSet = {
    MetricSetName: "orders",
    MetricList: [{ MetricName: "views", AggregationFunction: "SUM" as const }],
    DimensionList: ["platform"],
    TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
    MetricSource: {
        S3SourceConfig: {
            RoleArn: roleArn,
            TemplatedPathList: ["s3://shop-data/live/{{yyyyMMdd}}/{{HHmm}}/"],
            HistoricalDataPathList: ["s3://shop-data/history/"],
            FileFormatDescriptor: { CsvFormatDescriptor: { Delimiter: "," } },
        },
    },
};

/** Detectors of every kind behind an API over HTTP. */
export interface World {
    readonly server: DetectionServer;
    readonly objects: MemoryObjectStore;
    /** The official client; it tries each call once. */
    readonly api: LookoutMetricsClient;
    /** The newest group of the detector "shop", its measure, and an affected series that nobody has marked. */
    readonly group: string;
    readonly measure: string;
    readonly series: string;
    close(): Promise<void>;
}

let built:
    Promise<{ objects: MemoryObjectStore; now: number; group: string; measure: string; series: string }> | undefined;

/** Opens a copy of the world, made once: what one test changes no other sees. */
export async function openWorld(more: Partial<ApiContext> = {}): Promise<World> {
    built ??= build();
    const { objects: model, now, ...known } = await built;
    const objects = memoryObjectStore();
    for (const key of model.keys()) await objects.put(key, (await model.get(key))!.body);
    const server = await startDetectionServer(objects, now, more);
    const api = new LookoutMetricsClient({
        endpoint: server.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
        maxAttempts: 1,
    });
    return {
        server,
        objects,
        api,
        ...known,
        close: async () => {
            api.destroy();
            objects.before = undefined;
            await server.close();
        },
    };
}

/**
 * "shop" is ACTIVE with groups, an alert and feedback; "ready" has a metric set over foreign data and was never started; "bare" has
 * nothing.
 */
async function build() {
    const objects = memoryObjectStore();
    const ledger = shopLedger(objects, { historyDays: 20, liveHours: 72, seed: 7, shiftChance: 0.004 });
    const server = await startDetectionServer(objects, ledger.live + 73 * hour);
    const { api } = server;
    for (const name of ["shop", "ready", "bare"])
        await api.send(
            new CreateAnomalyDetectorCommand({
                AnomalyDetectorName: name,
                AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
                Tags: { team: name },
            }),
        );
    await api.send(new CreateMetricSetCommand({ ...metricSet, AnomalyDetectorArn: detectorArn("ready") }));
    await objects.put("history/a.csv", ledger.csv(0, 400));
    await api.send(
        new CreateMetricSetCommand({
            ...metricSet,
            AnomalyDetectorArn: detectorArn("shop"),
            MetricList: ["views", "revenue"].map((MetricName) => ({ MetricName, AggregationFunction: "SUM" as const })),
            DimensionList: ["platform", "marketplace"],
            MetricSource: {
                S3SourceConfig: {
                    TemplatedPathList: [`s3://${testBucket}/shop/live/{{yyyyMMdd}}/{{HHmm}}/`],
                    HistoricalDataPathList: [`s3://${testBucket}/shop/backtest/${ledger.generation}/`],
                },
            },
        }),
    );
    await ledger.commitHistory();
    await api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: detectorArn("shop") }));
    await server.queue.idle();
    for (let h = 0; h < 72; h++) await ledger.commitHour(h);
    await server.advance(detectorArn("shop"));
    await server.queue.idle();
    const AnomalyDetectorArn = detectorArn("shop");
    await api.send(new CreateAlertCommand({ AlertName: "told", AnomalyDetectorArn, Action: snsAction }));
    const found = await markOne(server, AnomalyDetectorArn);
    const now = server.now;
    await server.close();
    return { objects, now, ...found };
}

/** Marks one series of the newest group that has two, and gives the other. */
async function markOne({ api }: DetectionServer, AnomalyDetectorArn: string) {
    const query = { AnomalyDetectorArn, SensitivityThreshold: 0 };
    const { AnomalyGroupSummaryList = [] } = await api.send(new ListAnomalyGroupSummariesCommand(query));
    for (const { AnomalyGroupId, PrimaryMetricName: MetricName } of AnomalyGroupSummaryList) {
        const of = { AnomalyDetectorArn, AnomalyGroupId, MetricName };
        const { TimeSeriesList = [] } = await api.send(new ListAnomalyGroupTimeSeriesCommand(of));
        const [marked, other] = TimeSeriesList.map(({ TimeSeriesId }) => TimeSeriesId!);
        if (marked === undefined) continue;
        const AnomalyGroupTimeSeriesFeedback = { AnomalyGroupId, TimeSeriesId: marked, IsAnomaly: false };
        await api.send(new PutFeedbackCommand({ AnomalyDetectorArn, AnomalyGroupTimeSeriesFeedback }));
        return { group: AnomalyGroupId!, measure: MetricName!, series: other ?? marked };
    }
    throw new Error("the detector found no group: no operation on groups can be tried");
}
