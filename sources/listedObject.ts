import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";

/*
 * Objects are read some time after they were listed. Those that were deleted or written anew meanwhile are no failure: the next attempt
 * lists anew.
 */

const meanwhile = new Set(["PreconditionFailed", "NoSuchKey", "NotFound"]);
const refusals = new Set(["AccessDenied", "AccessDeniedException", "Forbidden", "403"]);

/** Whether an object that was listed is gone by now, or another one. */
export const isChangedMeanwhile = (error: unknown): boolean => meanwhile.has(nameOf(error));

/** Whether a call was refused for want of a permission. */
export const isRefusal = (error: unknown): boolean => refusals.has(nameOf(error));

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : "");

/** An object as a listing names it. */
interface ListedObject {
    readonly bucket: string;
    readonly key: string;
}

/**
 * What reading a listed object failed with. S3 tells who may list just a part of a bucket of an object that is gone only that it may not be
 * read (403, not 404), since a read names no prefix that the permission could be narrowed by: so whether it is still there is asked by
 * listing it.
 */
export async function clarified(s3: S3Client, object: ListedObject, error: unknown): Promise<unknown> {
    if (!isRefusal(error) || !(await isGone(s3, object))) return error;
    return Object.assign(new Error("the object is gone", { cause: error }), { name: "NoSuchKey" });
}

async function isGone(s3: S3Client, { bucket, key }: ListedObject): Promise<boolean> {
    try {
        const request = new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 });
        const { Contents = [] } = await s3.send(request);
        return Contents.every((found) => found.Key !== key);
    } catch {
        // Who may not list either has a question of permissions in any case.
        return false;
    }
}
