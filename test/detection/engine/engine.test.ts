import assert from "node:assert/strict";
import { learn, score, type Scores } from "../../../detection/engine/engine";
import { severityOf, shapeOf } from "../../../detection/engine/shape";
import { loadSnapshot, saveSnapshot } from "../../../detection/engine/snapshot";
import { appendCombinations, createState, type EngineState } from "../../../detection/engine/state";
import { seededChance, shopSeries } from "../../support/businessSeries";

const hourly = 3600;
/** A midnight at the start of a week. */
const first = 24 * 7 * 2900;

function learned(values: Float64Array, length: number, intervalSeconds = hourly): EngineState {
    const state = createState(shapeOf(intervalSeconds, 1), values.length / length);
    learn(state, { first, length, values });
    return state;
}

const build = (length: number, valueAt: (i: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, i) => valueAt(i));

/** Scores of one series that goes on after `from` intervals. */
function goOn(state: EngineState, values: Float64Array, from: number): { severity: number[]; last: Scores } {
    const severity: number[] = [];
    let last: Scores | undefined;
    for (let i = from; i < values.length; i++) {
        last = score(state, first + i, values.subarray(i, i + 1));
        severity.push(last.severity[0]!);
    }
    return { severity, last: last! };
}

const copyOf = (state: EngineState): EngineState => loadSnapshot(saveSnapshot(state));

/** A daily season with noise, from a seed. */
const seasonal = (seed: number, length: number, level = 300): Float64Array => {
    const chance = seededChance(seed);
    return build(length, (i) => level + 100 * Math.cos((2 * Math.PI * i) / 24) + 10 * (chance() - 0.5));
};

