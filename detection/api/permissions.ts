import { isServicePath } from "../../pipeline/objectLayout";
import { wayToBucket, wayToTarget, type Way } from "../access";
import type { AlertTarget } from "../store/alerts";
import type { ApiContext } from "./context";
import { ApiError, denied } from "./errors";
import type { S3Source } from "./sourceMembers";

/** Throws what the API answers when the service may not tell an alert's target, with the role that is given with it or without. */
export function requireTarget({ access }: ApiContext, target: AlertTarget): void {
    const targetArn = target.type === "SNS" ? target.topicArn : target.functionArn;
    requireWay(wayToTarget(access, { targetArn, roleArn: target.roleArn }));
}

/**
 * Throws what the API answers when the service may not read a source's bucket, with the role that is given with it or without, and for a
 * path to what the service itself keeps.
 */
export function requireBucket({ access }: ApiContext, source: S3Source): void {
    const paths = [...(source.HistoricalDataPathList ?? []), ...(source.TemplatedPathList ?? [])];
    for (const path of paths) {
        const bucket = bucketOf(path);
        requireWay(wayToBucket(access, { bucket, roleArn: source.RoleArn }));
        if (bucket === access.ownBucket && isServicePath(path.slice(`s3://${bucket}/`.length)))
            throw denied(`The objects of the service itself are no data: ${path}`);
    }
}

/** Bucket of an S3 path. */
export const bucketOf = (path: string): string => path.slice("s3://".length).split("/")[0]!;

function requireWay(way: Way): void {
    if ("refusal" in way) throw new ApiError(way.refusal.type, way.refusal.message, reasonOf(way.refusal.type));
}

const reasonOf = (type: string): Record<string, unknown> => (type === "ValidationException" ? { Reason: "OTHER" } : {});
