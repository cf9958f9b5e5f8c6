import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { ObjectInfo, ObjectStore } from "../../../objects/objectStore";
import { decodeKey, encodeKey } from "./keyEncoding";
import { compareKeys } from "./keyOrder";

/** A bucket of an embedded cloud that another process runs, out of the files in which that keeps it. Writes throw. */
export function openReadOnly(stateFolder: string, bucket: string): ObjectStore {
    const root = path.join(stateFolder, "s3", bucket);
    const fileOf = (key: string): string => path.join(root, encodeKey(key));
    const refuse = async (): Promise<never> => {
        throw new Error(`the bucket ${bucket} belongs to the process that runs ${stateFolder}, and is only read here`);
    };
    return {
        get: async (key) => {
            const [body, found] = await Promise.all([
                readFile(fileOf(key)).catch(absent),
                stat(fileOf(key)).catch(absent),
            ]);
            return body === undefined || found === undefined ? undefined : { body, etag: tagOf(found) };
        },
        stream: async (key) => createReadStream(fileOf(key)),
        list: (prefix, after) => list(root, prefix, after ?? ""),
        put: refuse,
        delete: refuse,
    };
}

async function* list(root: string, prefix: string, after: string): AsyncIterable<ObjectInfo> {
    const folder = path.dirname(path.join(root, encodeKey(`${prefix.slice(0, prefix.lastIndexOf("/") + 1)}any`)));
    const entries = (await readdir(folder, { recursive: true, withFileTypes: true }).catch(absent)) ?? [];
    const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => path.join(entry.parentPath, entry.name))
        .map((file) => ({ file, key: decodeKey(path.relative(root, file).replaceAll("\\", "/")) }))
        .filter(({ key }) => key.startsWith(prefix) && compareKeys(key, after) > 0)
        .sort((one, other) => compareKeys(one.key, other.key));
    for (const { file, key } of files) {
        const found = await stat(file).catch(absent);
        // Others delete meanwhile.
        if (found !== undefined) yield { key, size: found.size, etag: tagOf(found) };
    }
}

const tagOf = ({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string =>
    `"${size}-${mtimeMs}"`;

function absent(error: unknown): undefined {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
}
