import type { ObjectStore } from "../../objects/objectStore";
import { isPacked } from "../../pipeline/csv";
import { readDocument } from "../../pipeline/documents";
import { ledgerEntries, openIndexes, type ReadIndex } from "../../pipeline/manifests";
import type { LedgerPlace } from "../../pipeline/monthIndex";
import { generationKey, manifestKey, parkedKey, parkedPrefix, startOfKey } from "../../pipeline/objectLayout";
import { generationRecord, parkedWindow, type Manifest } from "../../pipeline/records";
import type { Calendar } from "./calendar";
import { horizonOf } from "./checkpoints";
import { ownFormat } from "./rowFormat";
import { readRows } from "./rows";
import { createRowTable, type RowTable } from "./rowTable";
import { ownTimestampFormat, type RowSource } from "./sources";
import {
    planOf,
    readOrNote,
    shapeOf,
    type LateWindow,
    type ReadWindow,
    type WindowReader,
    type WindowReaderOptions,
} from "./windowReader";

/** Reads a manifest's rows into a table; gives why that failed, where it did. */
type ReadManifest = (window: Manifest, table: RowTable, positions?: Span) => Promise<string | undefined>;
interface Span {
    readonly first: number;
    readonly last: number;
}

/** What stands for a window of which nothing was read. */
const parkedTag = "parked";

/** Committed windows of the pipeline: the manifests' objects and no others. */
export function ledgerReader(options: WindowReaderOptions, source: RowSource & { kind: "ledger" }): WindowReader {
    const { objects, calendar, bucketName } = options;
    const { detector, generation } = source;
    const ledger = { place: { detector, generation }, readIndex: openIndexes(objects, source) };
    const plan = planOf(options, { format: ownTimestampFormat, timeZone: "UTC" });
    const readManifestRows: ReadManifest = async (window, table, positions) => {
        for (const { key } of window.objects) {
            const object = `s3://${bucketName}/${key}`;
            const failure = await readOrNote(table, async () => {
                const bytes = await objects.stream(key);
                await readRows(
                    { object, bytes, format: { ...ownFormat, isGzip: isPacked(key) } },
                    { ...plan, positions },
                    table,
                );
            });
            if (failure !== undefined) return failure;
        }
        return undefined;
    };
    return {
        remembers: horizonOf(calendar),
        past: async ({ watch, prepare } = {}) => {
            const record = await readDocument(objects, generationKey(detector, generation), generationRecord);
            const table = createRowTable(shapeOf(options.metricSet));
            prepare?.(table);
            const history = record?.value.history;
            let end = history?.end;
            let count = 0;
            for await (const { start, read } of ledgerEntries(objects, source, undefined, ledger.readIndex)) {
                if (history !== undefined && start >= history.end) break;
                const window = await read();
                if (window?.kind !== "backfill") continue;
                end = Math.max(end ?? 0, window.window.end);
                await readManifestRows(window, table);
                watch?.(++count);
            }
            return { table, end: end === undefined ? undefined : calendar.positionOf(end) };
        },
        ready: (from) => readyManifests(options, ledger, from, readManifestRows),
        late: (read) => lateManifests(options, ledger, read, readManifestRows),
    };
}

/** A ledger, and the indexes of it that were read. */
interface Ledger {
    readonly place: LedgerPlace;
    readonly readIndex: ReadIndex;
}

async function* readyManifests(
    { objects, calendar, metricSet }: WindowReaderOptions,
    { place, readIndex }: Ledger,
    from: number,
    readManifestRows: ReadManifest,
): AsyncGenerator<ReadWindow, void, undefined> {
    let next = from;
    let parked: Set<number> | undefined;
    const { detector, generation } = place;
    for await (const { start, tag, read } of ledgerEntries(objects, place, calendar.startOf(from), readIndex)) {
        if (calendar.positionOf(start) < next) continue;
        // A committed window after parked ones: those are gaps. After one that is neither, nothing can be said yet.
        for (const position = calendar.positionOf(start); next < position; next++) {
            parked ??= await parkedPositions(objects, calendar, detector, generation);
            if (!parked.has(next)) return;
            const failure = await parkedReason(objects, detector, generation, calendar.startOf(next));
            yield { first: next, last: next, failure, tag: parkedTag };
        }
        const window = await read();
        if (window === undefined) return;
        const ready = await readWindow(window, { calendar, metricSet, first: next }, readManifestRows);
        yield { ...ready, tag };
        next = ready.last + 1;
    }
}

/** Reads a committed window, or what of it begins at a position. */
async function readWindow(
    window: Manifest,
    { calendar, metricSet, first }: Pick<WindowReaderOptions, "calendar" | "metricSet"> & { readonly first: number },
    readManifestRows: ReadManifest,
): Promise<Omit<ReadWindow, "tag">> {
    const last = calendar.positionOf(window.window.end) - 1;
    const table = createRowTable(shapeOf(metricSet), last - first + 1);
    const failure = await readManifestRows(window, table, { first, last });
    return { first, last, table, failure, attempt: window.attempt };
}

/** Windows that were extracted again, or for the first time after they had been parked, since they were scored. */
async function lateManifests(
    { objects, calendar, metricSet }: WindowReaderOptions,
    { place, readIndex }: Ledger,
    windows: WindowReaderRead,
    readManifestRows: ReadManifest,
): Promise<LateWindow[]> {
    const [oldest] = windows;
    if (oldest === undefined) return [];
    const late: LateWindow[] = [];
    const byStart = new Map(windows.map((window) => [window.start, window]));
    for await (const { start, tag, read } of ledgerEntries(objects, place, oldest.start, readIndex)) {
        if (start > windows.at(-1)!.start) break;
        const known = byStart.get(start);
        if (known === undefined || known.tag === tag) continue;
        const window = await read();
        if (window === undefined) continue;
        const { rows, attempt } = window;
        // A later run that found the same rows wrote the manifest anew, and no other attempt into it.
        const isSame = known.attempt === attempt;
        const key = manifestKey(place.detector, place.generation, start);
        const finding = `${key}: ${rows} rows, of which ${known.rows} had come when the window was scored`;
        const first = calendar.positionOf(start);
        late.push({
            ...{ start, tag, rows, attempt },
            ...(isSame ? {} : { finding }),
            read: async () => ({
                ...(await readWindow(window, { calendar, metricSet, first }, readManifestRows)),
                tag,
            }),
        });
    }
    return late;
}
type WindowReaderRead = Parameters<WindowReader["late"]>[0];

async function parkedPositions(
    objects: ObjectStore,
    calendar: Calendar,
    detector: string,
    generation: string,
): Promise<Set<number>> {
    const positions = new Set<number>();
    for await (const { key } of objects.list(parkedPrefix(detector, generation))) {
        const start = startOfKey(key);
        if (start !== undefined) positions.add(calendar.positionOf(start));
    }
    return positions;
}

async function parkedReason(
    objects: ObjectStore,
    detector: string,
    generation: string,
    start: number,
): Promise<string> {
    const found = await readDocument(objects, parkedKey(detector, generation, start), parkedWindow);
    return found === undefined ? "The extraction failed." : `The extraction failed: ${found.value.message}`;
}
