import type { ObjectStore } from "../../objects/objectStore";
import { readDocument, writeDocument } from "../../pipeline/documents";
import { loadSnapshot, saveSnapshot } from "../engine/snapshot";
import { seriesProgress } from "../engine/engine";
import { seriesCount, type EngineState } from "../engine/state";
import { createByteCache, type ByteCache } from "./byteCache";
import type { FeedbackRecord } from "./feedback";
import { createGroupCache, type GroupCache } from "./groups";
import { combinationsKey, modelKey, openKey, progressKey, runPrefix, scoresKey } from "./layout";
import { combinationsRecord, progressRecord, type Combinations, type ProgressRecord } from "./records";
import { decodeStretch, encodeStretch, type Stretch } from "./stretch";

/** How far a run is, and the version of the document that said so. */
export interface Progress {
    readonly record: ProgressRecord;
    readonly etag: string;
}

/**
 * One run of a detector. Everything but the progress is named by what it holds and written before the progress is, so that two workers
 * at once write equal bytes, and a crash leaves what was there.
 */
export interface RunStore {
    /** Undefined until the run has learned. */
    progress(): Promise<Progress | undefined>;
    /** Moves the progress; false when somebody else moved it first. `before` undefined: the first one. */
    advance(record: ProgressRecord, before: Progress | undefined): Promise<boolean>;
    /** The engine as it is before the interval that starts at `through`. What is taken may be changed by the taker. */
    takeModel(through: number): Promise<EngineState>;
    /** Points that each series had before the interval that starts at `through`, and those that it needs, by series. */
    seriesPoints(through: number): Promise<SeriesPoints>;
    writeModel(through: number, state: EngineState): Promise<void>;
    combinations(count: number): Promise<Combinations>;
    writeCombinations(combinations: Combinations): Promise<void>;
    /** The growing stretch as it was when intervals up to `through` were in it. */
    open(through: number): Promise<Stretch>;
    writeOpen(through: number, stretch: Stretch): Promise<void>;
    /** A full stretch, by the start of its first interval; undefined when nothing was kept of that time. */
    closed(start: number): Promise<Stretch | undefined>;
    writeClosed(start: number, stretch: Stretch): Promise<void>;
    /** Takes away model and growing stretch of an earlier progress. Best effort: what stays is garbage, never read. */
    forget(through: number): Promise<void>;
}

/** How far each series has learned. */
export type SeriesPoints = readonly { readonly points: number; readonly needed: number }[];

/** What a warm process remembers between calls; keys are never written with other content. */
export interface RunCache {
    readonly models: ByteCache<EngineState>;
    readonly values: ByteCache<Stretch | Combinations | SeriesPoints>;
    readonly groups: GroupCache;
    /** Feedback by key and version. */
    readonly feedback: Map<string, FeedbackRecord>;
}

/** Bytes of models that a process keeps, and of scores, combinations and counts of points. */
const modelBytes = 256 * 1024 * 1024;
const valueBytes = 128 * 1024 * 1024;
/** What an object with two numbers takes in memory. */
const bytesPerPoints = 48;

export const createRunCache = (): RunCache => ({
    models: createByteCache(modelBytes),
    values: createByteCache(valueBytes),
    groups: createGroupCache(),
    feedback: new Map(),
});

export function openRun(objects: ObjectStore, detector: string, run: string, cache: RunCache): RunStore {
    const at = runPrefix(detector, run);
    return {
        progress: async () => {
            const found = await readDocument(objects, progressKey(at), progressRecord);
            return found === undefined ? undefined : { record: found.value, etag: found.etag };
        },
        advance: async (record, before) => {
            const condition = before === undefined ? ({ ifAbsent: true } as const) : { ifMatch: before.etag };
            return (await writeDocument(objects, progressKey(at), progressRecord, record, condition)) !== undefined;
        },
        takeModel: async (through) => {
            const key = modelKey(at, through);
            return cache.models.take(key) ?? loadSnapshot((await mustGet(objects, key)).body);
        },
        seriesPoints: (through) => readPoints(objects, modelKey(at, through), cache),
        writeModel: async (through, state) => {
            const snapshot = saveSnapshot(state);
            await objects.put(modelKey(at, through), snapshot);
            cache.models.put(modelKey(at, through), state, snapshot.byteLength);
        },
        combinations: (count) => readCombinations(objects, combinationsKey(at, count), cache),
        writeCombinations: async (combinations) => {
            const key = combinationsKey(at, combinations.length);
            await writeDocument(objects, key, combinationsRecord, combinations);
            cache.values.put(key, combinations, sizeOf(combinations));
        },
        open: async (through) =>
            (await readStretch(objects, openKey(at, through), cache)) ?? missing(openKey(at, through)),
        writeOpen: (through, stretch) => writeStretch(objects, openKey(at, through), stretch, cache),
        closed: (start) => readStretch(objects, scoresKey(at, start), cache),
        writeClosed: (start, stretch) => writeStretch(objects, scoresKey(at, start), stretch, cache),
        forget: (through) => objects.delete([modelKey(at, through), openKey(at, through)]),
    };
}

/** The model itself is not kept: it is large, and its next taker may be another process. */
async function readPoints(objects: ObjectStore, key: string, cache: RunCache): Promise<SeriesPoints> {
    const known = cache.values.get(`${key} points`);
    if (known !== undefined) return known as SeriesPoints;
    const state = cache.models.get(key) ?? loadSnapshot((await mustGet(objects, key)).body);
    const points = Array.from({ length: seriesCount(state) }, (_, series) => seriesProgress(state, series));
    cache.values.put(`${key} points`, points, points.length * bytesPerPoints);
    return points;
}

async function readCombinations(objects: ObjectStore, key: string, cache: RunCache): Promise<Combinations> {
    const known = cache.values.get(key);
    if (known !== undefined) return known as Combinations;
    const { value } = (await readDocument(objects, key, combinationsRecord)) ?? missing(key);
    cache.values.put(key, value, sizeOf(value));
    return value;
}

async function readStretch(objects: ObjectStore, key: string, cache: RunCache): Promise<Stretch | undefined> {
    const known = cache.values.get(key);
    if (known !== undefined) return known as Stretch;
    const found = await objects.get(key);
    if (found === undefined) return undefined;
    const stretch = decodeStretch(found.body);
    cache.values.put(key, stretch, found.body.byteLength);
    return stretch;
}

async function writeStretch(objects: ObjectStore, key: string, stretch: Stretch, cache: RunCache): Promise<void> {
    const bytes = encodeStretch(stretch);
    await objects.put(key, bytes);
    cache.values.put(key, stretch, bytes.byteLength);
}

/** About what combinations take: two bytes a character, and what a text and a list cost beside it. */
const sizeOf = (combinations: Combinations): number =>
    combinations.reduce((sum, values) => values.reduce((more, value) => more + 2 * value.length + 32, sum + 32), 0);

async function mustGet(objects: ObjectStore, key: string): Promise<{ body: Buffer }> {
    return (await objects.get(key)) ?? missing(key);
}

/** Another worker may have moved on and taken it away; then the caller's progress is old, and its write would be refused anyway. */
function missing(key: string): never {
    throw new StaleProgressError(`the object ${key} is gone: the run has moved on, or its objects were deleted`);
}

/** What the progress named is not there any more. Reading the progress again tells whether the run has moved on. */
export class StaleProgressError extends Error {
    override readonly name = "StaleProgressError";
}
