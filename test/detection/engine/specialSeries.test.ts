import assert from "node:assert/strict";
import { build, countFrom, gaussian, goOn, learnedDetector, poisson, severitiesOf } from "../../support/engineRuns";

const day = 24;
const learned = 60 * day;
const judged = 30 * day;
const length = learned + judged;
const seeds = [1, 2, 3];

/** Asserts that a usual month brings hardly a false alarm: at most so many intervals of severity 50, and a third of that of 70. */
function assertQuiet(severities: readonly number[], most = 3, what = ""): void {
    assert.ok(countFrom(severities, 50) <= most, `${what} ${countFrom(severities, 50)} intervals from severity 50 on`);
    assert.ok(
        countFrom(severities, 70) <= Math.max(1, most / 3),
        `${what} ${countFrom(severities, 70)} intervals from severity 70 on`,
    );
}

/** A month of a series is quiet, and what is done to one interval of it is found. */
function assertFound(
    valueAt: (i: number, chance: () => number) => number,
    change: (value: number, i: number) => number,
    { at = learned + 200, most = 3 } = {},
): void {
    for (const seed of seeds) {
        const usual = build(length, seed, valueAt);
        assertQuiet(severitiesOf(usual, learned), most, `seed ${seed}:`);
        const odd = usual.slice();
        odd[at] = change(odd[at]!, at);
        const severity = severitiesOf(odd, learned)[at - learned]!;
        assert.ok(severity >= 50, `seed ${seed}: severity ${severity}`);
    }
}

const hump = (i: number): number => Math.cos((2 * Math.PI * ((i % day) - 14)) / day);

