import { createRequire } from "node:module";
import { DataError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { openPlainFolder } from "../../objects/plainFolder";
import { openForeignBucket } from "../../objects/refusals";
import type * as S3ObjectStore from "../../objects/s3ObjectStore";
import type { ServePlace } from "./options";

/** Loads a module of ours when it is needed: `import()` would not find TypeScript here. */
const load = createRequire(__filename);

/** What the service calls its own store where a bucket's name is wanted; no bucket can be called so. */
export const ownBucket = "_own";

/**
 * Opens the buckets that metric sets name: those that are folders here, all others at the S3 endpoint. Without one, opening another
 * bucket throws DataError, which says how to start the service.
 */
export function openBuckets({ buckets, s3Endpoint, region }: ServePlace): (bucket: string) => ObjectStore {
    const opened = new Map<string, ObjectStore>();
    const open = (bucket: string): ObjectStore => {
        // The name is a user's: `constructor` is a bucket like any other.
        if (Object.hasOwn(buckets, bucket)) return openPlainFolder(buckets[bucket]!);
        if (s3Endpoint !== undefined) return s3Bucket(bucket, s3Endpoint, region);
        throw new DataError(
            `the bucket "${bucket}" is not known to this service; start it with --bucket ${bucket}=FOLDER, ` +
                "or with --s3-endpoint URL to read all others from there",
        );
    };
    return (bucket) => {
        const store = opened.get(bucket) ?? open(bucket);
        opened.set(bucket, store);
        return store;
    };
}

/** A bucket at an S3 endpoint. The SDK is loaded when the bucket is first read: it takes longer than the rest of the service. */
function s3Bucket(bucket: string, endpoint: string, region: string): ObjectStore {
    return openForeignBucket({ bucket, endpoint }, async () => {
        const { S3Client } = await import("@aws-sdk/client-s3");
        const { openS3ObjectStore } = load("../../objects/s3ObjectStore") as typeof S3ObjectStore;
        return openS3ObjectStore(new S3Client({ endpoint, region, forcePathStyle: true }), bucket);
    });
}
