import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { seriesProgress } from "../../../detection/engine/engine";
import { noOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { saveSnapshot } from "../../../detection/engine/snapshot";
import { createState } from "../../../detection/engine/state";
import { shopSeries } from "../../support/businessSeries";
import { build, gaussian, goOn, learnedDetector, monday } from "../../support/engineRuns";

const length = 10 * 24;

/** A detector of so many series of a shop: 20 values of one dimension, the rest of the other. */
function shop(series: number): { detector: Detector; values: Float64Array } {
    const { values } = shopSeries({ seed: 5, series, length: length + 10, shiftChance: 0.001 });
    const combinations = Array.from({ length: series }, (_, c) => [`p${c % 20}`, `m${Math.floor(c / 20)}`]);
    const engine = createState(shapeOf(3600, 1), series);
    return { detector: { engine, combinations, options: noOptions, open: [], feedback: [] }, values };
}

/** Calls of Math's functions that some work makes: a count of operations that is the same on every machine. */
function operations(work: () => void): number {
    const names = ["abs", "min", "max", "floor", "sqrt", "log", "log10", "pow", "exp", "sign", "ceil", "log2"] as const;
    const counted = Math as unknown as Record<string, (...values: number[]) => number>;
    const usual = names.map((name) => counted[name]!);
    let count = 0;
    names.forEach((name, k) => {
        counted[name] = (...values) => {
            count++;
            return usual[k]!(...values);
        };
    });
    try {
        work();
    } finally {
        names.forEach((name, k) => (counted[name] = usual[k]!));
    }
    return count;
}

describe("detection/engine, growth", () => {
    const sizes = [50, 100, 400];

    it("takes bytes in proportion to its series, and no more than 1.2 KB for an hourly one", () => {
        const bytes = (series: number): number => saveSnapshot(createState(shapeOf(3600, 1), series)).length;
        const each = (bytes(2000) - bytes(1000)) / 1000;
        assert.ok(each <= 1200, `${each} bytes`);
        for (const series of [10, 5000, 50_000])
            assert.ok(Math.abs(bytes(series) - bytes(0) - each * series) < 64, `${series}`);
        const [small, large] = [
            saveSnapshot(createState(shapeOf(86_400, 1), 0)),
            saveSnapshot(createState(shapeOf(86_400, 1), 100)),
        ];
        assert.ok((large.length - small.length) / 100 <= 400);
    });

    it("learns and judges in operations in proportion to its series", () => {
        const counts = sizes.map((series) => {
            const { detector, values } = shop(series);
            const past = new Float64Array(series * length);
            for (let s = 0; s < series; s++)
                past.set(values.subarray(s * (length + 10), s * (length + 10) + length), s * length);
            const learning = operations(() => learnHistory(detector, { first: monday, length, values: past }));
            const judging = operations(() => {
                for (let i = length; i < length + 10; i++)
                    judge(
                        detector,
                        monday + i,
                        Float64Array.from({ length: series }, (_, s) => values[s * (length + 10) + i]!),
                    );
            });
            return { learning, judging };
        });
        const grown = (key: "learning" | "judging"): number => counts.at(-1)![key] / counts[0]![key];
        const factor = sizes.at(-1)! / sizes[0]!;
        for (const key of ["learning", "judging"] as const) {
            assert.ok(counts[0]![key] > 1000);
            assert.ok(grown(key) < 1.4 * factor, `${key}: ${counts.map((count) => count[key]).join(", ")}`);
        }
    });

    it("keeps no more the longer it runs", () => {
        const series = build(1000, 1, (i, chance) => 300 + (i % 24) + gaussian(chance));
        const detector = learnedDetector([series], 400);
        const before = saveSnapshot(detector.engine).length;
        goOn(detector, [series], 400);
        assert.equal(saveSnapshot(detector.engine).length, before);
    });
});

describe("detection/engine, progress", () => {
    it("tells how far a series has learned, scores from 40 points on and needs 300 for full confidence", () => {
        const series = build(320, 2, (_, chance) => 100 + 5 * gaussian(chance));
        series[10] = NaN;
        const detector = learnedDetector([series], 0);
        for (const [i, { scores }] of goOn(detector, [series], 0).entries()) {
            const points = i < 10 ? i : Math.max(10, i - 1);
            const isScored = points >= 40;
            assert.equal(Number.isFinite(scores.upper[0]!), isScored, `interval ${i}`);
        }
        assert.deepEqual(seriesProgress(detector.engine, 0), { points: 319, needed: 300 });
    });

    it("starts with wide bands and narrows them as points come in", () => {
        for (const seed of [1, 2, 3]) {
            const series = build(1200, seed, (_, chance) => 100 + 5 * gaussian(chance));
            const judged = goOn(learnedDetector([series], 0), [series], 0);
            const width = (from: number, to: number): number => {
                const widths = judged.slice(from, to).map(({ scores }) => scores.upper[0]! - scores.lower[0]!);
                return widths.reduce((sum, one) => sum + one, 0) / widths.length;
            };
            const [young, middle, old] = [width(41, 50), width(150, 250), width(900, 1200)];
            assert.ok(young > 1.15 * middle && middle > old, `${young}, ${middle}, ${old}`);
        }
    });
});
