import { z } from "zod";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument, writeDocument } from "../../pipeline/documents";
import { loadSnapshot, saveSnapshot } from "../engine/snapshot";
import type { EngineState } from "../engine/state";
import { instant } from "./instant";
import { learningPrefix, runPrefix } from "./layout";
import { qualityRecord } from "./quality";
import { combinationsRecord, type Combinations } from "./records";

/** `learning/plan.json`: how a large history is learned in shards. Written once, after the rows that it names. */
export const learningPlan = z.object({
    version: z.literal(1),
    /** Folder of the rows: several workers may have read them, and one plan counts. */
    attempt: z.string(),
    shards: z.int().positive(),
    /** Parts into which each shard's rows were written, in the order of reading. */
    parts: z.int(),
    /** Start of the first interval that is learned, and of the first that is not. */
    first: instant,
    next: instant,
    quality: qualityRecord,
});
export type LearningPlan = z.output<typeof learningPlan>;

/** `learning/attempts.json`: how often it was tried to get a run to work, and what it failed for the last time. */
export const learningAttempts = z.object({
    version: z.literal(1),
    count: z.int().positive(),
    /** When the last one was counted. */
    at: instant,
    reason: z.string().optional(),
});
export type LearningAttempts = z.output<typeof learningAttempts>;

/** What a shard has learned, beside its model and its latest values. */
export const learnedShard = z.object({
    combinations: combinationsRecord,
    /** For each interval 1 where any series has a value; Base64. */
    seen: z.string(),
});
export interface LearnedShard {
    readonly combinations: Combinations;
    readonly seen: Uint8Array;
}

/** What learning in shards leaves between its steps; gone once the run has its first progress. */
export interface LearningStore {
    plan(): Promise<LearningPlan | undefined>;
    /** False when there is a plan already. */
    writePlan(plan: LearningPlan): Promise<boolean>;
    part(attempt: string, shard: number, part: number): Promise<Buffer>;
    writePart(attempt: string, shard: number, part: number, rows: Buffer): Promise<void>;
    /** Undefined until the shard has learned. */
    shard(shard: number): Promise<LearnedShard | undefined>;
    /** Written after the shard's model and values. */
    writeShard(shard: number, learned: LearnedShard): Promise<void>;
    model(shard: number): Promise<EngineState>;
    writeModel(shard: number, state: EngineState): Promise<void>;
    /** The shard's values of some kept intervals, by interval, then series; `start` is the first interval's. */
    values(shard: number, start: number): Promise<Float64Array>;
    writeValues(shard: number, start: number, values: Float64Array): Promise<void>;
    attempts(): Promise<LearningAttempts | undefined>;
    writeAttempts(attempts: LearningAttempts): Promise<void>;
    /** Takes all of it away. */
    clear(): Promise<void>;
}

export function openLearning(objects: ObjectStore, detector: string, run: string): LearningStore {
    const at = learningPrefix(runPrefix(detector, run));
    const planKey = `${at}plan.json`;
    const attemptsKey = `${at}attempts.json`;
    const partKey = (attempt: string, shard: number, part: number): string =>
        `${at}rows/${attempt}/${shard}/${part}.bin`;
    const shardKey = (shard: number, name: string): string => `${at}shards/${shard}/${name}`;
    const mustGet = async (key: string): Promise<Buffer> => {
        const found = await objects.get(key);
        if (found === undefined)
            throw new Error(`the object ${key} of a learning plan is gone; activate the detector again`);
        return found.body;
    };
    return {
        plan: async () => (await readDocument(objects, planKey, learningPlan))?.value,
        writePlan: async (plan) =>
            (await writeDocument(objects, planKey, learningPlan, plan, { ifAbsent: true })) !== undefined,
        part: (attempt, shard, part) => mustGet(partKey(attempt, shard, part)),
        writePart: async (attempt, shard, part, rows) => void (await objects.put(partKey(attempt, shard, part), rows)),
        shard: async (shard) => {
            const found = (await readDocument(objects, shardKey(shard, "learned.json"), learnedShard))?.value;
            return (
                found && { combinations: found.combinations, seen: new Uint8Array(Buffer.from(found.seen, "base64")) }
            );
        },
        writeShard: async (shard, { combinations, seen }) => {
            const value = { combinations, seen: Buffer.from(seen).toString("base64") };
            await writeDocument(objects, shardKey(shard, "learned.json"), learnedShard, value);
        },
        model: async (shard) => loadSnapshot(await mustGet(shardKey(shard, "model.bin"))),
        writeModel: async (shard, state) => void (await objects.put(shardKey(shard, "model.bin"), saveSnapshot(state))),
        values: async (shard, start) => {
            const bytes = await mustGet(shardKey(shard, `values/${start}.bin`));
            return new Float64Array(Uint8Array.from(bytes).buffer);
        },
        writeValues: async (shard, start, values) => {
            const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
            await objects.put(shardKey(shard, `values/${start}.bin`), bytes);
        },
        attempts: async () => (await readDocument(objects, attemptsKey, learningAttempts))?.value,
        writeAttempts: async (attempts) => void (await writeDocument(objects, attemptsKey, learningAttempts, attempts)),
        clear: async () => {
            const keys: string[] = [];
            // The plan goes last: while it stands, a crashed clearing is taken up again.
            for await (const { key } of objects.list(at)) if (key !== planKey) keys.push(key);
            await objects.delete([...keys, planKey]);
        },
    };
}
