import assert from "node:assert/strict";
import type { ObjectStore } from "../../objects/objectStore";
import { readGeneration, readLedger } from "../../pipeline/ledger";
import { type LedgerEntry, ledgerEntries } from "../../pipeline/manifests";
import type { LedgerPlace } from "../../pipeline/monthIndex";
import type { Manifest } from "../../pipeline/records";
import { formatInstant } from "../../pipeline/windows";
import { checkInvariants } from "../support/runInvariants";
import { hour } from "../support/stack";

/** What must hold of the detector `orders` after whatever has happened. */
export interface Invariants {
    /**
     * Every window up to an instant is committed, and no other; its rows are the database's, each once; the windows join without gap or
     * overlap; the watermark is there; the detector has scored every window once. Throws AssertionError that says what does not hold.
     */
    check(through: number): Promise<void>;
    /** Windows that are not committed: parked, or lost with the run that had them. */
    missing(): Promise<number>;
    /** Windows that were committed after a run had failed on them, since the last look. */
    failedBefore(): number;
}

export interface Watched {
    readonly store: ObjectStore;
    readonly generation: string;
    /** Name of the detector in the detection service. */
    readonly detectorName: string;
    /** What the database has of each hour, as lines of CSV in order. */
    readonly expected: ReadonlyMap<number, readonly string[]>;
    /** Reads an object's lines, its header left out. */
    readonly linesOf: (key: string, body: Buffer) => readonly string[];
}

export function openInvariants(watched: Watched): Invariants {
    const { store, generation, detectorName } = watched;
    const place: LedgerPlace = { detector: "orders", generation };
    /** Manifests that were compared already, by their window's start. */
    const seen = new Map<number, { readonly tag: string; readonly manifest: Manifest }>();
    let failed = 0;
    const view = async () => readLedger(store, "orders", await readGeneration(store, "orders", generation));
    const compare = async (entry: LedgerEntry): Promise<Manifest> => {
        const before = seen.get(entry.start);
        if (before?.tag === entry.tag) return before.manifest;
        const manifest = await entry.read();
        assert.ok(manifest !== undefined, `the manifest of the window ${formatInstant(entry.start)} is gone`);
        const name = formatInstant(entry.start);
        assert.deepEqual(
            await rowsOf(manifest, watched),
            expectedOf(manifest, watched),
            `the rows of the window ${name}`,
        );
        if (before === undefined && (manifest.failures ?? 0) > 0) failed += 1;
        seen.set(entry.start, { tag: entry.tag, manifest });
        return manifest;
    };
    return {
        missing: async () => {
            const { gaps, parkedStarts } = await view();
            return gaps.length + parkedStarts.size;
        },
        failedBefore: () => {
            const count = failed;
            failed = 0;
            return count;
        },
        check: async (through) => {
            let end: number | undefined;
            for await (const entry of ledgerEntries(store, place, undefined)) {
                const { window } = await compare(entry);
                if (end !== undefined)
                    assert.equal(
                        formatInstant(window.start),
                        formatInstant(end),
                        "a window begins where the last ends",
                    );
                end = window.end;
            }
            assert.equal(formatInstant(end ?? NaN), formatInstant(through), "the end of the last window");
            const { watermark, gaps, parkedStarts } = await view();
            assert.equal(formatInstant(watermark), formatInstant(through), "the watermark");
            assert.deepEqual([gaps, [...parkedStarts]], [[], []], "windows that are missing or parked");
            const scores = await checkInvariants(store, detectorName);
            assert.equal(formatInstant(scores?.scoredThrough ?? NaN), formatInstant(through), "scored up to");
        },
    };
}

async function rowsOf({ objects, rows }: Manifest, { store, linesOf }: Watched): Promise<string[]> {
    const lines: string[] = [];
    for (const { key } of objects) {
        const found = await store.get(key);
        assert.ok(found !== undefined, `the object ${key} of a committed window is gone`);
        for (const line of linesOf(key, found.body)) lines.push(line);
    }
    assert.equal(rows, lines.length, "the rows that the manifest tells of");
    return lines.sort();
}

function expectedOf({ window }: Manifest, { expected }: Watched): string[] {
    const lines: string[] = [];
    for (let at = window.start; at < window.end; at += hour) {
        const ofHour = expected.get(at);
        assert.ok(ofHour !== undefined, `the database has no rows of ${formatInstant(at)}`);
        for (const line of ofHour) lines.push(line);
    }
    return lines.sort();
}
