import { createHash } from "node:crypto";
import type { ObjectStore } from "../objects/objectStore";
import { readDocument } from "./documents";
import { ledgerEntries } from "./manifests";
import type { LedgerPlace } from "./monthIndex";
import { generationKey } from "./objectLayout";
import { generationRecord } from "./records";

/**
 * What a generation's history consists of, as a text to compare: it changes when a window of it was extracted again and had other rows, and
 * stays when it had the same. Without a history it is that of none.
 */
export async function historyDigest(store: ObjectStore, place: LedgerPlace): Promise<string> {
    const record = await readDocument(store, generationKey(place.detector, place.generation), generationRecord);
    const end = record?.value.history?.end ?? -Infinity;
    const hash = createHash("sha256");
    for await (const { start, read } of ledgerEntries(store, place, undefined)) {
        if (start >= end) break;
        const manifest = await read();
        hash.update(`${start} ${manifest?.attempt} ${manifest?.version}\n`);
    }
    return hash.digest("hex").slice(0, 16);
}