describe("detection/engine/engine", () => {
    it("finds the shifts of a shop's 21 series in a week, and raises nothing else", () => {
        for (const seed of [1, 2, 3]) {
            const [series, history, length] = [21, 90 * 24, 97 * 24];
            const { values, shifts } = shopSeries({ seed, series, length });
            const past = new Float64Array(series * history);
            for (let s = 0; s < series; s++) past.set(values.subarray(s * length, s * length + history), s * history);
            const state = learned(past, history);
            const raised = new Set<string>();
            for (let i = history; i < length; i++) {
                const column = Float64Array.from({ length: series }, (_, s) => values[s * length + i]!);
                score(state, first + i, column).severity.forEach((severity, s) => {
                    if (severity >= 50) raised.add(`${s} ${i}`);
                });
            }
            const truth = shifts.flatMap(({ series: s, from, to }) =>
                Array.from({ length: to - from }, (_, k) => from + k).flatMap((i) =>
                    i >= history ? [`${s} ${i}`] : [],
                ),
            );
            assert.deepEqual(
                [...raised].filter((one) => !truth.includes(one)),
                [],
            );
            assert.ok(raised.size >= 0.9 * truth.length, `${raised.size} of ${truth.length}`);
        }
    });

    it("raises few false alarms on noise whose tail is an exponential's", () => {
        const chance = seededChance(5);
        const length = 120 * 24;
        const noise = build(length, () => 1000 - 20 * Math.log(chance()) * (chance() < 0.5 ? -1 : 1));
        const { severity } = goOn(learned(noise.slice(0, 60 * 24), 60 * 24), noise, 60 * 24);
        assert.ok(severity.filter((one) => one >= 50).length <= 4);
        assert.equal(severity.filter((one) => one >= 70).length, 0);
    });

    it("expects the hour of the day, and the day of the week where it matters", () => {
        const chance = seededChance(3);
        const weekly = build(
            12 * 168,
            (i) => (Math.floor(i / 24) % 7 >= 5 ? 100 : 500) + (i % 24 === 9 ? 200 : 0) + chance(),
        );
        const state = learned(weekly.slice(0, 11 * 168), 11 * 168);
        for (let i = 11 * 168; i < 12 * 168; i++) {
            const { expected } = score(state, first + i, weekly.subarray(i, i + 1));
            assert.ok(Math.abs(expected[0]! - weekly[i]!) < 60, `hour ${i % 168}: ${expected[0]} for ${weekly[i]}`);
        }
    });

    it("never lowers severity as a spike grows", () => {
        const values = seasonal(1, 40 * 24);
        const state = learned(values, values.length);
        let before = 0;
        for (let size = 0; size < 500; size += 7) {
            const value = Float64Array.of(400 + size);
            const [severity] = score(copyOf(state), first + values.length, value).severity;
            assert.ok(severity! >= before, `${severity} after ${before} at ${size}`);
            before = severity!;
        }
        assert.ok(before > 90);
    });

    it("judges alike whatever the unit", () => {
        const values = seasonal(2, 40 * 24).map((value) => value + 0.25);
        const scaled = values.map((value) => value * 1024);
        const one = goOn(learned(values.slice(0, 800), 800), values, 800).severity;
        const other = goOn(learned(scaled.slice(0, 800), 800), scaled, 800).severity;
        one.forEach((severity, i) => assert.ok(Math.abs(severity - other[i]!) < 1e-6));
    });

    it("judges each series by itself, whatever its place among the others", () => {
        const [a, b] = [seasonal(1, 960), seasonal(2, 960, 900)];
        const both = learned(Float64Array.from([...b, ...a]), 960);
        const alone = learned(a, 960);
        const value = 512;
        const together = score(both, first + 960, Float64Array.of(900, value));
        const single = score(alone, first + 960, Float64Array.of(value));
        assert.equal(together.severity[1], single.severity[0]);
        assert.equal(together.lower[1], single.lower[0]);
    });

    it("gives the same to the last bit after being saved and loaded between intervals", () => {
        const values = seasonal(4, 1200);
        const kept = learned(values.slice(0, 960), 960);
        let reloaded = copyOf(kept);
        for (let i = 960; i < 1200; i++) {
            const value = values.subarray(i, i + 1);
            assert.deepEqual(score(reloaded, first + i, value), score(kept, first + i, value));
            reloaded = copyOf(reloaded);
        }
        assert.deepEqual(saveSnapshot(reloaded), saveSnapshot(kept));
    });

    it("says nothing before 40 points, then judges within wide bands that narrow", () => {
        const chance = seededChance(6);
        const values = build(1000, () => 100 + 10 * chance());
        const state = createState(shapeOf(hourly, 1), 1);
        const widths: number[] = [];
        values.forEach((value, i) => {
            const { lower, upper, severity } = score(state, first + i, Float64Array.of(value));
            if (i < 40) assert.ok(Number.isNaN(lower[0]!) && severity[0] === 0);
            else widths.push(upper[0]! - lower[0]!);
        });
        assert.ok(widths[0]! > 1.3 * widths.at(-1)!, `${widths[0]} then ${widths.at(-1)}`);
        assert.ok(score(copyOf(state), first + 1000, Float64Array.of(160)).severity[0]! > 68);
    });

    it("accepts a level shift after a while, and is quiet at the new level", () => {
        const values = seasonal(8, 60 * 24).map((value, i) => value + (i >= 50 * 24 ? 250 : 0));
        const { severity } = goOn(learned(values.slice(0, 50 * 24), 50 * 24), values, 50 * 24);
        assert.ok(severity[0]! > 90);
        assert.equal(severity.slice(3 * 24).filter((one) => one >= 50).length, 0);
    });

    it("does not learn a short anomaly as normal", () => {
        const values = seasonal(9, 41 * 24);
        const plain = learned(values.slice(0, 40 * 24), 40 * 24);
        const hit = copyOf(plain);
        for (let i = 40 * 24; i < 40 * 24 + 4; i++) {
            score(plain, first + i, values.subarray(i, i + 1));
            score(hit, first + i, Float64Array.of(values[i]! + 400));
        }
        const next = first + 40 * 24 + 24;
        const value = Float64Array.of(values[40 * 24]!);
        const [expected, usual] = [score(hit, next, value).expected[0]!, score(plain, next, value).expected[0]!];
        assert.ok(Math.abs(expected - usual) < 10, `${expected} against ${usual}`);
    });

    it("takes missing values for gaps", () => {
        const values = seasonal(10, 45 * 24);
        for (let i = 0; i < values.length; i += 5) values[i] = NaN;
        values.fill(NaN, 20 * 24, 25 * 24);
        const { severity } = goOn(learned(values.slice(0, 40 * 24), 40 * 24), values, 40 * 24);
        assert.equal(severity.filter((one) => one >= 50).length, 0);
    });

    it("starts with nothing known for a combination that appears live, and leaves the others as they were", () => {
        const values = seasonal(11, 960);
        const state = learned(values, 960);
        const alone = copyOf(state);
        appendCombinations(state, 1);
        const together = score(state, first + 960, Float64Array.of(350, 7));
        assert.equal(together.severity[0], score(alone, first + 960, Float64Array.of(350)).severity[0]);
        assert.ok(Number.isNaN(together.expected[1]!));
        for (let i = 1; i < 60; i++) score(state, first + 960 + i, Float64Array.of(350, 7));
        assert.ok(score(state, first + 1020, Float64Array.of(350, 70)).severity[1]! > 50);
    });

    it("never gives NaN or infinity for a value, whatever came before", () => {
        const chance = seededChance(12);
        const odd = [NaN, Infinity, -Infinity, 1e300, -1e300, 0, -0, 5e-324, 7];
        for (const constant of [0, 5, 1e12]) {
            const values = build(600, (i) => (i % 3 === 0 ? odd[Math.floor(chance() * odd.length)]! : constant));
            const state = learned(values.slice(0, 300), 300);
            for (let i = 300; i < 600; i++) {
                const { severity, expected, lower, upper } = score(state, first + i, values.subarray(i, i + 1));
                for (const one of [severity, expected, lower, upper]) assert.ok(Number.isFinite(one[0]!), `${i}`);
                assert.ok(severity[0]! >= 0 && severity[0]! < 100);
            }
        }
    });

    it("notices when a constant series moves, and not when it stays", () => {
        const state = learned(new Float64Array(960).fill(12.5), 960);
        assert.equal(score(copyOf(state), first + 960, Float64Array.of(12.5)).severity[0], 0);
        assert.ok(score(state, first + 960, Float64Array.of(13.5)).severity[0]! > 90);
    });

    it("bears with a single event in a series of rare ones", () => {
        const chance = seededChance(13);
        const values = build(200 * 24, () => (chance() < 0.01 ? 1 : 0));
        const { severity } = goOn(learned(values.slice(0, 100 * 24), 100 * 24), values, 100 * 24);
        assert.equal(severity.filter((one) => one >= 70).length, 0);
    });

    it("learns daily and five-minute data by their own seasons", () => {
        const chance = seededChance(14);
        const days = build(150, (i) => (i % 7 === 2 ? 400 : 100) + 5 * chance());
        const daily = learned(days.slice(0, 140), 140, 86_400);
        const { severity } = goOn(daily, days, 140);
        assert.ok(severity.every((one) => one < 50));
        const fine = build(15 * 288, (i) => 200 + 100 * Math.sin((2 * Math.PI * i) / 288) + 10 * chance());
        const quick = learned(fine.slice(0, 14 * 288), 14 * 288, 300);
        assert.ok(goOn(quick, fine, 14 * 288).severity.filter((one) => one >= 50).length <= 1);
    });

    it("refuses values that do not fit its series, and intervals below a minute", () => {
        const state = createState(shapeOf(hourly, 2), 3);
        assert.throws(() => score(state, first, new Float64Array(5)), /5 values for 6 series/);
        assert.throws(() => learn(state, { first, length: 4, values: new Float64Array(5) }), /need 24/);
        assert.throws(() => shapeOf(59, 1), /59 s/);
        assert.throws(() => shapeOf(60, 0), RangeError);
    });
});

