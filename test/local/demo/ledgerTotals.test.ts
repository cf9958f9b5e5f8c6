import assert from "node:assert/strict";
import { z } from "zod";
import { assertWhole, findFlaw, totalsOf, type Ledger } from "../../../local/demo/ledgerTotals";
import { parkedKey } from "../../../pipeline/objectLayout";
import { parkedWindow, type GenerationRecord, type Manifest } from "../../../pipeline/records";
import { hourOfApril } from "../../support/foundGroups";
import { memoryObjectStore } from "../../support/memoryObjectStore";

function ledger(...spans: [number, number][]): Ledger {
    const manifests = spans.map(([start, end]) => ({
        window: { start: hourOfApril(start), end: hourOfApril(end) },
        rows: 21,
        bytes: 800,
    }));
    return {
        record: {
            generation: "0123456789",
            history: { start: hourOfApril(0), end: hourOfApril(48) },
        } as unknown as GenerationRecord,
        manifests: manifests as unknown as Manifest[],
    };
}

describe("local/demo/ledgerTotals", () => {
    it("adds up windows, rows and bytes of all ledgers", () => {
        assert.deepEqual(totalsOf([ledger([0, 48], [48, 49]), ledger([0, 48])]), { windows: 3, rows: 63, bytes: 2400 });
    });

    it("finds no flaw in windows that meet end to start", () => {
        assert.equal(findFlaw(ledger([0, 24], [24, 48], [48, 49]), hourOfApril(49)), undefined);
    });

    it("finds the first hole, at the start, in the middle and at the end", () => {
        const lost = (start: number, end: number): object => ({
            found: "lost",
            window: { start: hourOfApril(start), end: hourOfApril(end) },
        });
        assert.deepEqual(findFlaw(ledger([24, 48]), hourOfApril(48)), lost(0, 24));
        assert.deepEqual(findFlaw(ledger([0, 24], [25, 48]), hourOfApril(48)), lost(24, 25));
        assert.deepEqual(findFlaw(ledger([0, 48]), hourOfApril(50)), lost(48, 50));
    });

    it("finds a stretch that two windows cover", () => {
        assert.equal(findFlaw(ledger([0, 24], [23, 48]), hourOfApril(48))?.found, "doubled");
    });

    it("names the lost window and the reason for which one was parked", async () => {
        const store = memoryObjectStore();
        const parked = z.encode(parkedWindow, {
            window: { start: hourOfApril(48), end: hourOfApril(49) },
            kind: "live",
            failures: 1,
            error: "QueryError",
            message: "column views does not exist",
        });
        await store.put(parkedKey("ecommerce", "0123456789", hourOfApril(48)), JSON.stringify(parked));
        await assert.rejects(assertWhole(store, "ecommerce", ledger([0, 48]), hourOfApril(49)), {
            name: "DataError",
            message: /2026-04-03T00:00:00Z\/2026-04-03T01:00:00Z is lost .* QueryError: column views does not exist/,
        });
    });
});
