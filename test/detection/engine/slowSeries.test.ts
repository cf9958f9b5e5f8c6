import assert from "node:assert/strict";
import { build, countFrom, gaussian, severitiesOf } from "../../support/engineRuns";

const seeds = [1, 2, 3];
const daily = 86_400;

/** Whether the n-th day is the first of a month, months of 31, 28, 31, 30 … days in turn. */
const months = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const firsts = new Set<number>();
for (let at = 0, month = 0; at < 1500; at += months[month++ % 12]!) firsts.add(at);

describe("detection/engine on series of other intervals and shapes", () => {
    it("knows the weekday of daily values", () => {
        for (const seed of seeds) {
            const series = build(300, seed, (i, chance) => (i % 7 >= 5 ? 300 : 1000) + 20 * gaussian(chance));
            series[250] = 1000; // 250 is a Saturday.
            const severities = severitiesOf(series, 200, daily);
            assert.ok(severities[50]! >= 50, `seed ${seed}: ${severities[50]}`);
            assert.ok(countFrom([...severities.slice(0, 50), ...severities.slice(53)], 50) <= 1);
        }
    });

    it("is not spoiled by firsts of the month that are three times as high: the other days are judged as ever", () => {
        for (const seed of seeds) {
            const series = build(1000, seed, (i, chance) => (firsts.has(i) ? 3000 : 1000) + 30 * gaussian(chance));
            series[905] = 1900;
            const severities = severitiesOf(series, 800, daily);
            const others = severities.filter((_, i) => !firsts.has(800 + i) && i !== 105);
            assert.ok(countFrom(others, 50) <= 4, `seed ${seed}: ${countFrom(others, 50)} alarms`);
            assert.ok(severities[105]! > 0, `seed ${seed}: ${severities[105]}`);
        }
    });

    it("takes a counter for what it counts: no alarm as it rises and starts anew, one when it stalls or leaps", () => {
        for (const seed of seeds) {
            let total = 0;
            const series = build(90 * 24, seed, (i, chance) => {
                if (i % 500 === 499) total = 0;
                total += 200 + 100 * Math.cos((2 * Math.PI * i) / 24) + 10 * gaussian(chance);
                return total;
            });
            const learned = 60 * 24;
            const usual = severitiesOf(series, learned);
            assert.ok(countFrom(usual, 50) <= 3, `seed ${seed}: ${countFrom(usual, 50)} alarms`);
            const at = learned + 100;
            const leap = series.map((value, i) =>
                i >= at && i % 500 > (at % 500) - 1 && i < at + 60 ? value + 3000 : value,
            );
            assert.ok(severitiesOf(leap, learned)[100]! >= 50, `seed ${seed}: no alarm at a leap`);
        }
    });

    it("watches five-minute values by the hour of the day", () => {
        for (const seed of seeds) {
            const series = build(
                21 * 288,
                seed,
                (i, chance) => 400 + 200 * Math.cos((2 * Math.PI * i) / 288) + 15 * gaussian(chance),
            );
            series[19 * 288] = 250;
            const severities = severitiesOf(series, 14 * 288, 300);
            assert.ok(severities[5 * 288]! >= 50, `seed ${seed}`);
            assert.ok(countFrom(severities, 50) <= 4, `seed ${seed}: ${countFrom(severities, 50)} alarms in a week`);
        }
    });

    it("finds a drift that no single interval shows", () => {
        let found = 0;
        for (const seed of [...seeds, 4]) {
            const series = build(90 * 24, seed, (i, chance) => 500 + 20 * gaussian(chance) + (i >= 80 * 24 ? 30 : 0));
            const severities = severitiesOf(series, 60 * 24);
            if (countFrom(severities.slice(20 * 24, 22 * 24), 50) > 0) found++;
        }
        assert.ok(found >= 3, `${found} of 4`);
    });

    it("finds a value that stands still, where it never did", () => {
        for (const seed of seeds) {
            const series = build(70 * 24, seed, (_, chance) => 500 + 20 * gaussian(chance));
            series.fill(505, 65 * 24, 66 * 24);
            const severities = severitiesOf(series, 60 * 24);
            assert.ok(countFrom(severities.slice(5 * 24, 6 * 24 + 1), 50) > 0, `seed ${seed}`);
        }
    });

    it("finds that a calm series becomes restless", () => {
        for (const seed of seeds) {
            const series = build(70 * 24, seed, (i, chance) => 500 + (i >= 65 * 24 ? 80 : 20) * gaussian(chance));
            assert.ok(countFrom(severitiesOf(series, 60 * 24).slice(5 * 24, 6 * 24), 50) > 0, `seed ${seed}`);
        }
    });
});
