import { isServicePath } from "../../pipeline/objectLayout";
import { wayToBucket, wayToTarget, type Way } from "../access";
import { targetArnOf, type AlertTarget } from "../store/alerts";
import { parseS3Path, type S3Place } from "../worker/s3Path";
import type { ApiContext } from "./context";
import { ApiError, denied, invalid } from "./errors";
import type { S3Source } from "./sourceMembers";

/** Throws what the API answers when the service may not tell an alert's target, with the role that is given with it or without. */
export function requireTarget({ access }: ApiContext, target: AlertTarget): void {
    const targetArn = targetArnOf(target);
    requireWay(wayToTarget(access, { targetArn, roleArn: target.roleArn }));
}

/**
 * Throws what the API answers when the service may not read a source's bucket, with the role that is given with it or without, and for a
 * path to what the service itself keeps.
 */
export function requireBucket({ access }: ApiContext, source: S3Source): void {
    const paths = [...(source.HistoricalDataPathList ?? []), ...(source.TemplatedPathList ?? [])];
    for (const path of paths) {
        const { bucket, key } = placeOf(path);
        requireWay(wayToBucket(access, { bucket, roleArn: source.RoleArn }));
        if (bucket === access.ownBucket && isServicePath(key))
            throw denied(`The objects of the service itself are no data: ${path}`);
    }
}

/** Where an S3 path leads. Throws ValidationException for any other text. */
export function placeOf(path: string): S3Place {
    const place = parseS3Path(path);
    if (place === undefined) throw invalid(`"${path}" is no S3 path; expected s3://bucket/prefix/.`);
    return place;
}

function requireWay(way: Way): void {
    if ("refusal" in way) throw new ApiError(way.refusal.type, way.refusal.message, reasonOf(way.refusal.type));
}

const reasonOf = (type: string): Record<string, unknown> => (type === "ValidationException" ? { Reason: "OTHER" } : {});
