import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { CloudError, type CloudRequest, type CloudResponse } from "../service";
import { listObjects } from "./listing";
import { OrderedKeys } from "./keyOrder";
import { getObject, type ReadableFiles } from "./objects";
import type { Target } from "./operation";

/**
 * Answers what is asked of a bucket whose objects are a user's own files: a file's key is its path below the folder. Files that begin with a
 * dot are not seen. Throws AccessDenied for anything that would write.
 */
export function answerMounted(folder: string, { bucket, key }: Target, request: CloudRequest): CloudResponse {
    switch (request.operation) {
        case "GetObject":
        case "HeadObject":
            return getObject(openMounted(folder), key, request);
        case "ListObjectsV2":
        case "ListObjects": {
            const isV2 = request.operation === "ListObjectsV2";
            const body = listObjects(bucket, openMounted(folder), request.query, isV2);
            return { status: 200, headers: { "content-type": "application/xml" }, body };
        }
        case "HeadBucket":
            return { status: 200 };
        default:
            throw new CloudError(
                "AccessDenied",
                `The bucket ${bucket} is the folder ${folder}, which is read only.`,
                403,
            );
    }
}

/** The folder as it is now: files come and go while the cloud runs. */
function openMounted(folder: string): ReadableFiles {
    const root = resolve(folder);
    const keys = new OrderedKeys();
    const path = (key: string): string => join(root, key);
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        const key = join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll("\\", "/");
        if (entry.isFile() && !/(^|\/)\./.test(key)) keys.add(key);
    }
    return {
        keys,
        path,
        read: (key) => readFileSync(path(key)),
        get: (key) => {
            if (keys.at(keys.firstNotBefore(key)) !== key) return undefined;
            const { size, mtimeMs } = statSync(path(key));
            // Changes when the file does; the bytes are not read for it.
            const etag = createHash("md5").update(`${key}\0${size}\0${mtimeMs}`).digest("hex");
            return { size, etag, modified: Math.floor(mtimeMs) };
        },
    };
}
