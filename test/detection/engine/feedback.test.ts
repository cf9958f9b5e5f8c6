import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { previewFeedback, withoutConfirmed, type FeedbackMark } from "../../../detection/engine/feedback";
import { noOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { createState } from "../../../detection/engine/state";
import { evidenceIndex, verdictNames } from "../../../detection/engine/verdicts";
import { seededChance } from "../../support/businessSeries";

const length = 24 * 21;
const first = 24 * 7 * 2900;
const jump = evidenceIndex("jump");

/** Two hourly series around 100 that usually miss it by about five. */
function history(seed = 1): Float64Array {
    const chance = seededChance(seed);
    return Float64Array.from({ length: 2 * length }, () => 100 + 20 * (chance() - 0.5));
}

/** Judges one interval of both series, with marks, by a detector that has just learned. */
function judged(feedback: readonly FeedbackMark[], values: readonly [number, number]) {
    const engine = createState(shapeOf(3600, 1), 2);
    const detector: Detector = { engine, combinations: [["a"], ["b"]], options: noOptions, open: [], feedback };
    learnHistory(detector, { first, length, values: history() });
    const { scores, open } = judge(detector, first + length, Float64Array.of(...values));
    const of = (series: number) => ({
        severity: scores.severity[series]!,
        verdict: verdictNames[scores.verdict[series]!],
        scaled: scores.scaled[series]!,
    });
    return { a: of(0), b: of(1), members: open.flatMap((group) => group.members.map((m) => m.combination)) };
}

/** What a user says of what series a does when it reads `value`. */
function mark(isAnomaly: boolean, value: number): FeedbackMark {
    const { scaled } = judged([], [value, 100]).a;
    return { series: 0, position: first - 500, isAnomaly, scaled, evidence: jump };
}

describe("detection/engine/feedback", () => {
    it("lowers what is like a denied anomaly to half its severity, keeps it, and tells nobody", () => {
        const [before, after] = [judged([], [160, 100]), judged([mark(false, 160)], [160, 100])];
        assert.equal(before.a.verdict, "anomalous");
        assert.deepEqual(before.members, [0]);
        assert.equal(after.a.verdict, "lowered by feedback");
        assert.equal(after.a.severity, before.a.severity / 2);
        assert.ok(after.a.severity < 50 && after.a.severity > 0);
        assert.deepEqual(after.members, []);
    });

    it("covers up to 1.25 times the size, and nothing larger", () => {
        const marks = [mark(false, 160)];
        assert.equal(judged(marks, [174, 100]).a.verdict, "lowered by feedback");
        assert.equal(judged(marks, [130, 100]).a.verdict, "lowered by feedback");
        assert.equal(judged(marks, [177, 100]).a.verdict, "anomalous");
    });

    it("leaves the other direction and other series as they are", () => {
        const marks = [mark(false, 160)];
        assert.deepEqual(judged(marks, [40, 100]), judged([], [40, 100]));
        assert.deepEqual(judged(marks, [100, 160]), judged([], [100, 160]));
        assert.equal(judged(marks, [100, 160]).b.verdict, "anomalous");
    });

    it("restores what is like a confirmed anomaly, whatever was denied", () => {
        const marks = [mark(false, 160), mark(true, 158)];
        assert.deepEqual(judged(marks, [160, 100]), judged([], [160, 100]));
        assert.deepEqual(judged([...marks].reverse(), [170, 100]), judged([], [170, 100]));
        assert.equal(judged(marks, [130, 100]).a.verdict, "lowered by feedback");
    });

    it("takes a kind of evidence without size for like as a whole", () => {
        const flat = { series: 0, position: first, isAnomaly: false, scaled: 0, evidence: evidenceIndex("flat line") };
        const values = [
            { series: 0, scaled: 1, evidence: evidenceIndex("flat line"), severity: 60 },
            { series: 0, scaled: 1, evidence: jump, severity: 60 },
        ];
        assert.deepEqual(previewFeedback([], [flat], values).lowered, [values[0]]);
    });

    it("previews what further marks would change", () => {
        const value = (scaled: number) => ({ series: 0, scaled, evidence: jump, severity: 80 });
        const [small, large, down] = [value(6), value(12), value(-6)];
        const denied: FeedbackMark = { series: 0, position: 1, isAnomaly: false, scaled: 6, evidence: jump };
        const confirmed = { ...denied, isAnomaly: true };
        const all = [small, large, down, { ...small, series: 1 }];
        assert.deepEqual(previewFeedback([], [denied], all), { lowered: [small], restored: [] });
        assert.deepEqual(previewFeedback([denied], [denied, confirmed], all), { lowered: [], restored: [small] });
        assert.deepEqual(previewFeedback([], [confirmed], all), { lowered: [], restored: [] });
        assert.deepEqual(previewFeedback([denied], [], all), { lowered: [], restored: [small] });
    });

    it("learns nothing from confirmed anomalies", () => {
        const values = history();
        const confirmed: FeedbackMark = {
            series: 1,
            position: first + 30,
            isAnomaly: true,
            scaled: 9,
            evidence: jump,
            span: { from: first + 29, to: first + 31 },
        };
        const kept = withoutConfirmed([confirmed, { ...confirmed, series: 0, isAnomaly: false }], {
            first,
            length,
            values,
        });
        const gaps = [...kept].flatMap((value, i) => (Number.isNaN(value) ? [i] : []));
        assert.deepEqual(gaps, [length + 29, length + 30, length + 31]);
        const outside = { ...confirmed, span: { from: first - 9, to: first - 1 } };
        assert.deepEqual(withoutConfirmed([outside], { first, length, values }), values);
    });
});
