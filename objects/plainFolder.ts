import { createReadStream } from "node:fs";
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { NotFoundError } from "../errors";
import type { ObjectInfo, ObjectStore } from "./objectStore";

/**
 * A folder of a user's own files as a bucket to read from: a file's key is its path, as it is spelled on disk. Nothing outside the
 * folder can be named, files that begin with a dot are not seen, and writes throw.
 */
export function openPlainFolder(folder: string): ObjectStore {
    const root = path.resolve(folder);
    const refuse = async (): Promise<never> => {
        throw new Error(`the folder ${root} is read from and never written to`);
    };
    return {
        get: async (key) => {
            const file = fileOf(root, key);
            const [body, info] = await Promise.all([readFile(file).catch(absent), infoOf(file, key)]);
            return body === undefined || info === undefined ? undefined : { body, etag: info.etag };
        },
        stream: async (key) => {
            const file = fileOf(root, key);
            const isFile = (await infoOf(file, key)) !== undefined;
            const handle = isFile ? await open(file).catch(absent) : undefined;
            if (handle === undefined) throw new NotFoundError(`there is no file "${key}" in the folder ${root}`);
            return createReadStream(file, { fd: handle });
        },
        list: (prefix, after) => walk(root, prefix, after ?? ""),
        put: refuse,
        delete: refuse,
    };
}

/** No file is called so: what an odd key maps to. */
const nowhere = "\0";

/** The file of a key; one that cannot exist for a key with empty, dotted or otherwise odd parts. */
function fileOf(root: string, key: string): string {
    return isPlain(key.split("/")) ? path.join(root, key) : nowhere;
}

const isPlain = (segments: readonly string[]): boolean =>
    segments.every((segment) => segment !== "" && !segment.startsWith(".") && !/[\0\\]/.test(segment));

async function infoOf(file: string, key: string): Promise<ObjectInfo | undefined> {
    const found = file === nowhere ? undefined : await stat(file).catch(absent);
    if (found === undefined || !found.isFile()) return undefined;
    return { key, size: found.size, etag: `"${found.size}-${found.mtimeMs}"` };
}

/** The files below a prefix in key order; folders that cannot hold such a key are not opened. */
async function* walk(root: string, prefix: string, after: string): AsyncGenerator<ObjectInfo, void, undefined> {
    const above = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    if (above !== "" && !isPlain(above.slice(0, -1).split("/"))) return;
    yield* walkFolder(path.join(root, above), { above, prefix, after, parents: [] });
}

interface Place {
    /** Key prefix of the folder, with its slash. */
    readonly above: string;
    readonly prefix: string;
    readonly after: string;
    /** Real paths of the folders that led here: a link back to one of them is not followed. */
    readonly parents: readonly string[];
}

async function* walkFolder(folder: string, place: Place): AsyncGenerator<ObjectInfo, void, undefined> {
    const { above, prefix, after } = place;
    const here = await realpath(folder).catch(absent);
    if (here === undefined || place.parents.includes(here)) return;
    const names = (await readdir(folder).catch(absent)) ?? [];
    const entries = await Promise.all(
        names.filter((name) => isPlain([name])).map((name) => entryOf(folder, above, name)),
    );
    const sorted = entries.filter((entry) => entry !== undefined).sort((one, other) => compareKeys(one.key, other.key));
    for (const { file, key, info } of sorted) {
        if (info !== undefined) {
            if (key.startsWith(prefix) && compareKeys(key, after) > 0) yield info;
        } else if (key.startsWith(prefix) || prefix.startsWith(key)) {
            if (compareKeys(key, after) > 0 || after.startsWith(key))
                yield* walkFolder(file, { ...place, above: key, parents: [...place.parents, here] });
        }
    }
}

/** A file with its info, or a folder without; undefined for a link that leads nowhere, or what is neither. */
async function entryOf(folder: string, above: string, name: string) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(absent);
    if (found === undefined) return undefined;
    if (found.isDirectory()) return { file, key: `${above}${name}/`, info: undefined };
    const info = await infoOf(file, above + name);
    return info === undefined ? undefined : { file, key: info.key, info };
}

const compareKeys = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Undefined for what does not exist or has no such name; anything else is thrown on. */
function absent(error: unknown): undefined {
    const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
    const gone = ["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "ENAMETOOLONG", "ERR_INVALID_ARG_VALUE"];
    if (typeof code === "string" && gone.includes(code)) return undefined;
    throw error;
}
