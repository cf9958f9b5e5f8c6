import { createHash } from "node:crypto";
import type { ObjectStore } from "../objects/objectStore";
import { ledgerEntries } from "./manifests";
import type { LedgerPlace } from "./monthIndex";
import { readGeneration } from "./ledger";

/**
 * What a generation's history consists of, as a text to compare: it changes when a window of it was extracted again and had other rows, and
 * stays when it had the same.
 */
export async function historyDigest(store: ObjectStore, place: LedgerPlace): Promise<string> {
    const { history } = await readGeneration(store, place.detector, place.generation);
    const hash = createHash("sha256");
    for await (const { start, read } of ledgerEntries(store, place, undefined)) {
        if (history === undefined || start >= history.end) break;
        const manifest = await read();
        hash.update(`${start} ${manifest?.attempt} ${manifest?.version}\n`);
    }
    return hash.digest("hex").slice(0, 16);
}
