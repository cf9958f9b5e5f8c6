import { DataError, NotFoundError } from "../../../errors";
import type { ObjectStore } from "../../../objects/objectStore";
import type { BucketOwner } from "../../worker/sources";
import type { ApiContext } from "../context";
import { invalid } from "../errors";
import { placeOf, requireBucket } from "../permissions";
import type { S3Source } from "../sourceMembers";

/** An object of a user's, found below a path. */
export interface FoundObject {
    /** For messages, `s3://bucket/key`. */
    readonly name: string;
    stream(): Promise<AsyncIterable<Uint8Array>>;
}

/** Keys that are looked at for one that is no folder and not empty. */
const mostKeys = 1000;

/**
 * The first few objects below a source's historical path, or below what its templated path begins with, in key order. Throws
 * ValidationException for a bucket that is not there, AccessDeniedException for what the service may not read, or keeps itself.
 */
export async function findObjects(
    context: ApiContext,
    source: S3Source,
    { detector, most }: { readonly detector: BucketOwner["detector"]; readonly most: number },
): Promise<FoundObject[]> {
    const path = source.HistoricalDataPathList?.[0] ?? source.TemplatedPathList?.[0];
    if (path === undefined)
        throw invalid("The source names no path; give a HistoricalDataPathList or a TemplatedPathList.");
    requireBucket(context, source);
    const { bucket, key } = placeOf(path);
    const [prefix = ""] = key.split("{{");
    try {
        const store = openBucket(context, bucket, { roleArn: source.RoleArn, detector });
        return await firstObjects(store, { bucket, prefix, most });
    } catch (error) {
        throw readable(error, bucket);
    }
}

function openBucket({ buckets }: ApiContext, bucket: string, on: BucketOwner): ObjectStore {
    if (buckets === undefined) throw invalid("This service reads no samples: it has not been given any buckets.");
    return bucket === buckets.own ? buckets.store : buckets.open(bucket, on);
}

async function firstObjects(
    store: ObjectStore,
    { bucket, prefix, most }: { readonly bucket: string; readonly prefix: string; readonly most: number },
): Promise<FoundObject[]> {
    const found: FoundObject[] = [];
    let keys = 0;
    for await (const { key, size } of store.list(prefix)) {
        if (++keys > mostKeys || found.length >= most) break;
        if (size > 0 && !key.endsWith("/"))
            found.push({ name: `s3://${bucket}/${key}`, stream: () => store.stream(key) });
    }
    return found;
}

/** What a person can do about a bucket that cannot be read; other errors as they are. */
export function readable(error: unknown, bucket: string): unknown {
    if (error instanceof NotFoundError || error instanceof DataError) return invalid(error.message);
    if (error instanceof Error && ["NoSuchBucket", "NoSuchKey"].includes(error.name))
        return invalid(`There is no such data: ${error.name} for the bucket ${bucket}.`);
    return error;
}
