import type { ObjectStore } from "../objects/objectStore";

/** Keys deleted at a time. */
const batch = 1000;

/** Tells whether a detector has data of generations other than these. Leases belong to no generation. */
export async function hasOtherGenerations(
    store: ObjectStore,
    detector: string,
    kept: ReadonlySet<string>,
): Promise<boolean> {
    for await (const { key } of store.list(`${detector}/`)) {
        if (isOfOthers(detector, key, kept)) return true;
    }
    return false;
}

/**
 * Deletes a detector's data of all generations but those that `kept` names. It is asked after keys were listed and before they are
 * deleted, so that a generation which was wanted before its first object was written loses nothing.
 */
export async function deleteOtherGenerations(
    store: ObjectStore,
    detector: string,
    kept: () => Promise<ReadonlySet<string>>,
): Promise<void> {
    await deleteKeys(store, keysBelow(store, `${detector}/`), async (keys) => {
        const generations = await kept();
        return keys.filter((key) => isOfOthers(detector, key, generations));
    });
}

/** Deletes everything below a prefix. */
export async function deleteBelow(store: ObjectStore, prefix: string): Promise<void> {
    await deleteKeys(store, keysBelow(store, prefix), async (keys) => keys);
}

/** Deletes, in batches as the keys come, those that `choose` picks of each. */
async function deleteKeys(
    store: ObjectStore,
    keys: AsyncIterable<string>,
    choose: (keys: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
    const flush = async (listed: readonly string[]): Promise<void> => {
        const doomed = listed.length === 0 ? [] : await choose(listed);
        if (doomed.length > 0) await store.delete([...doomed]);
    };
    let listed: string[] = [];
    for await (const key of keys) {
        listed.push(key);
        if (listed.length < batch) continue;
        await flush(listed);
        listed = [];
    }
    await flush(listed);
}

function isOfOthers(detector: string, key: string, kept: ReadonlySet<string>): boolean {
    const generation = generationOfKey(key.slice(detector.length + 1));
    return generation !== undefined && !kept.has(generation);
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