describe("detection/engine on special series", () => {
    it("knows the hour of the day: the value of noon is odd at night", () => {
        const valueAt = (i: number, chance: () => number): number => 500 + 300 * hump(i) + 15 * gaussian(chance);
        assertFound(valueAt, () => 800, { at: learned + 8 * day + 2 });
        assertFound(valueAt, () => 200, { at: learned + 8 * day + 14 });
    });

    it("knows the day of the week: a Sunday's value is odd on a Tuesday", () => {
        const isSunday = (i: number): boolean => Math.floor(i / day) % 7 === 6;
        const valueAt = (i: number, chance: () => number): number =>
            (isSunday(i) ? 100 : 500) + 50 * hump(i) + 10 * gaussian(chance);
        assertFound(valueAt, () => 100, { at: learned + 8 * day + 10 });
    });

    it("follows a trend, and finds what leaves it", () => {
        const valueAt = (i: number, chance: () => number): number =>
            (1 + 0.01 * (i / day)) * (500 + 100 * hump(i)) + 15 * gaussian(chance);
        assertFound(valueAt, (value) => value * 1.5, { most: 6 });
        assertFound(
            (i, chance) => 2000 - 0.8 * i + 15 * gaussian(chance),
            (value) => value - 200,
            { most: 6 },
        );
    });

    it("takes negative values as any others", () => {
        assertFound(
            (i, chance) => -300 + 100 * hump(i) + 10 * gaussian(chance),
            (value) => value - 120,
        );
        assertFound(
            (_, chance) => 10 * gaussian(chance),
            () => 90,
        );
    });

    it("finds bursts in sparse counts, and takes their usual ones and twos for nothing", () => {
        assertFound(
            (_, chance) => poisson(chance, 0.3),
            () => 7,
        );
        assertFound(
            (_, chance) => poisson(chance, 3),
            () => 18,
        );
    });

    it("bears with a series that is mostly nothing, and finds what is far beyond its usual bursts", () => {
        const valueAt = (_: number, chance: () => number): number => (chance() < 0.85 ? 0 : 20 + 10 * chance());
        assertFound(valueAt, () => 400, { most: 10 });
    });

    it("finds a fall of a rate that is bounded and hardly ever below its bound", () => {
        assertFound(
            (_, chance) => Math.min(1, 0.998 + 0.002 * gaussian(chance)),
            () => 0.9,
        );
    });

    it("notices that a constant moves, however little it moved before", () => {
        assertFound(
            () => 42,
            () => 43,
            { most: 0 },
        );
        assertFound(
            (_, chance) => 42 + 1e-6 * gaussian(chance),
            () => 42.1,
        );
    });

    it("finds a fall to nothing and a missing day's hump", () => {
        assertFound(
            (i, chance) => 500 + 300 * hump(i) + 15 * gaussian(chance),
            () => 0,
            { at: learned + 5 * day + 14 },
        );
    });

    it("is not blunted by outliers in what it learns from", () => {
        for (const seed of seeds) {
            const clean = build(length, seed, (i, chance) => 300 + 100 * hump(i) + 10 * gaussian(chance));
            const spoiled = clean.slice();
            for (let i = 50; i < learned - 50; i += 97) spoiled[i] = i % 2 === 0 ? 2000 : 0;
            spoiled[learned + 200] = 900;
            const severities = severitiesOf(spoiled, learned);
            assert.ok(severities[200]! >= 50, `seed ${seed}: severity ${severities[200]}`);
        }
    });

    it("takes a long gap as a gap: quiet when the values are back, and awake", () => {
        for (const seed of seeds) {
            const series = build(length, seed, (i, chance) => 300 + 100 * hump(i) + 10 * gaussian(chance));
            series.fill(NaN, learned - 5 * day, learned + 10 * day);
            series[learned + 15 * day] = 800;
            const severities = severitiesOf(series, learned);
            assert.equal(countFrom(severities.slice(0, 10 * day), 1), 0);
            assertQuiet([...severities.slice(10 * day, 15 * day), ...severities.slice(15 * day + 3)]);
            assert.ok(severities[15 * day]! >= 50);
        }
    });

    it("bears with values that arrive for some intervals only", () => {
        for (const seed of seeds) {
            const series = build(length, seed, (i, chance) => {
                const value = 300 + 100 * hump(i) + 10 * gaussian(chance);
                return chance() < 0.4 ? NaN : value;
            });
            series[learned + 200] = 700;
            const severities = severitiesOf(series, learned);
            assert.ok(severities[200]! >= 50);
            assertQuiet([...severities.slice(0, 200), ...severities.slice(203)]);
        }
    });

    it("accepts a level shift after a while, and watches over the new level", () => {
        for (const seed of seeds) {
            const series = build(
                length,
                seed,
                (i, chance) => (i < learned ? 300 : 550) + 60 * hump(i) + 10 * gaussian(chance),
            );
            series[length - 100] = 150;
            const severities = severitiesOf(series, learned);
            assert.ok(severities[0]! >= 70, `seed ${seed}: ${severities[0]}`);
            assertQuiet(severities.slice(5 * day, -100), 5, `seed ${seed}:`);
            assert.ok(severities.at(-100)! >= 50, `seed ${seed}: ${severities.at(-100)}`);
        }
    });

    it("gets over the change of the clocks, which moves a day's hump by an hour", () => {
        for (const seed of seeds) {
            const series = build(
                length,
                seed,
                (i, chance) => 500 + 300 * hump(i < learned ? i : i + 1) + 15 * gaussian(chance),
            );
            const severities = severitiesOf(series, learned);
            assertQuiet(severities.slice(14 * day), 3, `seed ${seed}:`);
        }
    });

    it("is not spoiled by a holiday on which a weekday is as a Sunday", () => {
        for (const seed of seeds) {
            const holiday = learned + 10 * day;
            const series = build(length, seed, (i, chance) => {
                const isQuiet = Math.floor(i / day) % 7 === 6 || (i >= holiday && i < holiday + day);
                return (isQuiet ? 200 : 500) + 50 * hump(i) + 10 * gaussian(chance);
            });
            const severities = severitiesOf(series, learned);
            assert.ok(countFrom(severities.slice(10 * day, 11 * day), 50) > 0);
            assertQuiet([...severities.slice(0, 10 * day), ...severities.slice(11 * day + 6)], 4, `seed ${seed}:`);
        }
    });

    it("tells several alike series apart, whatever happens to one of them", () => {
        const all = seeds.map((seed) =>
            build(length, seed, (i, chance) => 300 + 100 * hump(i) + 10 * gaussian(chance)),
        );
        all[1]![learned + 100] = 900;
        const [before, hit] = [99, 100].map((k) =>
            goOn(learnedDetector(all, learned), all, learned, learned + k + 1).at(-1)!,
        );
        assert.ok(hit!.scores.severity[1]! >= 70);
        assert.ok(Math.max(...before!.scores.severity, hit!.scores.severity[0]!, hit!.scores.severity[2]!) < 50);
    });
});
