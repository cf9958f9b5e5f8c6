import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { noOptions, type EngineOptions, type MeasureOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { saveSnapshot, loadSnapshot } from "../../../detection/engine/snapshot";
import { createState } from "../../../detection/engine/state";
import { verdictNames } from "../../../detection/engine/verdicts";
import { seededChance } from "../../support/businessSeries";

const first = 24 * 7 * 2900;
const days = 60;
const length = days * 24;
const next = first + length;

/** Two combinations of two measures with a daily season; the second measure is twenty times the first. */
function valueAt(series: number, i: number, chance: () => number): number {
    return (series % 2 === 0 ? 1 : 20) * (200 + 50 * Math.cos((2 * Math.PI * i) / 24) + 10 * (chance() - 0.5));
}

function learned(options: EngineOptions, change: (series: number, i: number, value: number) => number): Detector {
    const chance = seededChance(11);
    const values = new Float64Array(4 * length);
    for (let s = 0; s < 4; s++)
        for (let i = 0; i < length; i++) values[s * length + i] = change(s, i, valueAt(s, i, chance));
    const detector: Detector = {
        engine: createState(shapeOf(3600, 2), 2),
        combinations: [["web"], ["app"]],
        options,
        open: [],
        feedback: [],
    };
    learnHistory(detector, { first, length, values });
    return detector;
}

const same = (_series: number, _i: number, value: number): number => value;

/** The next interval's usual values with one series changed. */
function usual(changed?: { series: number; by: number }): Float64Array {
    return Float64Array.from(
        { length: 4 },
        (_, s) => valueAt(s, length, () => 0.5) + (s === changed?.series ? changed.by : 0),
    );
}

const copyOf = (detector: Detector, options = detector.options): Detector => ({
    ...detector,
    options,
    engine: loadSnapshot(saveSnapshot(detector.engine)),
});

const optionsOf = (measure: MeasureOptions): EngineOptions => ({ measures: [measure], events: [] });

function outcome(detector: Detector, changed: { series: number; by: number }) {
    const { scores, open } = judge(copyOf(detector), next, usual(changed));
    const { series } = changed;
    return { verdict: verdictNames[scores.verdict[series]!], severity: scores.severity[series]!, groups: open.length };
}

describe("detection/engine/policy", () => {
    const plain = learned(noOptions, same);

    it("reports a deviation in the direction of interest only, and says why the other is not reported", () => {
        for (const [direction, by, other] of [
            ["up", 200, -150],
            ["down", -150, 200],
        ] as const) {
            const detector = copyOf(plain, optionsOf({ direction }));
            assert.equal(outcome(detector, { series: 0, by }).verdict, "anomalous");
            assert.equal(outcome(detector, { series: 0, by }).groups, 1);
            assert.deepEqual(outcome(detector, { series: 0, by: other }), {
                verdict: "other direction",
                severity: 0,
                groups: 0,
            });
        }
        const both = copyOf(plain, optionsOf({ direction: "both" }));
        assert.equal(outcome(both, { series: 0, by: -150 }).verdict, "anomalous");
    });

    it("holds a measure's options to that measure", () => {
        const detector = copyOf(plain, optionsOf({ direction: "up" }));
        assert.equal(outcome(detector, { series: 1, by: -3000 }).verdict, "anomalous");
        assert.equal(outcome(detector, { series: 2, by: -150 }).verdict, "other direction");
    });

    it("does not report less than the minimum effect, absolute or relative, whichever is larger", () => {
        const deviation = 120;
        for (const [minimumEffect, isReported] of [
            [{ absolute: 100 }, true],
            [{ absolute: 140 }, false],
            [{ relative: 0.3 }, true],
            [{ relative: 0.7 }, false],
            [{ absolute: 100, relative: 0.7 }, false],
            [{ absolute: 140, relative: 0.3 }, false],
        ] as const) {
            const found = outcome(copyOf(plain, optionsOf({ minimumEffect })), { series: 0, by: deviation });
            assert.equal(
                found.verdict,
                isReported ? "anomalous" : "below minimum effect",
                JSON.stringify(minimumEffect),
            );
            assert.equal(found.severity > 50, isReported);
        }
    });

    it("leaves the verdict of a value that keeps to its band", () => {
        const detector = copyOf(plain, optionsOf({ direction: "up", minimumEffect: { absolute: 1e9 } }));
        assert.equal(outcome(detector, { series: 0, by: 0 }).verdict, "expected");
    });

    it("calls fewer or more values anomalous by sensitivity, with a band that says so", () => {
        // Farther out all of them are as sure as can be.
        const beyondBand = 12;
        const found = (["low", "medium", "high"] as const).map((sensitivity) => {
            const detector = copyOf(plain, optionsOf({ sensitivity }));
            const { scores } = judge(detector, next, usual({ series: 0, by: beyondBand }));
            return { severity: scores.severity[0]!, width: scores.upper[0]! - scores.lower[0]! };
        });
        assert.ok(found[0]!.severity < found[1]!.severity && found[1]!.severity < found[2]!.severity);
        assert.ok(found[0]!.width > found[1]!.width && found[1]!.width > found[2]!.width);
        const calm = judge(copyOf(plain, optionsOf({ sensitivity: "high" })), next, usual()).scores;
        assert.ok(calm.severity[0]! < 50);
    });

    it("changes nothing for a detector whose options say nothing", () => {
        const empty = copyOf(plain, { measures: [{}, { direction: "both", sensitivity: "medium" }], events: [] });
        const [one, other] = [copyOf(plain), empty];
        for (let i = 0; i < 48; i++) {
            const values = usual(i === 20 ? { series: 2, by: 400 } : undefined);
            assert.deepEqual(judge(one, next + i, values), judge(other, next + i, values));
        }
        assert.deepEqual(saveSnapshot(one.engine), saveSnapshot(other.engine));
    });
});

describe("detection/engine/policy, known events", () => {
    const plain = learned(noOptions, same);
    const sale = (part: object): EngineOptions => ({ measures: [], events: [{ from: next, to: next + 5, ...part }] });

    it("neither reports nor learns from an event, and judges again after it", () => {
        const [told, usually] = [copyOf(plain, sale({})), copyOf(plain)];
        for (let i = 0; i < 6; i++) {
            const { scores, open } = judge(told, next + i, Float64Array.of(900, 20_000, 900, 20_000));
            assert.deepEqual([...scores.severity], [0, 0, 0, 0]);
            assert.equal(verdictNames[scores.verdict[0]!], "known event");
            assert.equal(open.length, 0);
            judge(usually, next + i, new Float64Array(4).fill(NaN));
        }
        assert.deepEqual(saveSnapshot(told.engine), saveSnapshot(usually.engine));
        const after = judge(told, next + 6, Float64Array.of(900, 4000, 200, 4000)).scores;
        assert.equal(verdictNames[after.verdict[0]!], "anomalous");
    });

    it("concerns the measure and the dimension values that it names", () => {
        const spike = Float64Array.of(900, 20_000, 900, 20_000);
        const named = (part: object): string[] =>
            [...judge(copyOf(plain, sale(part)), next, spike).scores.verdict].map((v) => verdictNames[v]!);
        assert.deepEqual(named({ measure: 1 }), ["anomalous", "known event", "anomalous", "known event"]);
        assert.deepEqual(named({ values: ["app"] }), ["anomalous", "anomalous", "known event", "known event"]);
        assert.deepEqual(named({ values: [null] }), new Array(4).fill("known event"));
        assert.deepEqual(named({ measure: 0, values: ["web"] }), [
            "known event",
            ...new Array<string>(3).fill("anomalous"),
        ]);
    });

    it("learns nothing from an event in the history", () => {
        const [from, to] = [length - 100, length - 40];
        const boom = (series: number, i: number, value: number): number => (i >= from && i <= to ? value * 5 : value);
        const events = [{ from: first + from, to: first + to }];
        const told = learned({ measures: [], events }, boom);
        const gap = learned(noOptions, (_, i, value) => (i >= from && i <= to ? NaN : value));
        assert.deepEqual(saveSnapshot(told.engine), saveSnapshot(gap.engine));
    });
});
