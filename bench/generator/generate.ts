import { createChance, type Chance } from "./chance";
import type { DataSet, Dimension, EventType, Ignored } from "./dataSet";
import { detectable, planEvents, type EventSite, type PlannedEvent } from "./events";
import { expectedOf, type Expected } from "./expected";
import { correlatedNoise, sharedNoise } from "./noise";
import { plansOf, start, type Plan } from "./plan";

/** Intervals after a change in which an alert is neither right nor wrong. */
const aftermath = 3;

/** The sets of a seed, one of each kind; equal seeds give equal sets. */
export function generateSets(seed: number): DataSet[] {
    return plansOf(createChance(seed).branch("plans")).map((plan) =>
        generateSet(plan, createChance(seed).branch(plan.name)),
    );
}

/** One set by a plan. */
export function generateSet(plan: Plan, chance: Chance): DataSet {
    const combinations = combinationsOf(plan.dimensions);
    const expected = expectedOf(plan, combinations, chance.branch("expected"));
    const site: EventSite = { combinations, noiseOf: (c, m, i) => noiseOf(plan, expected, { c, m, i }) };
    const events = planEvents(plan, site, chance.branch("events"));
    const values = valuesOf(plan, { combinations, expected, events }, chance.branch("values"));
    takeRowsAway(plan, values, combinations.length, chance.branch("missing"));
    return {
        name: plan.name,
        intervalSeconds: plan.intervalSeconds,
        start,
        intervals: plan.intervals,
        learnIntervals: plan.learnIntervals,
        dimensions: plan.dimensions,
        measures: plan.measures.map(({ name }) => name),
        combinations,
        values,
        events: events.map(({ truth }) => truth),
        ignored: ignoredOf(plan, events, expected, combinations.length),
    };
}

function combinationsOf(dimensions: readonly Dimension[]): string[][] {
    return dimensions.reduce<string[][]>(
        (all, { values }) => all.flatMap((before) => values.map((value) => [...before, value])),
        [[]],
    );
}

/** Level of a series in an interval, relative noise and chance left out. */
function meanOf(plan: Plan, expected: Expected, at: { c: number; m: number; i: number }): number {
    const { level, follows, kind } = plan.measures[at.m]!;
    if (follows !== undefined) return level * meanOf(plan, expected, { ...at, m: follows });
    const season = expected.at(at.c, at.i);
    return kind === "average" ? level * (0.9 + 0.1 * season) : level * expected.sizes[at.c]! * season;
}

/** Relative standard deviation of a series: its own noise, that of what it follows, and chance. */
function noiseOf(plan: Plan, expected: Expected, at: { c: number; m: number; i: number }): number {
    const { noise, follows, kind } = plan.measures[at.m]!;
    const chance = kind === "count" ? 1 / Math.max(0.2, meanOf(plan, expected, at)) + plan.dispersion : 0;
    const shared = follows === undefined ? plan.commonNoise ** 2 + plan.valueNoise ** 2 : 0;
    const before = follows === undefined ? 0 : noiseOf(plan, expected, { ...at, m: follows }) ** 2;
    return Math.sqrt(noise * noise + chance + shared + before);
}

interface World {
    readonly combinations: readonly (readonly string[])[];
    readonly expected: Expected;
    readonly events: readonly PlannedEvent[];
}

function valuesOf(plan: Plan, { combinations, expected, events }: World, chance: Chance): Float64Array {
    const { intervals: length, measures, persistence } = plan;
    const values = new Float64Array(combinations.length * measures.length * length);
    const options = { length, common: plan.commonNoise, value: plan.valueNoise, persistence };
    measures.forEach((measure, m) => {
        const own = chance.branch(measure.name);
        const shared = measure.follows === undefined ? sharedNoise(combinations, options, own) : undefined;
        combinations.forEach((_, c) => {
            const noise = correlatedNoise(length, persistence, own);
            const changes = events.filter((event) => event.members.includes(c));
            const at = (c * measures.length + m) * length;
            for (let i = 0; i < length; i++) {
                const base =
                    measure.follows === undefined
                        ? meanOf(plan, expected, { c, m, i })
                        : measure.level * values[(c * measures.length + measure.follows) * length + i]!;
                const spread = Math.exp((shared?.[c]![i] ?? 0) + measure.noise * noise[i]!);
                const mean = base * spread * changeOf(changes, m, i);
                const drawn = measure.kind === "count" ? own.count(mean, plan.dispersion) : mean;
                values[at + i] = measure.kind === "count" ? drawn : Math.round(drawn * 100) / 100;
            }
        });
    });
    return values;
}

function changeOf(events: readonly PlannedEvent[], measure: number, interval: number): number {
    let factor = 1;
    for (const event of events) {
        if (event.root === measure) factor *= event.factor(interval);
        if (event.echo?.measure === measure) factor *= event.echo.factor(interval);
    }
    return factor;
}

/** A row holds all measures of a combination. */
function takeRowsAway(plan: Plan, values: Float64Array, combinations: number, chance: Chance): void {
    const { intervals: length, measures } = plan;
    const takeAway = (c: number, i: number): void => {
        for (let m = 0; m < measures.length; m++) values[(c * measures.length + m) * length + i] = NaN;
    };
    for (let c = 0; c < combinations; c++)
        for (let i = 0; i < length; i++) if (chance.happens(plan.missingRows)) takeAway(c, i);
    for (let n = 0; n < plan.gaps; n++) {
        const [from, wide] = [chance.whole(1, length - 9), chance.whole(1, 8)];
        for (let i = from; i < from + wide; i++) for (let c = 0; c < combinations; c++) takeAway(c, i);
    }
}

/** A change of level is found in its first day or seven intervals, or not at all. */
export function labelEnd(plan: Pick<Plan, "intervalSeconds">, type: EventType, from: number, to: number): number {
    const early = Math.max(7, Math.round(86_400 / plan.intervalSeconds));
    return type === "level_shift" ? Math.min(to, from + early) : to;
}

function ignoredOf(plan: Plan, events: readonly PlannedEvent[], expected: Expected, combinations: number): Ignored[] {
    const [count, last] = [plan.measures.length, plan.intervals - 1];
    const until = (i: number): number => Math.min(last, i + aftermath);
    const all = Array.from({ length: combinations * count }, (_, series) => series);
    const afterEvents = events.flatMap(({ truth }) =>
        truth.affected.map(({ combination, measure, detectability, from, to }) => ({
            series: combination * count + measure,
            from: detectability >= detectable ? Math.min(last, labelEnd(plan, truth.type, from, to) + 1) : from,
            // A lasting change is the new normal when it ends: its end is a change of its own.
            to: truth.type === "level_shift" ? labelEnd(plan, truth.type, to, last) : until(to),
        })),
    );
    const surprises = expected.surprises.flatMap(({ from, to }) =>
        all.map((series) => ({ series, from, to: until(to) })),
    );
    return [...afterEvents, ...surprises];
}
