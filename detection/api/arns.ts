import { invalidField } from "./errors";

/** Where the service says it is: part of every ARN. */
export interface Place {
    readonly partition: string;
    readonly region: string;
    readonly accountId: string;
}

const base = ({ partition, region, accountId }: Place): string =>
    `arn:${partition}:lookoutmetrics:${region}:${accountId}:`;

export const detectorArn = (place: Place, name: string): string => `${base(place)}AnomalyDetector:${name}`;
export const metricSetArn = (place: Place, detector: string, name: string): string =>
    `${base(place)}MetricSet/${detector}/${name}`;
/** Stands for reading samples of data that no detector has yet, as the external id of an assumed role. */
export const sampleArn = (place: Place): string => `${base(place)}GetSampleData`;
export const alertArn = (place: Place, name: string): string => `${base(place)}Alert:${name}`;

/** What an ARN of this service names; undefined for one of another place, which nothing here can have. */
export interface Named {
    readonly detector: string;
    /** Given for a metric set. */
    readonly metricSet?: string;
}

export function parseArn(place: Place, arn: string): Named | undefined {
    if (!arn.startsWith(base(place))) return undefined;
    const rest = arn.slice(base(place).length);
    const [, detector] = /^AnomalyDetector:([a-zA-Z0-9][a-zA-Z0-9\-_]*)$/.exec(rest) ?? [];
    if (detector !== undefined) return { detector };
    const [, owner, metricSet] =
        /^MetricSet\/([a-zA-Z0-9][a-zA-Z0-9\-_]*)\/([a-zA-Z0-9][a-zA-Z0-9\-_]*)$/.exec(rest) ?? [];
    return owner === undefined ? undefined : { detector: owner, metricSet };
}

/** Name of the detector that an ARN names; undefined for another place. Throws for an ARN that is no detector's. */
export function detectorNameOf(place: Place, arn: string, member = "AnomalyDetectorArn"): string | undefined {
    if (!/^arn:[a-z\d-]+:lookoutmetrics:[^:]*:[^:]*:AnomalyDetector:/.test(arn))
        throw invalidField(member, "is not the ARN of an anomaly detector");
    return parseArn(place, arn)?.detector;
}

/** Name of the alert that an ARN names; undefined for another place. Throws for an ARN that is no alert's. */
export function alertNameOf(place: Place, arn: string): string | undefined {
    if (!/^arn:[a-z\d-]+:lookoutmetrics:[^:]*:[^:]*:Alert:/.test(arn))
        throw invalidField("AlertArn", "is not the ARN of an alert");
    const start = `${base(place)}Alert:`;
    const name = arn.startsWith(start) ? arn.slice(start.length) : "";
    return /^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/.test(name) ? name : undefined;
}

/** Partition of a region, as AWS divides the world. */
export function partitionOf(region: string): string {
    return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
