import assert from "node:assert/strict";
import { ActivityCounter } from "../../../local/cloud/activity";
import { SimulatedClock } from "../../../local/cloud/clock";

function openClock(): {
    clock: SimulatedClock;
    activity: ActivityCounter;
    fired: string[];
    note: (what: string) => () => void;
} {
    const activity = new ActivityCounter();
    const clock = new SimulatedClock(1000, activity);
    const fired: string[] = [];
    return { clock, activity, fired, note: (what) => () => void fired.push(`${what} at ${clock.now()}`) };
}

describe("local/cloud/clock", () => {
    it("fires timers by their instant and, at the same instant, in the order in which they were set", async () => {
        const { clock, fired, note } = openClock();
        clock.at(3000, note("late"));
        clock.at(2000, note("first"));
        clock.at(2000, note("second"));
        await clock.advanceTo(5000);
        assert.deepEqual(fired, ["first at 2000", "second at 2000", "late at 3000"]);
        assert.equal(clock.now(), 5000);
    });

    it("fires a timer at the instant it is advanced to, and none after it", async () => {
        const { clock, fired, note } = openClock();
        clock.at(2000, note("due"));
        clock.at(2001, note("not yet"));
        await clock.advanceTo(2000);
        assert.deepEqual(fired, ["due at 2000"]);
    });

    it("lets all work that a timer set off end before the next one fires", async () => {
        const { clock, activity, fired, note } = openClock();
        clock.at(2000, () =>
            activity.start(async () => {
                await new Promise((resolve) => setImmediate(resolve));
                await new Promise((resolve) => setImmediate(resolve));
                note("work")();
            }),
        );
        clock.at(3000, note("next"));
        await clock.advanceTo(4000);
        assert.deepEqual(fired, ["work at 2000", "next at 3000"]);
    });

    it("fires timers that are set while it is advanced", async () => {
        const { clock, fired, note } = openClock();
        clock.at(2000, () => void clock.at(2500, note("set meanwhile")));
        await clock.advanceTo(3000);
        assert.deepEqual(fired, ["set meanwhile at 2500"]);
    });

    it("does not fire a timer that was cancelled", async () => {
        const { clock, fired, note } = openClock();
        clock.at(2000, note("cancelled")).cancel();
        await clock.advanceTo(3000);
        assert.deepEqual(fired, []);
    });

    it("ends a sleep early with the signal's reason and leaves no timer behind", async () => {
        const { clock } = openClock();
        const abort = new AbortController();
        const sleeping = clock.sleep(5000, abort.signal);
        abort.abort(new Error("enough"));
        await assert.rejects(sleeping, /enough/);
        await clock.runUntilIdle(10_000);
        assert.equal(clock.now(), 1000);
    });

    it("runs only as far as somebody waits, and past background timers on the way", async () => {
        const { clock, fired, note } = openClock();
        clock.at(1500, note("schedule"), { background: true });
        clock.at(9000, note("later schedule"), { background: true });
        const woken = clock.sleep(1000).then(note("sleeper"));
        await clock.runUntilIdle(100_000);
        await woken;
        assert.deepEqual(fired, ["schedule at 1500", "sleeper at 2000"]);
        assert.equal(clock.now(), 2000);
    });

    it("stops before what lies past the limit", async () => {
        const { clock, fired, note } = openClock();
        clock.at(5000, note("too late"));
        await clock.runUntilIdle(4999);
        assert.deepEqual(fired, []);
        assert.equal(clock.now(), 1000);
    });

    it("refuses to go back", async () => {
        const { clock } = openClock();
        await assert.rejects(clock.advanceTo(999), /cannot go from 1970-01-01T00:00:01.000Z back/);
        await assert.rejects(clock.runUntilIdle(999), RangeError);
    });

    it("refuses to be advanced twice at once", async () => {
        const { clock } = openClock();
        const first = clock.advanceTo(2000);
        await assert.rejects(clock.advanceTo(3000), /being advanced already/);
        await first;
    });

    it("passes on the failure of work that nobody waits for", async () => {
        const { clock, activity } = openClock();
        clock.at(2000, () => activity.start(async () => Promise.reject(new Error("lost otherwise"))));
        await assert.rejects(clock.advanceTo(3000), /lost otherwise/);
    });
});