describe("detection/engine/snapshot", () => {
    it("refuses bytes that are none, that are cut off, or of a later version", () => {
        const bytes = saveSnapshot(learned(seasonal(1, 960), 960));
        assert.throws(() => loadSnapshot(new Uint8Array(100)), /no engine snapshot/);
        assert.throws(() => loadSnapshot(new Uint8Array(3)), /no engine snapshot/);
        assert.throws(() => loadSnapshot(bytes.subarray(0, bytes.length - 1)), /cut off/);
        const later = bytes.slice();
        later[4] = 9;
        assert.throws(() => loadSnapshot(later), /version 9/);
    });

    it("reads bytes that do not begin on a multiple of eight", () => {
        const bytes = saveSnapshot(learned(seasonal(1, 960), 960));
        const moved = new Uint8Array(bytes.length + 3);
        moved.set(bytes, 3);
        assert.deepEqual(saveSnapshot(loadSnapshot(moved.subarray(3))), bytes);
    });

    it("takes about a kilobyte for an hourly series", () => {
        const one = saveSnapshot(createState(shapeOf(hourly, 1), 1000)).length / 1000;
        assert.ok(one < 1200, `${one} bytes`);
    });
});

describe("detection/engine/shape", () => {
    it("maps scores to severities: 50 at 3, 68 at 5, 90 at 10, below 100 always", () => {
        assert.deepEqual(
            [0, 3, 5, 10].map((one) => Math.round(severityOf(one))),
            [0, 50, 68, 90],
        );
        assert.ok(severityOf(1e9) < 100);
        assert.equal(severityOf(-1), 0);
    });
});
