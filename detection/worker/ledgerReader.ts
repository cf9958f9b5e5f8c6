import type { ObjectStore } from "../../objects/objectStore";
import { isPacked } from "../../pipeline/csv";
import { readDocument } from "../../pipeline/documents";
import { generationKey, ledgerPrefix, manifestKey, parkedKey, parkedPrefix } from "../../pipeline/objectLayout";
import { generationRecord, manifest, parkedWindow, type Manifest } from "../../pipeline/records";
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
            for await (const { key } of objects.list(ledgerPrefix(detector, generation))) {
                const start = startOfKey(key);
                if (start === undefined || (history !== undefined && start >= history.end)) continue;
                const window = await readManifest(objects, key);
                if (window?.kind !== "backfill") continue;
                end = Math.max(end ?? 0, window.window.end);
                await readManifestRows(window, table);
                watch?.(++count);
            }
            return { table, end: end === undefined ? undefined : calendar.positionOf(end) };
        },
        ready: (from) => readyManifests(options, source, from, readManifestRows),
        late: (read) => lateManifests(options, source, read, readManifestRows),
    };
}

async function* readyManifests(
    { objects, calendar, metricSet }: WindowReaderOptions,
    { detector, generation }: { readonly detector: string; readonly generation: string },
    from: number,
    readManifestRows: ReadManifest,
): AsyncGenerator<ReadWindow, void, undefined> {
    let next = from;
    let parked: Set<number> | undefined;
    const after = manifestKey(detector, generation, calendar.startOf(from) - 1000);
    for await (const { key, etag } of objects.list(ledgerPrefix(detector, generation), after)) {
        const start = startOfKey(key);
        if (start === undefined || calendar.positionOf(start) < next) continue;
        // A committed window after parked ones: those are gaps. After one that is neither, nothing can be said yet.
        for (const position = calendar.positionOf(start); next < position; next++) {
            parked ??= await parkedPositions(objects, calendar, detector, generation);
            if (!parked.has(next)) return;
            const failure = await parkedReason(objects, detector, generation, calendar.startOf(next));
            yield { first: next, last: next, failure, tag: parkedTag };
        }
        const window = await readManifest(objects, key);
        if (window === undefined) return;
        const read = await readWindow(window, { calendar, metricSet, first: next }, readManifestRows);
        yield { ...read, tag: etag };
        next = read.last + 1;
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
    { detector, generation }: { readonly detector: string; readonly generation: string },
    read: WindowReaderRead,
    readManifestRows: ReadManifest,
): Promise<LateWindow[]> {
    const [oldest] = read;
    if (oldest === undefined) return [];
    const late: LateWindow[] = [];
    const byStart = new Map(read.map((window) => [window.start, window]));
    const after = manifestKey(detector, generation, oldest.start - 1000);
    for await (const { key, etag } of objects.list(ledgerPrefix(detector, generation), after)) {
        const start = startOfKey(key);
        if (start === undefined || start > read.at(-1)!.start) break;
        const known = byStart.get(start);
        if (known === undefined || known.tag === etag) continue;
        const window = await readManifest(objects, key);
        if (window === undefined) continue;
        const { rows, attempt } = window;
        // A later run that found the same rows wrote the manifest anew, and no other attempt into it.
        const isSame = known.attempt === attempt;
        const finding = `${key}: ${rows} rows, of which ${known.rows} had come when the window was scored`;
        const first = calendar.positionOf(start);
        late.push({
            ...{ start, tag: etag, rows, attempt },
            ...(isSame ? {} : { finding }),
            read: async () => ({
                ...(await readWindow(window, { calendar, metricSet, first }, readManifestRows)),
                tag: etag,
            }),
        });
    }
    return late;
}
type WindowReaderRead = Parameters<WindowReader["late"]>[0];

const readManifest = async (objects: ObjectStore, key: string): Promise<Manifest | undefined> =>
    (await readDocument(objects, key, manifest))?.value;

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

/** Start of the window that a manifest's or a parked window's key names. */
function startOfKey(key: string): number | undefined {
    const [, year, month, day, hour, minute, second] =
        /\/(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z\.json$/.exec(key) ?? [];
    return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
