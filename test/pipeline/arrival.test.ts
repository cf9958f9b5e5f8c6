import assert from "node:assert/strict";
import { afterRun, lateSeverity, learnedDelaySeconds, presentEvent, usualRows } from "../../pipeline/arrival";
import { type ArrivalRecord, noArrival } from "../../pipeline/arrivalRecord";
import { noteArrival, readArrival } from "../../pipeline/noteArrival";
import { memoryObjectStore } from "../support/memoryObjectStore";

const hour = 3_600_000;
const start = Date.parse("2026-04-06T00:00:00Z");
const offset = 300_000;

/** Rows by hour: a shop that sleeps from two to five, a little more or less each day. */
const rowsAt = (h: number): number => (h % 24 >= 2 && h % 24 < 5 ? 0 : 100 + 40 * ((h % 24) % 3) + (h % 7));

const windowAt = (h: number, rows = rowsAt(h), version = 1) => ({
    start: start + h * hour,
    end: start + (h + 1) * hour,
    rows,
    version,
});

/** What is known after some hours, each extracted five minutes after its end; `rows` says otherwise. */
function play(
    hours: number,
    rows: (h: number) => number = rowsAt,
    before: ArrivalRecord = noArrival,
    from = 0,
): ArrivalRecord {
    let record = before;
    for (let h = from; h < hours; h++)
        record = afterRun(record, [windowAt(h, rows(h))], start + (h + 1) * hour + offset);
    return record;
}

const kinds = ({ events }: ArrivalRecord): string[] =>
    events.map(({ kind, window }) => `${kind} ${(window.start - start) / hour}`);

describe("pipeline/arrival", () => {
    it("says nothing of five weeks that go their usual way, empty hours of the night included", () => {
        const record = play(24 * 35);
        assert.deepEqual(record.events, []);
        assert.equal(record.missing, undefined);
        assert.equal(usualRows(record, windowAt(24 * 35 + 3)), undefined, "an hour that is always empty has no usual");
    });

    it("raises an event for an hour without rows, with a severity that grows while they stay away", () => {
        const dead = (h: number): number => (h >= 24 * 10 + 10 ? 0 : rowsAt(h));
        const record = play(24 * 10 + 14, dead);
        assert.deepEqual(kinds(record), ["empty 250", "empty 251", "empty 252", "empty 253"]);
        assert.deepEqual(
            record.events.map(({ severity }) => severity),
            [60, 70, 80, 90],
        );
        assert.equal(record.missing?.window.start, start + 253 * hour);
        const again = play(24 * 10 + 15, rowsAt, record, 24 * 10 + 14);
        assert.equal(again.missing, undefined);
    });

    it("tells an hour that is far short of its usual rows from one that is merely poor", () => {
        const record = play(24 * 12, (h) => (h === 250 ? 30 : h === 260 ? rowsAt(h) * 0.7 : rowsAt(h)));
        assert.deepEqual(kinds(record), ["short 250"]);
        assert.ok(
            record.events[0]!.severity > 30 && record.events[0]!.severity < 60,
            String(record.events[0]!.severity),
        );
    });

    it("does not take the chance of few rows for a lack", () => {
        const record = play(24 * 15, (h) => [2, 3, 4, 6, 1, 5, 3][(h * 5) % 7]!);
        assert.deepEqual(record.events, []);
    });

    it("knows too little to say anything on the first day, but of data that never paused", () => {
        assert.deepEqual(play(20, (h) => (h === 12 ? 0 : rowsAt(h))).events, []);
        assert.deepEqual(kinds(play(31, (h) => (h === 30 ? 0 : 50))), ["empty 30"]);
    });

    it("takes an event back when the rows are there after all, and learns how long they take", () => {
        const dead = play(24 * 10 + 11, (h) => (h === 250 ? 0 : rowsAt(h)));
        assert.equal(dead.missing?.kind, "empty");
        const record = afterRun(dead, [windowAt(250, 120, 2)], start + 251 * hour + 2 * hour);
        assert.equal(record.missing, undefined);
        assert.deepEqual(kinds(record), ["late 250"]);
        assert.equal(record.events[0]!.delaySeconds, 7200);
        assert.equal(learnedDelaySeconds(record), 300);
        const always = [...Array(60).keys()].reduce(
            (known, h) =>
                afterRun(
                    afterRun(known, [windowAt(h, 50)], start + (h + 1) * hour + offset),
                    [windowAt(h, 100, 2)],
                    start + (h + 2) * hour,
                ),
            noArrival,
        );
        assert.equal(learnedDelaySeconds(always), 3600);
        assert.deepEqual(always.events, [], "rows that always come in two parts are no event");
    });

    it("is wrong while rows come late, with a severity of its own, until they come in time again", () => {
        const dead = play(24 * 10 + 11, (h) => (h === 250 ? 0 : rowsAt(h)));
        const at = start + 252 * hour + offset;
        const late = afterRun(dead, [windowAt(250, 120, 2), windowAt(251)], at);
        const found = presentEvent(late)!;
        assert.deepEqual([late.missing, found.kind, found.rows], [undefined, "late", 120]);
        assert.deepEqual([found.delaySeconds, found.usualDelaySeconds], [3900, 300]);
        assert.ok(found.severity > 30 && found.severity < 60, String(found.severity));
        assert.deepEqual(afterRun(late, [windowAt(250, 120, 2), windowAt(251)], at + 1000), late, "closed twice");
        const next = play(253, rowsAt, late, 252);
        assert.equal(presentEvent(next), undefined);
        assert.deepEqual(kinds(next), ["late 250"]);
        const empty = afterRun(late, [windowAt(252, 0)], at + hour);
        assert.deepEqual(
            [presentEvent(empty)?.kind, empty.late?.kind],
            ["empty", "late"],
            "what is missing comes first",
        );
    });

    it("takes rows for the later the longer they took, and never for worse than none", () => {
        assert.deepEqual([2, 4, 8, 16, 500].map(lateSeverity), [30, 40, 50, 60, 60]);
    });

    it("is the same when a run is closed twice, and when a window is extracted again without a change", () => {
        const record = play(300);
        assert.deepEqual(afterRun(record, [windowAt(299), windowAt(298)], start + 400 * hour), record);
    });

    it("keeps no more than it needs", () => {
        const record = play(24 * 7 * 60);
        assert.ok(JSON.stringify(record).length < 60_000, String(JSON.stringify(record).length));
    });

    it("learns anew when its record cannot be read", async () => {
        const store = memoryObjectStore({ "shop/cache/aaaaaaaaaa/arrival.json": "no JSON" });
        assert.equal(await readArrival(store, "shop", "aaaaaaaaaa"), undefined);
        const run = { detector: "shop", generation: "aaaaaaaaaa" };
        await noteArrival(store, run, [windowAt(0)], start + hour + offset);
        assert.equal((await readArrival(store, "shop", "aaaaaaaaaa"))!.recent.length, 1);
    });
});
