import { createHash } from "node:crypto";
import { NotFoundError } from "../../errors";
import type { ObjectInfo, ObjectStore, PutCondition, StoredObject } from "../../objects/objectStore";

/** What a test can see of a memory store and do to it. */
export interface MemoryObjectStore extends ObjectStore {
    /** Every key, in order. */
    keys(prefix?: string): string[];
    /** The object as text; throws when there is none. */
    text(key: string): string;
    /** The object as JSON; throws when there is none. */
    json(key: string): unknown;
    /** Calls so far, by operation, and keys listed. */
    readonly calls: { get: number; put: number; list: number; delete: number; listed: number };
    /** Runs before each call of an operation; a throw is that call's outcome. Cleared by assigning undefined. */
    before?: (operation: "get" | "stream" | "put" | "list" | "delete", key: string) => Promise<void> | void;
    /** Runs after each write took effect, before the caller hears of it; a throw loses the answer. */
    afterPut?: (key: string) => Promise<void> | void;
}

/** An object store in memory: every operation takes at least one turn of the event loop, so that races can be staged. */
export function memoryObjectStore(initial: Readonly<Record<string, string>> = {}): MemoryObjectStore {
    const objects = new Map<string, StoredObject>();
    const write = (key: string, body: Uint8Array | string): { readonly etag: string } => {
        const bytes = Buffer.from(body);
        const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
        objects.set(key, { body: bytes, etag });
        return { etag };
    };
    Object.entries(initial).forEach(([key, body]) => write(key, body));
    const keys = (prefix = ""): string[] =>
        [...objects.keys()]
            .filter((key) => key.startsWith(prefix))
            .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const store: MemoryObjectStore = {
        calls: { get: 0, put: 0, list: 0, delete: 0, listed: 0 },
        keys,
        text: (key) => requireObject(objects, key).body.toString(),
        json: (key) => JSON.parse(requireObject(objects, key).body.toString()) as unknown,
        async get(key) {
            store.calls.get += 1;
            await store.before?.("get", key);
            return objects.get(key);
        },
        async stream(key) {
            await store.before?.("stream", key);
            const { body } = requireObject(objects, key);
            return (async function* () {
                yield body;
            })();
        },
        async put(key, body, condition) {
            store.calls.put += 1;
            await store.before?.("put", key);
            if (condition !== undefined && !holds(condition, objects.get(key))) return undefined;
            const written = write(key, body);
            await store.afterPut?.(key);
            return written;
        },
        async *list(prefix, after = ""): AsyncGenerator<ObjectInfo, void, undefined> {
            store.calls.list += 1;
            await store.before?.("list", prefix);
            for (const key of keys(prefix)) {
                const found = objects.get(key);
                if (found === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) <= 0) continue;
                store.calls.listed += 1;
                yield { key, size: found.body.length, etag: found.etag };
            }
        },
        async delete(doomed, condition) {
            store.calls.delete += 1;
            await store.before?.("delete", doomed.join(" "));
            for (const key of doomed)
                if (condition === undefined || holds(condition, objects.get(key))) objects.delete(key);
        },
    };
    return store;
}

function requireObject(objects: ReadonlyMap<string, StoredObject>, key: string): StoredObject {
    const found = objects.get(key);
    if (found === undefined) throw new NotFoundError(`there is no object "${key}" in memory`);
    return found;
}

const holds = (condition: PutCondition, current: StoredObject | undefined): boolean =>
    "ifAbsent" in condition ? current === undefined : current?.etag === condition.ifMatch;
