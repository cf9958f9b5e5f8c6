import assert from "node:assert/strict";
import type { LedgerView } from "../../pipeline/ledger";
import { type DueTimes, planLive } from "../../pipeline/livePlan";
import type { ParkedWindow } from "../../pipeline/records";
import { formatInstant, type Window } from "../../pipeline/windows";
import { at, history, hour, shopDefinition, shopRecord } from "../support/shop";

const due: DueTimes = shopDefinition;
const lateBy2h: DueTimes = { ...due, latenessSeconds: 7200 };

function view({
    frontier = "2026-01-11",
    gaps = [],
    parked = [],
}: {
    frontier?: string;
    gaps?: Window[];
    parked?: ParkedWindow[];
}): LedgerView {
    return {
        record: shopRecord,
        history,
        frontier: at(frontier),
        gaps,
        watermark: gaps[0]?.start ?? at(frontier),
        parked,
        parkedStarts: new Set(parked.map(({ window }) => window.start)),
    };
}

const parked = (window: Window, failures = 1): ParkedWindow => ({
    window,
    kind: "live",
    failures,
    error: "QueryError",
    message: "",
});

const starts = (windows: readonly Window[]): string[] => windows.map(({ start }) => formatInstant(start).slice(5, 16));

describe("pipeline/livePlan", () => {
    it("plans a window once its end and the offset have passed, to the second", () => {
        assert.deepEqual(starts(planLive(view({}), due, at("2026-01-11T01:05") - 1000)), []);
        assert.deepEqual(planLive(view({}), due, at("2026-01-11T01:05")), [hour("2026-01-11T00:00")]);
    });

    it("plans the same for a repeated tick, and for a late one what was due at its own time", () => {
        const now = at("2026-01-11T03:05");
        assert.deepEqual(planLive(view({}), due, now), planLive(view({}), due, now));
        const moved = view({ frontier: "2026-01-11T05:00" });
        assert.deepEqual(planLive(moved, due, now), []);
    });

    it("catches up after an outage oldest first, 40 windows a tick", () => {
        const now = at("2026-01-20T00:05");
        const first = planLive(view({}), due, now);
        assert.equal(first.length, 40);
        assert.deepEqual(first[0], hour("2026-01-11T00:00"));
        const second = planLive(view({ frontier: formatInstant(first.at(-1)?.end ?? 0).slice(0, 16) }), due, now);
        assert.deepEqual(second[0]?.start, first.at(-1)?.end);
    });

    it("plans a lost window before new ones, and leaves the history to the backfill", () => {
        const gaps = [{ start: at("2026-01-05"), end: at("2026-01-09") }, hour("2026-01-11T02:00")];
        const plan = planLive(view({ frontier: "2026-01-11T05:00", gaps }), due, at("2026-01-11T06:05"));
        assert.deepEqual(starts(plan), ["01-11T02:00", "01-11T05:00"]);
    });

    it("lets a parked window block no other, and tries it again behind them", () => {
        const failed = hour("2026-01-11T01:00");
        const plan = planLive(
            view({ frontier: "2026-01-11T03:00", gaps: [failed], parked: [parked(failed)] }),
            due,
            at("2026-01-11T04:05"),
        );
        assert.deepEqual(starts(plan), ["01-11T03:00", "01-11T01:00"]);
    });

    it("keeps places for parked windows in a full run", () => {
        const failed = hour("2026-01-11T01:00");
        const state = view({ frontier: "2026-01-11T03:00", gaps: [failed], parked: [parked(failed)] });
        const plan = planLive(state, due, at("2026-01-20T00:05"));
        assert.equal(plan.length, 40);
        assert.deepEqual(plan.at(-1), failed);
    });

    it("tries a window that keeps failing less and less often, but every day", () => {
        const failed = hour("2026-01-11T01:00");
        const triesOf = (failures: number): number => {
            const state = view({ frontier: "2026-01-11T03:00", gaps: [failed], parked: [parked(failed, failures)] });
            return Array.from({ length: 48 }, (_, tick) => at("2026-02-01T00:05") + tick * 3_600_000).filter((now) =>
                planLive(state, due, now).includes(failed),
            ).length;
        };
        assert.deepEqual([triesOf(1), triesOf(2), triesOf(3), triesOf(50)], [48, 24, 12, 2]);
    });

    it("tries only a few when everything since has failed, and all once something later was committed", () => {
        const failed = Array.from({ length: 30 }, (_, index) => {
            const start = at("2026-01-11") + index * 3_600_000;
            return { start, end: start + 3_600_000 };
        });
        const now = at("2026-01-12T07:05");
        const down = view({ parked: failed.map((window) => parked(window)) });
        assert.deepEqual(starts(planLive(down, due, now)), [
            "01-12T06:00",
            "01-11T00:00",
            "01-11T01:00",
            "01-11T02:00",
            "01-11T03:00",
            "01-11T04:00",
        ]);
        const upAgain = view({
            frontier: "2026-01-12T07:00",
            gaps: failed,
            parked: failed.map((window) => parked(window)),
        });
        assert.equal(planLive(upAgain, due, now).length, 30);
    });

    it("extracts windows within the lateness again, beside new ones and behind them", () => {
        const state = view({ frontier: "2026-01-11T05:00" });
        assert.deepEqual(starts(planLive(state, lateBy2h, at("2026-01-11T06:05"))), [
            "01-11T05:00",
            "01-11T03:00",
            "01-11T04:00",
        ]);
        assert.deepEqual(planLive(state, lateBy2h, at("2026-01-11T05:20")), []);
    });

    it("never extracts a window of the history as a late one", () => {
        assert.deepEqual(starts(planLive(view({}), { ...due, latenessSeconds: 864_000 }, at("2026-01-11T01:05"))), [
            "01-11T00:00",
        ]);
    });

    it("plans local days, of 23 hours too", () => {
        const days: DueTimes = { ...due, interval: "P1D", timeZone: "Europe/Berlin" };
        const begun = at("2026-03-28") - 3_600_000;
        const state: LedgerView = { ...view({}), frontier: begun, history: { start: history.start, end: begun } };
        const plan = planLive(state, days, at("2026-03-29T22:05"));
        assert.deepEqual(plan, [
            { start: at("2026-03-27T23:00"), end: at("2026-03-28T23:00") },
            { start: at("2026-03-28T23:00"), end: at("2026-03-29T22:00") },
        ]);
        assert.equal(planLive(state, days, at("2026-03-29T22:04")).length, 1);
    });
});
