import type { ObjectStore } from "../objects/objectStore";

/** Keys deleted at a time. */
const batch = 1000;

/** The keys of a detector's generations other than the one to keep. Leases belong to no generation. */
export async function* keysOfOtherGenerations(
    store: ObjectStore,
    detector: string,
    keep: string,
): AsyncGenerator<string, void, undefined> {
    for await (const { key } of store.list(`${detector}/`)) {
        const generation = generationOfKey(key.slice(detector.length + 1));
        if (generation !== undefined && generation !== keep) yield key;
    }
}

/** Deletes everything below a prefix. */
export async function deleteBelow(store: ObjectStore, prefix: string): Promise<void> {
    await deleteKeys(store, keysBelow(store, prefix));
}

/** Deletes keys in batches as they come. */
export async function deleteKeys(store: ObjectStore, keys: AsyncIterable<string>): Promise<void> {
    let doomed: string[] = [];
    for await (const key of keys) {
        doomed.push(key);
        if (doomed.length < batch) continue;
        await store.delete(doomed);
        doomed = [];
    }
    if (doomed.length > 0) await store.delete(doomed);
}

async function* keysBelow(store: ObjectStore, prefix: string): AsyncGenerator<string, void, undefined> {
    for await (const { key } of store.list(prefix)) yield key;
}

/** The generation that a key within a detector's folder belongs to, as `objectLayout.ts` lays them out. */
function generationOfKey(path: string): string | undefined {
    const [folder, ...rest] = path.split("/");
    switch (folder) {
        case "ledger":
        case "backtest":
        case "parked":
        case "tickets":
            return rest[0];
        case "cache":
            return rest[0]?.replace(/\.json$/, "");
        case "live":
            return rest[2]?.split("-")[0];
        default:
            return undefined;
    }
}
