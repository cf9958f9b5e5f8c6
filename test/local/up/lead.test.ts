import assert from "node:assert/strict";
import type { DetectorConfig } from "../../../config/schema";
import { leadLimit, leadMs } from "../../../local/up/lead";

const present = Date.parse("2026-04-01T00:00:00Z");

/** The limit, relative to the present, for a clock and an end that are likewise. */
function limitOf(clock: number, until: number, offsetsSeconds: readonly number[]): number {
    const configs = Object.fromEntries(
        offsetsSeconds.map((offsetSeconds, index) => [`d${index}`, { offsetSeconds } as DetectorConfig]),
    );
    const context = { cloud: { clock: { now: () => present + clock } }, configs } as Parameters<typeof leadLimit>[0];
    return leadLimit(context, { until: () => present + until, present: () => present }) - present;
}

describe("local/up/lead", () => {
    it("lets the clock run two minutes ahead of the present, and no further however often it is asked", () => {
        assert.equal(limitOf(-1000, 0, [300]), leadMs);
        assert.equal(limitOf(leadMs, 0, [300]), leadMs);
        assert.equal(limitOf(leadMs + 5000, 0, [300]), leadMs + 5000);
    });

    it("runs no further ahead than the least offset, so that a tick finds no window that is not over", () => {
        assert.equal(limitOf(0, 0, [300, 30]), 30_000);
        assert.equal(limitOf(-60_000, 0, [0]), 0);
    });

    it("goes on past an end that lies back for work that waits for longer, up to the present", () => {
        const until = -3_600_000;
        assert.equal(limitOf(until, until, [300]), until + leadMs);
        assert.equal(limitOf(until + leadMs, until, [300]), until + 2 * leadMs);
        assert.equal(limitOf(-1000, until, [0]), 0);
    });
});
