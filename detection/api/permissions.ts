import { wayToBucket, wayToTarget, type Way } from "../access";
import type { AlertTarget } from "../store/alerts";
import type { ApiContext } from "./context";
import { ApiError } from "./errors";
import type { S3Source } from "./sourceMembers";

/** Throws what the API answers when the service may not tell an alert's target, with the role that is given with it or without. */
export function requireTarget({ access }: ApiContext, target: AlertTarget): void {
    const targetArn = target.type === "SNS" ? target.topicArn : target.functionArn;
    if (access !== undefined) requireWay(wayToTarget(access, { targetArn, roleArn: target.roleArn }));
}

/** Throws what the API answers when the service may not read a source's bucket, with the role that is given with it or without. */
export function requireBucket({ access }: ApiContext, source: S3Source): void {
    if (access === undefined) return;
    const paths = [...(source.HistoricalDataPathList ?? []), ...(source.TemplatedPathList ?? [])];
    for (const path of paths) requireWay(wayToBucket(access, { bucket: bucketOf(path), roleArn: source.RoleArn }));
}

/** Bucket of an S3 path. */
export const bucketOf = (path: string): string => path.slice("s3://".length).split("/")[0]!;

function requireWay(way: Way): void {
    if ("refusal" in way) throw new ApiError(way.refusal.type, way.refusal.message, reasonOf(way.refusal.type));
}

const reasonOf = (type: string): Record<string, unknown> => (type === "ValidationException" ? { Reason: "OTHER" } : {});
