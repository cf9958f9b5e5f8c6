import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { NotFoundError } from "../errors";
import { fileOfKey, folderSegment, keySegment } from "./keyFiles";
import type { DeleteCondition, ObjectInfo, ObjectStore, PutCondition, StoredObject } from "./objectStore";

/** Where writes are prepared. No key maps to a name that begins with a dot. */
const stagingFolder = ".staging";

/**
 * A local folder as an object store: one file an object, its path legible from the key. A write is a rename, so a reader sees the
 * old content or the new, and a crash leaves no half object. One process may write at a time: conditions are checked under a lock
 * that lives in memory.
 */
export function openFolderObjectStore(folder: string): ObjectStore {
    const root = path.resolve(folder);
    return {
        get: (key) => readObject(fileOfKey(root, key)),
        async stream(key): Promise<AsyncIterable<Uint8Array>> {
            const file = fileOfKey(root, key);
            const handle = await open(file).catch(absent);
            if (handle === undefined) throw new NotFoundError(`there is no object "${key}" in the folder ${root}`);
            return createReadStream(file, { fd: handle });
        },
        put: (key, body, condition) => writeObject(root, fileOfKey(root, key), Buffer.from(body), condition),
        list: (prefix, after) => walk(root, prefix, after ?? ""),
        async delete(keys, condition): Promise<void> {
            for (const key of keys) await removeObject(root, fileOfKey(root, key), condition);
        },
    };
}

const tagOf = (body: Buffer): string => `"${createHash("md5").update(body).digest("hex")}"`;

async function readObject(file: string): Promise<StoredObject | undefined> {
    const body = await readFile(file).catch(absent);
    return body === undefined ? undefined : { body, etag: tagOf(body) };
}

async function writeObject(
    root: string,
    file: string,
    body: Buffer,
    condition: PutCondition | undefined,
): Promise<{ readonly etag: string } | undefined> {
    return exclusively(file, async () => {
        if (condition !== undefined && !holds(condition, await readObject(file))) return undefined;
        const staged = path.join(root, stagingFolder, randomUUID());
        await mkdir(path.dirname(staged), { recursive: true });
        await writeWhole(staged, body);
        try {
            // An exclusive link refuses a file that another process put there since the look.
            if (condition !== undefined && "ifAbsent" in condition) {
                return (await place(file, () => linkNew(staged, file))) ? { etag: tagOf(body) } : undefined;
            }
            await place(file, () => rename(staged, file));
            return { etag: tagOf(body) };
        } finally {
            await rm(staged, { force: true });
        }
    });
}

const holds = (condition: PutCondition, current: StoredObject | undefined): boolean =>
    "ifAbsent" in condition ? current === undefined : current?.etag === condition.ifMatch;

async function writeWhole(file: string, body: Buffer): Promise<void> {
    const handle = await open(file, "w");
    try {
        await handle.writeFile(body);
    } finally {
        await handle.close();
    }
}

async function linkNew(from: string, to: string): Promise<boolean> {
    try {
        await link(from, to);
        return true;
    } catch (error) {
        if (codeOf(error) === "EEXIST") return false;
        throw error;
    }
}

/** Makes the file's folder, then acts; a delete may take the empty folder away in between, so a few times over. */
async function place<T>(file: string, act: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
        await mkdir(path.dirname(file), { recursive: true });
        try {
            return await act();
        } catch (error) {
            if (codeOf(error) !== "ENOENT" || tries === 5) throw error;
        }
    }
}

/** Removes an object, and the folders above it that it leaves empty. */
async function removeObject(root: string, file: string, condition: DeleteCondition | undefined): Promise<void> {
    await exclusively(file, async () => {
        if (condition === undefined || holds(condition, await readObject(file))) await rm(file, { force: true });
    });
    for (let folder = path.dirname(file); folder !== root; folder = path.dirname(folder)) {
        const removed = await rmdir(folder).then(
            () => true,
            () => false,
        );
        if (!removed) return;
    }
}

/** The objects below a prefix in key order; folders that cannot hold a key after `after` are not opened. */
async function* walk(root: string, prefix: string, after: string): AsyncGenerator<ObjectInfo, void, undefined> {
    const folders = prefix.split("/").slice(0, -1);
    const base = path.join(root, ...folders.map(folderSegment));
    yield* walkFolder(base, folders.map((segment) => `${segment}/`).join(""), prefix, after);
}

async function* walkFolder(
    folder: string,
    above: string,
    prefix: string,
    after: string,
): AsyncGenerator<ObjectInfo, void, undefined> {
    const entries = (await readdir(folder, { withFileTypes: true }).catch(absent)) ?? [];
    const named = entries
        .filter(({ name }) => !name.startsWith("."))
        .map((entry) => ({ entry, key: above + keySegment(entry.name) + (entry.isDirectory() ? "/" : "") }))
        .sort((one, other) => compareKeys(one.key, other.key));
    for (const { entry, key } of named) {
        const file = path.join(folder, entry.name);
        if (entry.isDirectory()) {
            const relevant = key.startsWith(prefix) || prefix.startsWith(key);
            if (relevant && (compareKeys(key, after) > 0 || after.startsWith(key))) {
                yield* walkFolder(file, key, prefix, after);
            }
        } else if (key.startsWith(prefix) && compareKeys(key, after) > 0) {
            const found = await readObject(file);
            if (found !== undefined) yield { key, size: found.body.length, etag: found.etag };
        }
    }
}

const compareKeys = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

function absent(error: unknown): undefined {
    // ENOTDIR cannot stand for a key of ours, but does for a prefix that names a file.
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw error;
}

const queues = new Map<string, Promise<unknown>>();

/** Runs one action on a file at a time, in the order of asking. */
async function exclusively<T>(file: string, act: () => Promise<T>): Promise<T> {
    const turn = (queues.get(file) ?? Promise.resolve()).then(act, act);
    queues.set(file, turn);
    try {
        return await turn;
    } finally {
        if (queues.get(file) === turn) queues.delete(file);
    }
}
