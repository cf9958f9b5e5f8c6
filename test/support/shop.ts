import { commitWindow } from "../../pipeline/commit";
import { writeDocument } from "../../pipeline/documents";
import { attemptFolder, attemptId } from "../../pipeline/extraction";
import { readGeneration, readLedger, type LedgerView } from "../../pipeline/ledger";
import { definitionKey, generationKey, ticketKey } from "../../pipeline/objectLayout";
import {
    type DetectorDefinition,
    detectorDefinition,
    type ExtractionSpec,
    type GenerationRecord,
    generationRecord,
} from "../../pipeline/records";
import { type Run } from "../../pipeline/run";
import type { Window } from "../../pipeline/windows";
import type { ObjectStore } from "../../objects/objectStore";

/*
 * A detector called "shop" as the pipeline's tests use it: hourly, its history the first ten days of 2026 in chunks of four days,
 * live from 2026-01-11.
 */

export const at = (text: string): number => Date.parse(text.length === 10 ? `${text}T00:00:00Z` : `${text}:00Z`);
export const hour = (text: string): Window => ({ start: at(text), end: at(text) + 3_600_000 });

export const generation = "aaaaaaaaaa";
export const liveMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:live";
export const backfillMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:backfill";

export const shopSpec: ExtractionSpec = {
    source: "warehouse",
    query: "select ts, platform, views from shop",
    interval: "PT1H",
    timeZone: "UTC",
    sourceTimeZone: "UTC",
    timestamp: { column: "ts", format: "yyyy-MM-dd HH:mm:ss" },
    dimensions: ["platform"],
    measures: [{ name: "views", aggregation: "SUM" }],
    history: { from: "2026-01-01" },
    chunk: "P4D",
};

export const history: Window = { start: at("2026-01-01"), end: at("2026-01-11") };
export const shopRecord: GenerationRecord = { version: 1, generation, spec: shopSpec, history };
export const chunks: readonly Window[] = [
    { start: at("2026-01-01"), end: at("2026-01-05") },
    { start: at("2026-01-05"), end: at("2026-01-09") },
    { start: at("2026-01-09"), end: at("2026-01-11") },
];

export const shopDefinition: DetectorDefinition = {
    version: 1,
    name: "shop",
    owner: "urn:ours",
    detectorArn: "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:lookout-dev-shop",
    interval: "PT1H",
    timeZone: "UTC",
    offsetSeconds: 300,
    latenessSeconds: 0,
    source: "warehouse",
    extractor: "extract-warehouse",
    maxConcurrentStatements: 2,
    live: generation,
    next: null,
};

export const liveRun: Run = {
    kind: "live",
    detector: "shop",
    interval: "PT1H",
    source: "warehouse",
    generation,
    execution: "arn:aws:states:us-east-1:123456789012:execution:live:shop-1",
    fence: 1,
    extractor: "extract-warehouse",
    maxConcurrentStatements: 2,
};
export const backfillRun: Run = {
    ...liveRun,
    kind: "backfill",
    execution: liveRun.execution.replaceAll("live", "backfill"),
};

/** Writes the detector's definition and generation record. */
export async function writeShop(
    store: ObjectStore,
    definition: Partial<DetectorDefinition> = {},
    record: GenerationRecord = shopRecord,
): Promise<void> {
    const whole = { ...shopDefinition, ...definition };
    await writeDocument(store, definitionKey(whole.interval, whole.name), detectorDefinition, whole);
    await writeDocument(store, generationKey(whole.name, record.generation), generationRecord, record);
}

/** Rows of a window as a source leaves them: one object of an attempt, and the attempt's ticket. */
export async function extract(
    store: ObjectStore,
    run: Run,
    window: Window,
    {
        attempt = 1,
        rows = [row(window.start)],
        part = "0000.csv",
    }: { attempt?: number; rows?: string[]; part?: string } = {},
): Promise<{ run: Run; window: Window; ticketKey: string; attemptId: string; folder: string }> {
    const id = attemptId(run.execution, window, attempt);
    const folder = attemptFolder(run, window, shopSpec, id);
    const key = ticketKey(run.detector, run.generation, id);
    await store.put(key, JSON.stringify({ statement: "s-1", queryHash: "0123456789abcdef" }));
    if (rows.length > 0) await store.put(`${folder}${part}`, ["ts,platform,views", ...rows, ""].join("\n"));
    return { run, window, ticketKey: key, attemptId: id, folder };
}

export const row = (instant: number, views = 1): string =>
    `${new Date(instant).toISOString().slice(0, 19).replace("T", " ")},web,${views}`;

/** Extracts and commits windows. */
export async function commitAll(store: ObjectStore, run: Run, windows: readonly Window[]): Promise<void> {
    for (const window of windows) {
        await commitWindow({ store, advance: async () => undefined }, await extract(store, run, window));
    }
}

/** The ledger of shop's first generation as it stands. */
export async function viewOf(store: ObjectStore): Promise<LedgerView> {
    return readLedger(store, "shop", await readGeneration(store, "shop", generation));
}
