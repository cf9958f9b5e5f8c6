import assert from "node:assert/strict";
import { firstPosition } from "../../../bench/generator/dataSet";
import { generateSets } from "../../../bench/generator/generate";
import { judge, learnHistory, type Detector, type Judged } from "../../../detection/engine/detector";
import { noOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { createState } from "../../../detection/engine/state";
import { evidenceNames, verdictNames } from "../../../detection/engine/verdicts";
import { build, copyOf, gaussian, goOn, learnedDetector, monday, poisson } from "../../support/engineRuns";

const day = 24;
const learned = 40 * day;
const length = learned + 15 * day;
const hump = (i: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * ((i % day) - 3)) / day);
const singles = ["jump", "record", "count"];

/** Special series, each with what is odd in it: spikes, falls to nothing, a new level, a stop, a drift, bursts. */
function specials(seed: number): Float64Array[] {
    const after = (i: number, from: number, hours: number): boolean =>
        i >= learned + from && i < learned + from + hours;
    const kinds: ((i: number, chance: () => number) => number)[] = [
        (i, chance) => (600 * hump(i) + 20) * Math.exp(0.15 * gaussian(chance)) * (after(i, 60, 3) ? 2.5 : 1),
        (i, chance) => (after(i, 80, 5) ? 0 : Math.round(400 * hump(i) * Math.exp(0.1 * gaussian(chance)))),
        (i, chance) => -200 + 50 * hump(i) + 8 * gaussian(chance) + (after(i, 100, 400) ? 90 : 0),
        (i, chance) => (after(i, 100, 50) ? 30 : 30 + 5 * gaussian(chance)),
        (i, chance) => 1000 + 10 * gaussian(chance) + (i > learned + 50 ? 0.4 * (i - learned - 50) : 0),
        (i, chance) => poisson(chance, after(i, 40, 6) ? 4 : 0.2),
        (i, chance) => poisson(chance, 4) + (after(i, 90, 1) ? 30 : 0),
        (i, chance) => 5 * gaussian(chance) * (after(i, 70, 40) ? 4 : 1),
        (i, chance) => i * 7 + Math.floor(6 * chance()) + (after(i, 60, 400) ? 900 : 0),
        () => 12,
        (i, chance) => (i % 11 === 0 ? NaN : 50 + 10 * Math.log(1 / Math.max(1e-9, chance()))),
    ];
    return kinds.map((valueAt, k) => build(length, seed * 100 + k, valueAt));
}

/** Asserts the contract of the band for all values of an interval; gives how many are anomalous. */
function assertAgreement({ scores }: Judged, what: string): number {
    let anomalies = 0;
    scores.value.forEach((value, s) => {
        const [expected, lower, upper] = [scores.expected[s]!, scores.lower[s]!, scores.upper[s]!];
        if (Number.isNaN(lower)) return;
        const [verdict, evidence] = [verdictNames[scores.verdict[s]!]!, evidenceNames[scores.evidence[s]!]!];
        const told = `${what}, series ${s}: ${value} in ${lower} to ${upper}, expected ${expected}: ${verdict}, ${evidence}`;
        assert.ok(lower <= expected && expected <= upper, told);
        if (Number.isNaN(value)) return;
        const isOutside = value < lower || value > upper;
        if (isOutside) assert.ok(scores.severity[s]! >= 50, `${told}, ${scores.severity[s]}`);
        if (verdict === "anomalous") anomalies++;
        if (verdict === "anomalous" && singles.includes(evidence)) assert.ok(isOutside, told);
    });
    return anomalies;
}

function play(detector: Detector, series: readonly Float64Array[], what: string): Judged[] {
    const judged = goOn(detector, series, learned);
    const anomalies = judged.reduce((sum, one, i) => sum + assertAgreement(one, `${what}, interval ${i}`), 0);
    assert.ok(anomalies > 0, `${what}: nothing is anomalous`);
    return judged;
}

describe("detection/engine/band", () => {
    it("holds the expectation, and agrees with the verdict, in special series", () => {
        for (const seed of [1, 2]) play(learnedDetector(specials(seed), learned), specials(seed), `seed ${seed}`);
    });

    it("holds the expectation, and agrees with the verdict, in business-like data", () => {
        for (const set of generateSets(7).filter(({ name }) => name !== "fiveMinuteRequests")) {
            const { intervals, learnIntervals, values } = set;
            const series = set.combinations.length * set.measures.length;
            const engine = createState(shapeOf(set.intervalSeconds, set.measures.length), set.combinations.length);
            const combinations = set.combinations.map((one) => [...one]);
            const detector: Detector = { engine, combinations, options: noOptions, open: [], feedback: [] };
            const column = (from: number, to: number) =>
                Float64Array.from(
                    { length: series * (to - from) },
                    (_, k) => values[Math.floor(k / (to - from)) * intervals + from + (k % (to - from))]!,
                );
            const first = firstPosition(set);
            learnHistory(detector, { first, length: learnIntervals, values: column(0, learnIntervals) });
            let anomalies = 0;
            for (let i = learnIntervals; i < Math.min(intervals, learnIntervals + 200); i++)
                anomalies += assertAgreement(judge(detector, first + i, column(i, i + 1)), `${set.name}, ${i}`);
            assert.ok(anomalies > 0, set.name);
        }
    });

    it("ends at 0 below where a series has never been negative, and goes on below 0 once it has", () => {
        const all = specials(1);
        const detector = learnedDetector(all, learned);
        for (const { scores } of play(copyOf(detector), all, "usual"))
            for (const s of [0, 1, 3, 5, 6]) assert.ok(scores.lower[s]! >= 0 && scores.expected[s]! >= 0);
        const [night] = goOn(detector, all, learned, learned + 1);
        assert.equal(night!.scores.lower[0], 0);
        assert.ok(night!.scores.lower[2]! < 0);
        const values = Float64Array.from(all, (one) => one[learned + 1]!);
        values[0] = -5;
        judge(detector, monday + learned + 1, values);
        const again = judge(
            detector,
            monday + learned + 2,
            Float64Array.from(all, (one) => one[learned + 2]!),
        );
        assert.ok(again.scores.lower[0]! < 0, String(again.scores.lower[0]));
    });

    it("takes a series that appears for an amount until it is negative", () => {
        const fresh = (sign: number) => build(length, 5, (_, chance) => sign * Math.exp(2 + gaussian(chance)));
        const all = [fresh(1), fresh(-1)].map((one) => one.map((value, i) => (i < learned ? NaN : value)));
        const last = goOn(learnedDetector(all, learned), all, learned).at(-1)!.scores;
        assert.equal(last.lower[0], 0);
        assert.ok(last.lower[1]! < last.expected[1]! && last.upper[1]! > 0);
    });
});
