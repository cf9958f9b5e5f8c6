import { createHash } from "node:crypto";
import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { CloudError, type CloudRequest, type CloudResponse } from "../service";
import { listObjects } from "./listing";
import { OrderedKeys } from "./keyOrder";
import { getObject, type ReadableFiles, type ReadableObjects } from "./objects";
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
            const body = listObjects(bucket, listMounted(folder), request.query, isV2);
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

/** Files that begin with a dot, or lie in a folder that does, are not seen; nor are the ways up, `.` and `..`. */
const isHidden = (key: string): boolean => /(^|[/\\])\./.test(key);

/** The folder as it is now: files come and go while the cloud runs. Symbolic links below it are not followed. */
function listMounted(folder: string): ReadableFiles {
    const root = resolve(folder);
    const keys = new OrderedKeys();
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
        const key = join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll("\\", "/");
        if (entry.isFile() && !isHidden(key)) keys.add(key);
    }
    return { ...openMounted(folder), keys };
}

/** The folder's files by their keys, each looked at by itself: those that listing shows, and no others. */
function openMounted(folder: string): ReadableObjects {
    const root = realpathSync(folder);
    const path = (key: string): string => join(root, key);
    return {
        path,
        read: (key) => readFileSync(path(key)),
        get: (key) => {
            if (isHidden(key) || !isAt(`${root}${sep}${key.replaceAll("/", sep)}`)) return undefined;
            const { size, mtimeMs } = statSync(path(key));
            // Changes when the file does; the bytes are not read for it.
            const etag = createHash("md5").update(`${key}\0${size}\0${mtimeMs}`).digest("hex");
            return { size, etag, modified: Math.floor(mtimeMs) };
        },
    };
}

/** Whether there is a file at exactly this path: not by way of a link, and in no other spelling. */
function isAt(file: string): boolean {
    try {
        return realpathSync(file) === file && statSync(file).isFile();
    } catch {
        return false;
    }
}
