import assert from "node:assert/strict";
import { judge, type Detector, type Judged } from "../../../detection/engine/detector";
import { saveSnapshot } from "../../../detection/engine/snapshot";
import { appendCombinations } from "../../../detection/engine/state";
import { seededChance } from "../../support/businessSeries";
import { build, copyOf, gaussian, goOn, learnedDetector, monday, poisson } from "../../support/engineRuns";

const seeds = [1, 2, 3, 4, 5];
const learned = 40 * 24;

/** Series of several kinds; values are multiples of a 64th, so that shifting and scaling them by powers of two is exact. */
function kinds(seed: number, length: number): Float64Array[] {
    const exact = (value: number): number => Math.round(value * 64) / 64;
    const hump = (i: number): number => Math.cos((2 * Math.PI * i) / 24);
    return [
        build(length, seed, (i, chance) => exact(300 + 100 * hump(i) + 10 * gaussian(chance))),
        build(length, seed + 100, (i, chance) =>
            exact((Math.floor(i / 24) % 7 > 4 ? 90 : 400) + 20 * gaussian(chance)),
        ),
        build(length, seed + 200, (_, chance) => exact(50 + 4 * Math.log(1 / Math.max(1e-9, chance())))),
        build(length, seed + 300, (i, chance) => exact(900 + i / 8 + 12 * gaussian(chance))),
    ];
}

const counts = (seed: number, length: number): Float64Array[] => [
    build(length, seed, (_, chance) => poisson(chance, 0.4)),
    build(length, seed + 50, (i, chance) => poisson(chance, 6 + 4 * Math.cos((2 * Math.PI * i) / 24))),
];

const severitiesIn = (judged: readonly Judged[], series: number): number[] =>
    judged.map(({ scores }) => scores.severity[series]!);

