import { randomUUID } from "node:crypto";
import { learnHistory } from "../engine/detector";
import { shapeOf } from "../engine/shape";
import { mergeStates } from "../engine/shards";
import { createState, seriesCount } from "../engine/state";
import type { LearnedShard, LearningPlan } from "../store/learning";
import { emptyStretch, learned, stretchLength, type StretchInterval } from "../store/stretch";
import { engineOptionsOf } from "./engineOptions";
import { readMarks } from "./feedbackMarks";
import { firstProgress, keptFrom, seenIntervals, type Span } from "./learn";
import { encodePart, mergePart, shardOf } from "./rowParts";
import { createRowTable, type RowTable } from "./rowTable";
import { sortedCombinations, stretchOf } from "./scoring";
import { isCurrent, type Work } from "./work";
import { appendScores } from "./writeScores";

/** Shards of a detector that is learned in shards: each takes a part of its combinations. */
export const shardCount = 32;

/** Takes the rows out of a table that holds too many, and writes them by shard. */
export interface RowSpill {
    /** Parts written so far. */
    readonly parts: number;
    readonly attempt: string;
    spill(table: RowTable): Promise<void>;
}

export function openSpill(work: Work): RowSpill {
    const attempt = randomUUID();
    let parts = 0;
    return {
        attempt,
        get parts() {
            return parts;
        },
        spill: async (table) => {
            const blocks = table.drain();
            const shardsOf = table.combinations.map((values) => shardOf(values, shardCount));
            const byShard = Array.from({ length: shardCount }, (): typeof blocks => []);
            for (const block of blocks) byShard[shardsOf[block.member]!]!.push(block);
            for (const [shard, own] of byShard.entries())
                await work.learning.writePart(attempt, shard, parts, encodePart(table.combinations, own));
            parts++;
        },
    };
}

/** Writes what is left of the rows, and the plan by which shards learn them. Another worker's plan counts when it was first. */
export async function writePlan(work: Work, spill: RowSpill, table: RowTable, span: Span): Promise<void> {
    await spill.spill(table);
    await work.learning.writePlan({
        version: 1,
        attempt: spill.attempt,
        shards: shardCount,
        parts: spill.parts,
        first: work.calendar.startOf(span.first),
        next: work.calendar.startOf(span.next),
        quality: table.quality,
    });
}

/** Learns one shard of a plan; does nothing when it has been learned, or there is no plan. */
export async function learnShard(work: Work, shard: number): Promise<void> {
    const { learning, calendar, metricSet } = work;
    const plan = await learning.plan();
    if (plan === undefined || (await learning.shard(shard)) !== undefined) return;
    const { measures, dimensions } = metricSet;
    const table = createRowTable({ measures, dimensions });
    for (let part = 0; part < plan.parts; part++) mergePart(await learning.part(plan.attempt, shard, part), table);
    const { first, next } = spanOf(work, plan);
    const length = next - first;
    const combinations = sortedCombinations(table.combinations);
    const values = table.values(combinations, first, length);
    const shape = shapeOf(calendar.intervalSeconds, measures.length, calendar.clockFrom(first));
    const engine = createState(shape, combinations.length);
    const options = engineOptionsOf(work.record.options, metricSet, calendar);
    const feedback = await readMarks(work, combinations);
    // An empty shard would learn of a whole that has no parts.
    if (combinations.length > 0)
        learnHistory({ engine, combinations, options, open: [], feedback }, { first, length, values });
    await learning.writeModel(shard, engine);
    const series = seriesCount(engine);
    for (const [from, to] of keptStretches({ first, next })) {
        const kept = new Float64Array((to - from) * series);
        for (let i = 0; i < to - from; i++)
            for (let s = 0; s < series; s++) kept[i * series + s] = values[s * length + from - first + i]!;
        await learning.writeValues(shard, from, kept);
    }
    await learning.writeShard(shard, { combinations, seen: seenIntervals(values, length) });
}

/** Puts learned shards together and writes the run's first progress; false when a shard has not learned yet, or there is no plan. */
export async function mergeShards(work: Work): Promise<boolean> {
    const { learning, store } = work;
    const plan = await learning.plan();
    if (plan === undefined) return false;
    const found = await Promise.all(Array.from({ length: plan.shards }, (_, shard) => learning.shard(shard)));
    const shards = found.filter((shard) => shard !== undefined);
    if (shards.length < plan.shards) return false;
    const { combinations, places } = mergedOrder(shards);
    const engine = mergeStates(await Promise.all(shards.map((_, shard) => learning.model(shard))), places);
    const span = spanOf(work, plan);
    if (!(await isCurrent(work))) return true;
    const openSince = await writeKept(work, span, { shards, places, series: seriesCount(engine) });
    await store.writeCombinations(combinations);
    await store.writeModel(plan.next, engine);
    const seen = new Uint8Array(span.next - span.first);
    for (const shard of shards) shard.seen.forEach((one, i) => (seen[i] = seen[i]! | one));
    const points = seen.reduce((sum, one) => sum + one, 0);
    const whole = { ...span, points, combinations: combinations.length, openSince, isBacktest: false };
    await store.advance({ ...firstProgress(work, whole), quality: plan.quality }, undefined);
    return true;
}

const spanOf = ({ calendar }: Work, { first, next }: LearningPlan): Span => ({
    first: calendar.positionOf(first),
    next: calendar.positionOf(next),
});

/** All shards' combinations in the order that learning at once would have given them, and where each shard's go. */
function mergedOrder(shards: readonly LearnedShard[]) {
    const places = shards.map((shard): number[] => shard.combinations.map(() => 0));
    const all = shards.flatMap(({ combinations }, k) => combinations.map((values, i) => ({ values, k, i })));
    const owners = new Map(all.map((owner) => [owner.values, owner]));
    const combinations = sortedCombinations(all.map(({ values }) => values));
    combinations.forEach((values, place) => {
        const { k, i } = owners.get(values)!;
        places[k]![i] = place;
    });
    return { combinations, places };
}

/** Positions of the stretches that are kept of a history: from, and up to. */
function keptStretches(span: Span): [number, number][] {
    const stretches: [number, number][] = [];
    for (let from = keptFrom(span); from < span.next; from = stretchOf(from) + stretchLength)
        stretches.push([from, Math.min(span.next, stretchOf(from) + stretchLength)]);
    return stretches;
}

/** Writes the newest learned values of all shards, a stretch at a time; gives the start of the one that will grow on. */
async function writeKept(
    work: Work,
    span: Span,
    merged: {
        readonly shards: readonly LearnedShard[];
        readonly places: readonly (readonly number[])[];
        readonly series: number;
    },
): Promise<number> {
    const { learning, calendar, store, metricSet } = work;
    const { shards, places, series } = merged;
    const measures = metricSet.measures.length;
    let growing = emptyStretch(keptFrom(span), series);
    for (const [from, to] of keptStretches(span)) {
        const intervals = Array.from({ length: to - from }, (): StretchInterval & { readonly value: Float64Array } => ({
            outcome: learned,
            value: new Float64Array(series).fill(NaN),
        }));
        for (const [k, { combinations }] of shards.entries()) {
            const values = await learning.values(k, from);
            const width = combinations.length * measures;
            for (let s = 0; s < width; s++) {
                const place = places[k]![Math.floor(s / measures)]! * measures + (s % measures);
                intervals.forEach(({ value }, i) => (value[place] = values[i * width + s]!));
            }
        }
        growing = await appendScores(work, growing, intervals, series);
    }
    await store.writeOpen(calendar.startOf(span.next), growing);
    return calendar.startOf(growing.first);
}
