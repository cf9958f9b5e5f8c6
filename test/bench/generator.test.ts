import assert from "node:assert/strict";
import { createChance } from "../../bench/generator/chance";
import type { DataSet } from "../../bench/generator/dataSet";
import { csvOf, labelsOf } from "../../bench/generator/folder";
import { generateSets } from "../../bench/generator/generate";

const sets = generateSets(7);
const shop = sets.find(({ name }) => name === "hourlyShop")!;

interface Labels {
    readonly events: readonly {
        readonly cause: Readonly<Record<string, string>>;
        readonly start: string;
        readonly scored: boolean;
        readonly affected: readonly Readonly<Record<string, string>>[];
    }[];
    readonly series: readonly { readonly labels: number[][]; readonly ignore: number[][] }[];
}

/** Mean of a series' values over some intervals, without gaps. */
function mean(set: DataSet, series: number, from: number, to: number): number {
    const values = [...set.values.subarray(series * set.intervals + from, series * set.intervals + to + 1)];
    const present = values.filter((value) => !Number.isNaN(value));
    return present.reduce((sum, value) => sum + value, 0) / present.length;
}

describe("bench/generator", () => {
    it("gives the same for a seed, and something else for another", () => {
        assert.deepEqual(generateSets(7), sets);
        assert.notDeepEqual(generateSets(8)[0]!.values, shop.values);
    });

    it("makes hourly, daily and five-minute sets with events in the part that is scored", () => {
        assert.deepEqual([...new Set(sets.map(({ intervalSeconds }) => intervalSeconds))].sort(), [300, 3600, 86_400]);
        for (const { name, events, learnIntervals } of sets) {
            const scored = events.filter(({ isScored }) => isScored);
            assert.ok(scored.length >= 5, name);
            assert.ok(
                scored.every(({ from }) => from >= learnIntervals),
                name,
            );
        }
    });

    it("changes exactly the series of the cause, all of them, in the measures named", () => {
        for (const { events, combinations } of sets)
            for (const { cause, affected, measures } of events) {
                const within = combinations.flatMap((values, c) =>
                    cause.every((value, d) => value === null || value === values[d]) ? [c] : [],
                );
                assert.deepEqual([...new Set(affected.map(({ combination }) => combination))], within);
                assert.deepEqual([...new Set(affected.map(({ measure }) => measure))], [...measures]);
            }
    });

    it("takes the values of an outage away, and those of no other series", () => {
        const outage = sets
            .flatMap((set) => set.events.map((event) => ({ set, event })))
            .find(({ event }) => event.type === "outage" && event.isScored && event.cause.some((v) => v !== null))!;
        const { set, event } = outage;
        const { combination, measure } = event.affected[0]!;
        const series = combination * set.measures.length + measure;
        const dayBefore = event.from - Math.round(86_400 / set.intervalSeconds);
        const length = event.to - event.from;
        assert.ok(mean(set, series, event.from, event.to) < 0.5 * mean(set, series, dayBefore, dayBefore + length));
    });

    it("writes one row for each combination that has a value, as the scorer reads it", () => {
        const [header, first] = csvOf(shop).split("\n");
        assert.equal(header, "timestamp,platform,marketplace,views,revenue");
        assert.match(first!, /^2025-01-06 00:00:00,pc_web,us,\d+,[\d.]+$/);
        const rows = shop.values.filter((value) => !Number.isNaN(value)).length / shop.measures.length;
        assert.equal(csvOf(shop).trimEnd().split("\n").length, rows + 1);
    });

    it("labels what can be found, and ignores what cannot", () => {
        const labels = labelsOf(shop) as Labels;
        assert.equal(labels.series.length, shop.combinations.length * shop.measures.length);
        const labelled = new Set(labels.series.flatMap((one) => one.labels.map(([, , id]) => id)));
        const scored = shop.events.filter(({ isScored }) => isScored);
        assert.deepEqual(
            [...labelled].sort((a, b) => a! - b!),
            scored.map(({ id }) => id),
        );
        for (const { labels: own, ignore } of labels.series)
            for (const [from, to] of own)
                assert.ok(!ignore.some(([a, b]) => a === from && b === to), "neither right nor wrong, and right");
        for (const { cause, affected } of labels.events)
            for (const one of affected)
                for (const [name, value] of Object.entries(cause)) assert.equal(one[name], value);
    });
});

describe("bench/generator/chance", () => {
    it("draws counts with the mean and the variance asked for", () => {
        for (const [mean, dispersion] of [
            [0.5, 0],
            [8, 0.2],
            [500, 0.01],
        ] as const) {
            const chance = createChance(3);
            const drawn = Array.from({ length: 20_000 }, () => chance.count(mean, dispersion));
            const average = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
            const variance = drawn.reduce((sum, value) => sum + (value - average) ** 2, 0) / drawn.length;
            const wanted = mean + dispersion * mean * mean;
            assert.ok(Math.abs(average / mean - 1) < 0.05, `${mean}: ${average}`);
            assert.ok(Math.abs(variance / wanted - 1) < 0.1, `${mean}: ${variance}`);
            assert.ok(drawn.every((value) => Number.isInteger(value) && value >= 0));
        }
    });

    it("gives a branch draws of its own", () => {
        const [one, other] = [createChance(5), createChance(5)];
        other.between(0, 1);
        assert.equal(one.branch("a").between(0, 1), other.branch("a").between(0, 1));
        assert.notEqual(one.branch("a").between(0, 1), one.branch("b").between(0, 1));
    });
});