describe("detection/engine, properties", () => {
    it("has a severity that never falls as a spike grows, upwards and downwards, whatever the series", () => {
        for (const seed of seeds) {
            const length = learned + 30;
            const all = [...kinds(seed, length), ...counts(seed, length)];
            const detector = learnedDetector(all, learned);
            goOn(detector, all, learned, learned + 20);
            const usual = Float64Array.from(all, (one) => one[learned + 20]!);
            const { expected, upper } = judge(copyOf(detector), monday + learned + 20, usual).scores;
            for (let s = 0; s < all.length; s++)
                for (const side of [1, -1]) {
                    const start = s < 4 ? expected[s]! : Math.ceil(expected[s]!);
                    const step = s < 4 ? (upper[s]! - expected[s]!) / 16 : 1;
                    let before = 0;
                    for (let k = 0; k < 80; k++) {
                        const value = start + side * k * step;
                        if (s >= 4 && value < 0) break;
                        const values = usual.slice();
                        values[s] = value;
                        const severity = judge(copyOf(detector), monday + learned + 20, values).scores.severity[s]!;
                        assert.ok(
                            severity >= before - 1e-9,
                            `seed ${seed}, series ${s}: ${severity} after ${before} at ${value}`,
                        );
                        before = severity;
                    }
                    if (side > 0) assert.ok(before >= 50, `seed ${seed}, series ${s}: no more than ${before}`);
                }
        }
    });

    it("judges the same in another unit", () => {
        for (const seed of seeds) {
            const length = learned + 100;
            const all = kinds(seed, length);
            all.forEach((one) => (one[learned + 50] = one[learned + 50]! * 2));
            const plain = goOn(learnedDetector(all, learned), all, learned);
            for (const factor of [1024, 1 / 64]) {
                const other = all.map((one) => one.map((value) => value * factor));
                const scaled = goOn(learnedDetector(other, learned), other, learned);
                all.forEach((_, s) => {
                    const [a, b] = [severitiesIn(plain, s), severitiesIn(scaled, s)];
                    a.forEach((severity, i) =>
                        assert.ok(Math.abs(severity - b[i]!) < 1e-3, `${factor}: ${severity}, ${b[i]}`),
                    );
                });
            }
        }
    });

    it("judges the same from another zero", () => {
        for (const seed of seeds) {
            const length = learned + 100;
            for (const one of kinds(seed, length)) {
                one[learned + 50] = one[learned + 50]! + 500;
                const plain = severitiesIn(goOn(learnedDetector([one], learned), [one], learned), 0);
                for (const shift of [4096, -8192]) {
                    const other = one.map((value) => value + shift);
                    const shifted = severitiesIn(goOn(learnedDetector([other], learned), [other], learned), 0);
                    plain.forEach((severity, i) =>
                        assert.ok(Math.abs(severity - shifted[i]!) < 1, `${shift}, ${i}: ${severity}, ${shifted[i]}`),
                    );
                }
            }
        }
    });

    it("judges series the same in any order", () => {
        for (const seed of seeds) {
            const length = learned + 60;
            const all = [...kinds(seed, length), ...counts(seed, length)];
            all[1]![learned + 30] = 2000;
            const order = [3, 0, 5, 1, 4, 2];
            const other = order.map((s) => all[s]!);
            const named = learnedDetector(other, learned);
            order.forEach((s, place) => (named.combinations[place] = [`series${s}`]));
            const [plain, mixed] = [goOn(learnedDetector(all, learned), all, learned), goOn(named, other, learned)];
            order.forEach((s, place) => {
                const [a, b] = [severitiesIn(plain, s), severitiesIn(mixed, place)];
                a.forEach((severity, i) => assert.ok(Math.abs(severity - b[i]!) < 1e-9));
            });
            plain.forEach(({ open }, i) => {
                const about = ({ severity, start }: Judged["open"][number]): string =>
                    `${start} ${severity.toFixed(9)}`;
                assert.deepEqual(open.map(about), mixed[i]!.open.map(about));
            });
        }
    });

    it("is the same to the last bit wherever a run is cut, saved and taken up again", () => {
        for (const seed of seeds) {
            const length = learned + 120;
            const all = [...kinds(seed, length), ...counts(seed, length)];
            all[0]!.fill(NaN, learned + 10, learned + 30);
            all[2]![learned + 60] = 1e4;
            const whole = learnedDetector(all, learned);
            const cut = copyOf(whole);
            const expected = goOn(whole, all, learned);
            const chance = seededChance(seed);
            const found: Judged[] = [];
            let detector: Detector = cut;
            for (let from = learned; from < length;) {
                const to = Math.min(length, from + 1 + Math.floor(chance() * 20));
                found.push(...goOn(detector, all, from, to));
                detector = copyOf(detector);
                from = to;
            }
            assert.deepEqual(found, expected);
            assert.deepEqual(saveSnapshot(detector.engine), saveSnapshot(whole.engine));
        }
    });

    it("leaves the others to the last bit as they were when a series appears", () => {
        for (const seed of seeds) {
            const length = learned + 60;
            const all = [...kinds(seed, length), ...counts(seed, length)];
            const [plain, grown] = [learnedDetector(all, learned), learnedDetector(all, learned)];
            goOn(plain, all, learned, learned + 20);
            goOn(grown, all, learned, learned + 20);
            appendCombinations(grown.engine, 1);
            grown.combinations.push(["fresh"]);
            const more = [...all, build(length, seed, (_, chance) => 10 + chance())];
            const [before, after] = [
                goOn(plain, all, learned + 20, learned + 55),
                goOn(grown, more, learned + 20, learned + 55),
            ];
            before.forEach(({ scores }, i) => {
                for (const column of ["score", "expected", "lower", "upper", "severity", "verdict"] as const)
                    assert.deepEqual([...after[i]!.scores[column].slice(0, all.length)], [...scores[column]]);
            });
        }
    });

    it("has a finite deviation, which a record can hold, for any value of what never moved", () => {
        const series = Float64Array.from({ length: 401 }, (_, i) => (i === 400 ? 1e30 : 0));
        const { scores, open } = goOn(learnedDetector([series], 400), [series], 400)[0]!;
        assert.ok(Number.isFinite(scores.scaled[0]!) && scores.scaled[0]! > 1e200);
        assert.ok(open.every(({ members }) => members.every(({ weight }) => Number.isFinite(weight))));
        assert.equal(open.length, 1);
    });

    it("keeps nothing but finite numbers through long silences and shouts", () => {
        const chance = seededChance(1);
        const noise = (size: number, length: number): number[] => Array.from({ length }, () => size * chance());
        const silent = [...noise(1, 3000), ...noise(0, 12_000), ...noise(1, 1000)];
        const shouting = [...noise(1e-44, 8000), ...Array.from({ length: 8000 }, (_, i) => (i % 50 === 0 ? 1e30 : 0))];
        const all = [silent, shouting].map((values) => Float64Array.from(values));
        const detector = learnedDetector(all, 2000, 60);
        goOn(detector, all, 2000, 60);
        const { numbers, scalars, short, week } = detector.engine;
        for (const kept of [numbers, short, week, ...Object.values(scalars)])
            assert.ok(kept.subarray(0, 2).every(Number.isFinite) && !kept.some(Number.isNaN));
    });

    it("never gives NaN, infinity or a severity out of range, whatever it is given", () => {
        const odd = [NaN, Infinity, -Infinity, 1e300, -1e300, 0, -0, 5e-324, 1, 7, 1e15, -3.5];
        for (const seed of seeds) {
            const chance = seededChance(seed);
            const any = (): number => odd[Math.floor(chance() * odd.length)]!;
            const length = 500;
            const all = [0, 5, 1e12, -1e-9, 1e300, NaN].map((constant) =>
                Float64Array.from({ length }, () => (chance() < 0.3 ? any() : constant)),
            );
            for (const [i, { scores, open }] of goOn(learnedDetector(all, 200), all, 200).entries()) {
                for (let s = 0; s < all.length; s++) {
                    const { severity, score, expected, lower, upper, scaled } = scores;
                    const mayBeNaN = s === 5 && Number.isNaN(expected[s]!);
                    for (const column of mayBeNaN
                        ? [severity, score, scaled]
                        : [severity, score, expected, lower, upper, scaled])
                        assert.ok(
                            Number.isFinite(column[s]!),
                            `seed ${seed}, interval ${i}, series ${s}: ${column[s]}`,
                        );
                    assert.ok(severity[s]! >= 0 && severity[s]! < 100);
                    if (!mayBeNaN) assert.ok(lower[s]! <= upper[s]!);
                }
                for (const { severity, members, causes } of open) {
                    assert.ok(severity >= 0 && severity <= 100);
                    for (const { weight } of members) assert.ok(Number.isFinite(weight));
                    for (const { strength } of causes) assert.ok(Number.isFinite(strength));
                }
            }
        }
    });
});
