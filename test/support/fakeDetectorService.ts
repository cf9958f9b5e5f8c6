import type { AnomalyDetectorStatus } from "@aws-sdk/client-lookoutmetrics";
import type { AlertState } from "../../operations/alertService";
import type { DetectorService, MetricSetState } from "../../operations/detectorService";
import type { DetectorOptions } from "../../pipeline/detectorOptions";
import type { MetricSetShape } from "../../operations/metricSet";

export interface FakeDetector {
    status: AnomalyDetectorStatus;
    description: string;
    interval: string;
    owner: string | undefined;
    failureReason?: string;
    metricSet?: MetricSetShape & { readonly name: string };
    options?: DetectorOptions;
}

export interface FakeDetectorService extends DetectorService {
    readonly detectors: Map<string, FakeDetector>;
    /** Changes made so far, by operation. */
    readonly calls: string[];
    /** Alerts by name, with the ARN of their detector. */
    readonly alertsByName: Map<string, AlertState & { readonly detectorArn: string }>;
    /** Lets the service's own work end: activation, deactivation, deletion. */
    settle(): void;
    /** Runs before each operation; a throw is its outcome. */
    before?: (operation: string) => void;
}

const arnOf = (name: string): string => `arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:${name}`;

/** An error with a name of the API. */
export function apiError(name: string, status = 400): Error {
    return Object.assign(new Error(name), { name, $metadata: { httpStatusCode: status } });
}

const ratiosOf = (options: DetectorOptions | undefined): string =>
    JSON.stringify(Object.entries(options?.measures ?? {}).filter(([, { ratio }]) => ratio !== undefined));

/** The detection service in memory, with the API's rules on which call is legal in which state. */
export function fakeDetectorService(): FakeDetectorService {
    const detectors = new Map<string, FakeDetector>();
    const calls: string[] = [];
    const alertsByName: FakeDetectorService["alertsByName"] = new Map();
    const find = (arn: string): FakeDetector => {
        const found = detectors.get(arn);
        if (found === undefined) throw apiError("ResourceNotFoundException");
        return found;
    };
    const change = (operation: string): void => {
        fake.before?.(operation);
        calls.push(operation);
    };
    const require = (detector: FakeDetector, states: readonly string[], error: string): void => {
        if (!states.includes(detector.status)) throw apiError(error);
    };
    const resting = ["INACTIVE", "DEACTIVATED", "FAILED"];
    const steady = [...resting, "LEARNING", "ACTIVE"];
    const fake: FakeDetectorService = {
        detectors,
        alertsByName,
        alerts: {
            of: async (arn) => [...alertsByName.values()].filter(({ detectorArn }) => detectorArn === arn),
            create: async (detectorArn, { name, owner, shape }) => {
                change("createAlert");
                if (alertsByName.has(name)) throw apiError("ConflictException", 409);
                alertsByName.set(name, { arn: `alert:${name}`, name, owner, shape, detectorArn });
            },
            update: async (arn, shape) => {
                change("updateAlert");
                const name = arn.slice("alert:".length);
                alertsByName.set(name, { ...alertsByName.get(name)!, shape });
            },
            delete: async (arn) => {
                change("deleteAlert");
                alertsByName.delete(arn.slice("alert:".length));
            },
        },
        calls,
        settle: () => {
            for (const [arn, detector] of [...detectors]) {
                if (detector.status === "ACTIVATING") detector.status = "ACTIVE";
                if (detector.status === "DEACTIVATING") detector.status = "DEACTIVATED";
                if (detector.status === "DELETING") detectors.delete(arn);
            }
        },
        async describe(arn) {
            fake.before?.("describe");
            const found = detectors.get(arn);
            if (found === undefined) return undefined;
            const { status, description, interval, failureReason } = found;
            return { status, description, interval, failureReason };
        },
        ownerOf: async (arn) => find(arn).owner,
        async create({ name, description, interval, owner }) {
            change("create");
            if (detectors.has(arnOf(name))) throw apiError("ConflictException", 409);
            detectors.set(arnOf(name), { status: "INACTIVE", description, interval, owner });
        },
        async update(arn, { description, interval }) {
            change("update");
            const detector = find(arn);
            require(detector, interval === undefined ? steady : resting, "ValidationException");
            Object.assign(detector, {
                description: description ?? detector.description,
                interval: interval ?? detector.interval,
            });
        },
        async metricSet(arn): Promise<MetricSetState | undefined> {
            const { metricSet } = find(arn);
            if (metricSet === undefined) return undefined;
            return {
                arn: `${arn}/set`,
                offsetSeconds: metricSet.Offset,
                timeZone: metricSet.Timezone,
                historicalPaths: metricSet.MetricSource.S3SourceConfig?.HistoricalDataPathList ?? [],
            };
        },
        async createMetricSet(arn, name, shape) {
            change("createMetricSet");
            const detector = find(arn);
            if (detector.metricSet !== undefined) throw apiError("ServiceQuotaExceededException", 402);
            detector.metricSet = { ...shape, name };
        },
        async updateMetricSet(arn, shape) {
            change("updateMetricSet");
            const detector = find(arn.replace(/\/set$/, ""));
            if (detector.metricSet === undefined) throw apiError("ResourceNotFoundException");
            const isSmall = Object.keys(shape).every((key) => key === "Offset");
            require(detector, isSmall ? steady : resting, "ValidationException");
            detector.metricSet = { ...detector.metricSet, ...shape };
        },
        async putOptions(arn, options) {
            const detector = find(arn);
            if (ratiosOf(options) !== ratiosOf(detector.options)) require(detector, resting, "ConflictException");
            change("putOptions");
            require(detector, steady, "ValidationException");
            detector.options = options;
        },
        async activate(arn) {
            change("activate");
            const detector = find(arn);
            require(detector, resting, "ConflictException");
            detector.status = "ACTIVATING";
        },
        async deactivate(arn) {
            change("deactivate");
            const detector = find(arn);
            require(detector, ["LEARNING", "ACTIVE"], "ConflictException");
            detector.status = "DEACTIVATING";
        },
        async delete(arn) {
            change("delete");
            const detector = find(arn);
            require(detector, steady, "ConflictException");
            detector.status = "DELETING";
        },
    };
    return fake;
}
