import {
    ActivateAnomalyDetectorCommand,
    type AnomalyDetectorStatus,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    DeactivateAnomalyDetectorCommand,
    DeleteAnomalyDetectorCommand,
    DescribeAnomalyDetectorCommand,
    DescribeMetricSetCommand,
    ListMetricSetsCommand,
    ListTagsForResourceCommand,
    type LookoutMetricsClient,
    UpdateAnomalyDetectorCommand,
    UpdateMetricSetCommand,
} from "@aws-sdk/client-lookoutmetrics";
import type { DetectorOptions } from "../pipeline/detectorOptions";
import type { Interval } from "../pipeline/records";
import { type AlertService, openAlertService, ownerTag } from "./alertService";
import type { MetricSetShape } from "./metricSet";

/** A detector as the detection service has it. */
export interface DetectorState {
    readonly status: AnomalyDetectorStatus;
    readonly description: string;
    readonly interval: string | undefined;
    /** Why it failed, where it did. */
    readonly failureReason: string | undefined;
}

/** A detector's metric set as the detection service has it. */
export interface MetricSetState {
    readonly arn: string;
    readonly offsetSeconds: number;
    readonly timeZone: string;
    /** Where its history lies, `s3://…`. */
    readonly historicalPaths: readonly string[];
}

/** The detection service, as far as a detector's life cycle deals with it. Errors keep the names that the API gives them. */
export interface DetectorService {
    readonly alerts: AlertService;
    /** The detector; undefined when there is none of that ARN. */
    describe(arn: string): Promise<DetectorState | undefined>;
    /** The owner that its tag names. */
    ownerOf(arn: string): Promise<string | undefined>;
    /** An empty description is left out: the API takes none shorter than a character. */
    create(detector: {
        readonly name: string;
        readonly description: string;
        readonly interval: Interval;
        readonly owner: string;
    }): Promise<void>;
    /** Changes what is given. An empty description changes nothing, since the API has no way to take one away. */
    update(arn: string, change: { readonly description?: string; readonly interval?: Interval }): Promise<void>;
    metricSet(detectorArn: string): Promise<MetricSetState | undefined>;
    createMetricSet(detectorArn: string, name: string, shape: MetricSetShape): Promise<void>;
    /** Changes what is given; a metric set's time zone cannot change. */
    updateMetricSet(arn: string, change: Partial<Omit<MetricSetShape, "Timezone">>): Promise<void>;
    /**
     * Says what the user knows, in place of all that was said before. Rejects with ConflictException when a ratio changes while the
     * detector is at work: it has to learn anew.
     */
    putOptions(arn: string, options: DetectorOptions): Promise<void>;
    activate(arn: string): Promise<void>;
    deactivate(arn: string): Promise<void>;
    /** Begins to delete; a detector that is gone is passed over in silence. */
    delete(arn: string): Promise<void>;
}

/** A client of the detection service, as `detection/client.ts` opens one. */
export interface ServiceClient {
    readonly api: LookoutMetricsClient;
    /** See `DetectorService`. */
    readonly putOptions: (arn: string, options: DetectorOptions) => Promise<void>;
}

/** The detection service behind the Lookout for Metrics client, and the calls beside its API. */
export function openDetectorService({ api, putOptions }: ServiceClient): DetectorService {
    return {
        alerts: openAlertService(api),
        describe: (arn) => describe(api, arn),
        async ownerOf(arn) {
            return (await api.send(new ListTagsForResourceCommand({ ResourceArn: arn }))).Tags?.[ownerTag];
        },
        create: (detector) => create(api, detector),
        update: (arn, change) => update(api, arn, change),
        metricSet: (detectorArn) => describeMetricSet(api, detectorArn),
        async createMetricSet(detectorArn, name, shape) {
            await api.send(
                new CreateMetricSetCommand({ AnomalyDetectorArn: detectorArn, MetricSetName: name, ...shape }),
            );
        },
        async updateMetricSet(arn, change) {
            await api.send(new UpdateMetricSetCommand({ MetricSetArn: arn, ...change }));
        },
        putOptions,
        async activate(arn) {
            await api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        },
        async deactivate(arn) {
            await api.send(new DeactivateAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        },
        async delete(arn) {
            await api.send(new DeleteAnomalyDetectorCommand({ AnomalyDetectorArn: arn })).catch(ignoringNotFound);
        },
    };
}

async function create(
    api: LookoutMetricsClient,
    { name, description, interval, owner }: Parameters<DetectorService["create"]>[0],
): Promise<void> {
    await api.send(
        new CreateAnomalyDetectorCommand({
            AnomalyDetectorName: name,
            ...descriptionMember(description),
            AnomalyDetectorConfig: { AnomalyDetectorFrequency: interval },
            Tags: { [ownerTag]: owner },
        }),
    );
}

async function update(
    api: LookoutMetricsClient,
    arn: string,
    { description, interval }: Parameters<DetectorService["update"]>[1],
): Promise<void> {
    await api.send(
        new UpdateAnomalyDetectorCommand({
            AnomalyDetectorArn: arn,
            ...descriptionMember(description),
            ...(interval === undefined ? {} : { AnomalyDetectorConfig: { AnomalyDetectorFrequency: interval } }),
        }),
    );
}

const descriptionMember = (description = ""): { AnomalyDetectorDescription?: string } =>
    description === "" ? {} : { AnomalyDetectorDescription: description };

async function describe(api: LookoutMetricsClient, arn: string): Promise<DetectorState | undefined> {
    const found = await api
        .send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }))
        .catch(ignoringNotFound);
    if (found?.Status === undefined) return undefined;
    return {
        status: found.Status,
        description: found.AnomalyDetectorDescription ?? "",
        interval: found.AnomalyDetectorConfig?.AnomalyDetectorFrequency,
        failureReason: found.FailureReason,
    };
}

/** A detector has one metric set at most. */
async function describeMetricSet(api: LookoutMetricsClient, detectorArn: string): Promise<MetricSetState | undefined> {
    const { MetricSetSummaryList: list = [] } = await api.send(
        new ListMetricSetsCommand({ AnomalyDetectorArn: detectorArn }),
    );
    const arn = list[0]?.MetricSetArn;
    if (arn === undefined) return undefined;
    const found = await api.send(new DescribeMetricSetCommand({ MetricSetArn: arn }));
    return {
        arn,
        offsetSeconds: found.Offset ?? 0,
        timeZone: found.Timezone ?? "UTC",
        historicalPaths: found.MetricSource?.S3SourceConfig?.HistoricalDataPathList ?? [],
    };
}

function ignoringNotFound(error: unknown): undefined {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
}
