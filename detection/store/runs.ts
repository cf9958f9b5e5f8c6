import { z } from "zod";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument, writeDocument } from "../../pipeline/documents";
import { loadSnapshot, saveSnapshot } from "../engine/snapshot";
import { seriesProgress } from "../engine/engine";
import { seriesCount, type EngineState } from "../engine/state";
import { createByteCache, type ByteCache } from "./byteCache";
import type { FeedbackRecord } from "./feedback";
import { createGroupCache, type GroupCache } from "./groups";
import { groupRecord, type GroupRecord } from "./groupRecord";
import { checkpointKey, combinationsKey, modelKey, openKey, progressKey, runPrefix, scoresKey } from "./layout";
import {
    amendmentAt,
    combinationsRecord,
    presentAmendment,
    progressRecord,
    type CheckpointRecord,
    type Combinations,
    type ProgressRecord,
} from "./records";
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
export interface RunStore extends RunWriter {
    /** Undefined until the run has learned. */
    progress(): Promise<Progress | undefined>;
    /** Moves the progress; false when somebody else moved it first. `before` undefined: the first one. */
    advance(record: ProgressRecord, before: Progress | undefined): Promise<boolean>;
    /** The engine as it is before the next interval to score. What is taken may be changed by the taker. */
    takeModel(at: Head): Promise<EngineState>;
    /** Points that each series had before the next interval to score, and those that it needs, by series. */
    seriesPoints(at: Head): Promise<SeriesPoints>;
    combinations(of: Pick<ProgressRecord, "combinations" | "amendments">): Promise<Combinations>;
    /** The growing stretch as it was when intervals up to the next one to score were in it. */
    open(at: Head): Promise<Stretch>;
    /** A full stretch, by the start of its first interval; undefined when nothing was kept of that time. */
    closed(of: Pick<ProgressRecord, "amendments">, start: number): Promise<Stretch | undefined>;
    /** The engine and the open groups of then. */
    takeCheckpoint(
        checkpoint: CheckpointRecord,
    ): Promise<{ readonly engine: EngineState; readonly open: readonly GroupRecord[] }>;
    /** What an amendment writes, under its own name; without one, what is written before the first. */
    writer(amendment: string | undefined): RunWriter;
    /**
     * Takes away what an earlier progress named and a later one does not, and closed stretches that an amendment took the place of. Best
     * effort: what stays is garbage, never read.
     */
    forget(before: ProgressRecord, after: ProgressRecord, superseded?: readonly AmendedStretch[]): Promise<void>;
}

/** A closed stretch of scores under the name of an amendment. */
export interface AmendedStretch {
    readonly start: number;
    readonly amendment: string;
}

/** Where a run's present model and growing stretch lie. */
type Head = Pick<ProgressRecord, "scoredThrough" | "amendments">;

/** Writes a run's files: models and growing stretches by the start of the next interval. */
export interface RunWriter {
    writeModel(through: number, state: EngineState): Promise<void>;
    /** A snapshot to go back to, of a state that has changed since. */
    writePastModel(through: number, snapshot: Uint8Array): Promise<void>;
    /** The groups that are open beside a model to go back to. */
    writeOpenGroups(through: number, open: readonly GroupRecord[]): Promise<void>;
    writeCombinations(combinations: Combinations): Promise<void>;
    writeOpen(through: number, stretch: Stretch): Promise<void>;
    writeClosed(start: number, stretch: Stretch): Promise<void>;
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
        takeModel: async (head) => {
            const key = modelKey(at, head.scoredThrough, presentAmendment(head));
            return cache.models.take(key) ?? loadSnapshot((await mustGet(objects, key)).body);
        },
        seriesPoints: (head) => readPoints(objects, modelKey(at, head.scoredThrough, presentAmendment(head)), cache),
        combinations: (of) =>
            readCombinations(objects, combinationsKey(at, of.combinations, presentAmendment(of)), cache),
        open: async (head) => {
            const key = openKey(at, head.scoredThrough, presentAmendment(head));
            return (await readStretch(objects, key, cache)) ?? missing(key);
        },
        closed: async (of, start) => {
            const amendment = amendmentAt(of, start);
            const key = scoresKey(at, start, amendment);
            const found = await readStretch(objects, key, cache);
            return found === undefined && amendment !== undefined ? missing(key) : found;
        },
        takeCheckpoint: async ({ at: through, amendment, openSince }) => {
            const engine = loadSnapshot((await mustGet(objects, modelKey(at, through, amendment))).body);
            const key = checkpointKey(at, through, amendment);
            if (openSince === undefined) return { engine, open: [] };
            return { engine, open: (await readDocument(objects, key, openGroups))?.value ?? missing(key) };
        },
        writer: (amendment) => openWriter(objects, at, cache, amendment),
        ...openWriter(objects, at, cache, undefined),
        forget: async (before, after, superseded = []) => {
            const kept = new Set(filesOf(at, after));
            const gone = filesOf(at, before).filter((key) => !kept.has(key));
            const scores = superseded.map(({ start, amendment }) => scoresKey(at, start, amendment));
            if (gone.length + scores.length > 0) await objects.delete([...gone, ...scores]);
        },
    };
}

const openGroups = z.array(groupRecord);

function openWriter(objects: ObjectStore, at: string, cache: RunCache, amendment: string | undefined): RunWriter {
    return {
        writeModel: async (through, state) => {
            const key = modelKey(at, through, amendment);
            const snapshot = saveSnapshot(state);
            await objects.put(key, snapshot);
            cache.models.put(key, state, snapshot.byteLength);
        },
        writePastModel: async (through, snapshot) =>
            void (await objects.put(modelKey(at, through, amendment), snapshot)),
        writeOpenGroups: async (through, open) =>
            void (await writeDocument(objects, checkpointKey(at, through, amendment), openGroups, [...open])),
        writeCombinations: async (combinations) => {
            const key = combinationsKey(at, combinations.length, amendment);
            await writeDocument(objects, key, combinationsRecord, combinations);
            cache.values.put(key, combinations, sizeOf(combinations));
        },
        writeOpen: (through, stretch) => writeStretch(objects, openKey(at, through, amendment), stretch, cache),
        writeClosed: (start, stretch) => writeStretch(objects, scoresKey(at, start, amendment), stretch, cache),
    };
}

/** What a progress alone names: it is gone when a later one does not name it. */
function filesOf(at: string, progress: ProgressRecord): string[] {
    const { scoredThrough, combinations, checkpoints = [] } = progress;
    const present = presentAmendment(progress);
    return [
        modelKey(at, scoredThrough, present),
        openKey(at, scoredThrough, present),
        ...(present === undefined ? [] : [combinationsKey(at, combinations, present)]),
        ...checkpoints.flatMap((one) => [
            modelKey(at, one.at, one.amendment),
            ...(one.openSince !== undefined ? [checkpointKey(at, one.at, one.amendment)] : []),
        ]),
    ];
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
