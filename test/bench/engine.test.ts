import assert from "node:assert/strict";
import { seriesProgress } from "../../detection/engine/engine";
import { stepHoltWinters, openHoltWinters } from "../../bench/engine/holtWinters";
import { timeJudging, timeLearning, timeReference, timeSnapshot } from "../../bench/engine/measure";
import { goalsOf, reportOf } from "../../bench/engine/report";
import { detectorOf, emptyState, repeated } from "../../bench/engine/workload";

const speed = { series: 50_000, intervalMs: 20, slowestMs: 30, pointsPerSecond: 2.5e6 };
const measured = {
    scoring: [speed],
    reference: [{ ...speed, pointsPerSecond: 50e6 }],
    snapshots: [{ series: 50_000, bytesPerSeries: 1100, saveMs: 40, loadMs: 30 }],
    learning: [{ series: 50_000, points: 1e6, seconds: 1, pointsPerSecond: 1e6 }],
    full: { series: 50_000, points: 100_800_000, seconds: 70, pointsPerSecond: 1.44e6 },
};

describe("bench/engine", () => {
    it("says of each figure which goal it meets", () => {
        const goals = goalsOf(50_000, measured);
        assert.deepEqual(
            goals.map(({ value, met }) => [value, met]),
            [
                [2.5, "goal"],
                [20, "goal"],
                [1.1, "goal"],
                [70, "none"],
            ],
        );
        const [fast] = goalsOf(50_000, { ...measured, scoring: [{ ...speed, pointsPerSecond: 4e6 }] });
        assert.equal(fast?.met, "stretch");
    });

    it("holds a smaller run to the same speed", () => {
        const small = { ...measured, scoring: [{ ...speed, series: 5000, intervalMs: 2 }] };
        const snapshots = [{ ...measured.snapshots[0]!, series: 5000 }];
        const goals = goalsOf(5000, { ...small, snapshots, full: { ...measured.full, seconds: 7 } });
        assert.deepEqual([goals[1]!.value, goals[3]!.value], [20, 70]);
    });

    it("prints what was measured, with the ratio to the reference", () => {
        const machine = { cpu: "a processor", cores: 2, node: "v20" };
        const text = reportOf({ machine, series: 50_000, ...measured, goals: goalsOf(50_000, measured) });
        for (const part of ["a processor", "2.50 M points/s", "20.00 (30.0)", "20.0", "1100"])
            assert.ok(text.includes(part), part);
    });

    it("measures by the path that the service takes, however few the series", () => {
        const detector = detectorOf(repeated(emptyState(10), 20));
        const run = { learned: 100, profiles: 10, intervals: 3 };
        assert.equal(timeJudging(detector, run).series, 20);
        assert.equal(seriesProgress(detector.engine, 0).points, 11);
        assert.ok(timeReference(20, run).pointsPerSecond > 0);
        let told = 0;
        assert.equal(timeLearning(4, 50, () => told++).points, 200);
        assert.ok(told > 0);
        assert.ok(timeSnapshot(detector.engine, 20).bytesPerSeries > 100);
    });

    it("compares with a Holt-Winters loop that finds a spike and follows a season", () => {
        const state = openHoltWinters(1);
        const valueAt = (i: number): number => 100 + 50 * Math.cos((2 * Math.PI * i) / 24) + (i % 5);
        for (let i = 0; i < 10 * 168; i++) stepHoltWinters(state, i, Float64Array.of(valueAt(i)));
        assert.equal(stepHoltWinters(state, 1680, Float64Array.of(valueAt(1680))), 0);
        assert.equal(stepHoltWinters(state, 1681, Float64Array.of(valueAt(1681) + 100)), 1);
    });
});
