import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { NotFoundError } from "../../../errors";
import type { ObjectInfo, ObjectStore, PutCondition } from "../../../objects/objectStore";
import type { BucketFiles } from "./bucketFiles";
import { compareKeys } from "./keyOrder";

/** A bucket as an object store: the user's own hands, past HTTP. `open` throws when the bucket does not exist. */
export function openStore(open: () => BucketFiles, now: () => number): ObjectStore {
    return {
        get: async (key) => {
            const files = open();
            const record = files.get(key);
            return record === undefined ? undefined : { body: files.read(key), etag: `"${record.etag}"` };
        },
        stream: async (key) => {
            const files = open();
            if (files.get(key) === undefined) {
                throw new NotFoundError(`There is no object ${key} in the bucket.`);
            }
            return createReadStream(files.path(key));
        },
        put: async (key, body, condition) => put(open(), key, Buffer.from(body), now(), condition),
        list: (prefix, after) => list(open(), prefix, after),
        delete: async (keys) => keys.forEach((key) => open().delete(key)),
    };
}

function put(
    files: BucketFiles,
    key: string,
    body: Buffer,
    modified: number,
    condition: PutCondition | undefined,
): { etag: string } | undefined {
    const current = files.get(key);
    if (condition !== undefined) {
        const holds = "ifAbsent" in condition ? current === undefined : `"${current?.etag}"` === condition.ifMatch;
        if (!holds) {
            return undefined;
        }
    }
    const etag = createHash("md5").update(body).digest("hex");
    files.put(key, body, { size: body.length, etag, modified });
    return { etag: `"${etag}"` };
}

async function* list(files: BucketFiles, prefix: string, after = ""): AsyncIterable<ObjectInfo> {
    const { keys } = files;
    let last = after;
    const first = compareKeys(after, prefix) > 0 ? after : prefix;
    for (
        let key = keys.at(keys.firstNotBefore(first));
        key?.startsWith(prefix);
        key = keys.at(keys.firstNotBefore(last))
    ) {
        const record = files.get(key);
        if (record !== undefined && key !== last) {
            yield { key, size: record.size, etag: `"${record.etag}"` };
        }
        last = `${key}\0`; // The first text that comes after the key: others may be written or deleted meanwhile.
    }
}
