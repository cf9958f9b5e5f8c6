import type { S3Client } from "@aws-sdk/client-s3";
import { LookoutError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import { formatWindow, type Window } from "../../pipeline/windows";
import type { Column, ColumnKind, Extraction, Extractor, Inspection, OpenedSource, Ticket } from "../metricSource";
import { type About, columnsOf, withKeysOf } from "../sql/about";
import { inspectionOf } from "../sql/inspection";
import { finished } from "../upload/finished";
import { rowsTarget } from "../upload/target";
import { findRows, type UploadTarget, uploadRows } from "../upload/uploadRows";
import { type DuckdbConfig, pathsOf } from "./config";
import { sortFailure, tooLong, tooSlow } from "./failures";
import { throughPipe } from "./pipe";
import { quoteIdentifier } from "../sql/quoting";
import { bringFiles } from "./remoteFiles";
import { openSession, type Session } from "./session";
import { copyTo, describeQuery, kindOf, renderedQuery, selectWindow } from "./sql";

/** What the extractor talks through; a test puts its own in. */
export interface DuckdbTools {
    /** @default a client of the bucket's region */
    readonly objects?: S3Client;
    /** @default opens the driver's database */
    readonly openSession?: typeof openSession;
}

type Source = OpenedSource<DuckdbConfig>;

/** Run half of the DuckDB source: DuckDB writes a window's rows as CSV into a pipe, and they go into an upload as they come. */
export function open(source: Source, tools: DuckdbTools = {}): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: async (ticket) => finished(ticket),
        cancel: async () => undefined,
        describe: (spec, signal) => {
            const about = { doing: "describing the query", ...(signal && { signal }) };
            return withSession(source, tools, spec, about, (session) => describe(session, spec));
        },
        inspect: (spec, window, signal) => inspect(source, tools, spec, window, signal),
    };
}

async function start(source: Source, tools: DuckdbTools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, signal } = extraction;
    const { region, config } = source;
    const target = rowsTarget(extraction, { region, compression: config.compression, client: tools.objects });
    const ticket = {
        detector,
        window: formatWindow(window),
        key: target.key,
        queryHash: queryHash(renderedQuery(spec, window)),
    };
    const found = await findRows(target);
    if (found !== undefined) return { ...ticket, rows: null, bytes: found.bytes };
    const about = { detector, window: ticket.window, doing: "reading the rows", ...(signal && { signal }) };
    const wrote = await withSession(source, tools, spec, about, async (session) => {
        const kind = timestampKind(await describe(session, spec), spec);
        const select = withKeysOf(detector, () => selectWindow(spec, window, kind));
        return writeRows(session, select, target);
    });
    return { ...ticket, ...wrote };
}

/** Gives the rows and bytes that were written; no rows when another writer of the same attempt was faster. */
async function writeRows(
    session: Session,
    select: string,
    target: UploadTarget,
): Promise<{ rows: number | null; bytes: number }> {
    let count = 0;
    const { text, written } = await throughPipe(async (file) => {
        target.signal?.throwIfAborted();
        count = await session.copy(copyTo(select, file));
    });
    const uploading = uploadRows(text, target);
    // Nobody reads any more: the query is to end before its session does.
    uploading.catch(() => session.stop());
    const [uploaded, wrote] = await Promise.allSettled([uploading, written]);
    // A failure of the query destroys the text, so that the upload fails with it.
    if (uploaded.status === "rejected") throw uploaded.reason;
    const { existed, bytes } = uploaded.value;
    if (existed) return { rows: null, bytes };
    if (wrote.status === "rejected") throw wrote.reason;
    return { rows: count, bytes };
}

async function inspect(
    source: Source,
    tools: DuckdbTools,
    spec: ExtractionSpec,
    window: Window,
    signal: AbortSignal | undefined,
): Promise<Inspection> {
    const about = { window: formatWindow(window), doing: "looking at the rows", ...(signal && { signal }) };
    return withSession(source, tools, spec, about, async (session) => {
        const described = await describe(session, spec);
        const sql = selectWindow(spec, window, timestampKind(described, spec));
        const ask = async (statement: string) => {
            // An interruption that comes between two statements stops neither.
            signal?.throwIfAborted();
            return session.ask(statement);
        };
        return inspectionOf(ask, { spec, sql, described, identifier: quoteIdentifier });
    });
}

async function describe(session: Session, spec: ExtractionSpec): Promise<readonly Column[]> {
    const { rows } = await session.ask(describeQuery(spec));
    return rows.map(([name, type]) => ({ name: name ?? "", type: type ?? "", kind: kindOf(type ?? "") }));
}

/** A column that the query does not give is left to DuckDB, whose message names it. */
const timestampKind = (columns: readonly Column[], { timestamp }: ExtractionSpec): ColumnKind =>
    columns.find(({ name }) => name.toLowerCase() === timestamp.column.toLowerCase())?.kind ?? "timestamp";

/** Does something with a session of its own, which is stopped when the caller gives up and closed in any case. */
async function withSession<Result>(
    source: Source,
    tools: DuckdbTools,
    spec: ExtractionSpec,
    { signal, ...doing }: Omit<About, "source" | "columns"> & { readonly signal?: AbortSignal },
    work: (session: Session) => Promise<Result>,
): Promise<Result> {
    const about: About = { source: source.name, ...doing, columns: columnsOf(spec) };
    let session: Session | undefined;
    const stop = (): void => session?.stop();
    try {
        signal?.throwIfAborted();
        const localPaths = await bringFiles(pathsOf(source.config), {
            region: source.region,
            client: tools.objects,
            signal,
        });
        session = await (tools.openSession ?? openSession)(source, { timeZone: spec.sourceTimeZone, localPaths });
        signal?.addEventListener("abort", stop, { once: true });
        signal?.throwIfAborted();
        return await work(session);
    } catch (error) {
        if (signal?.aborted) throw about.detector === undefined ? tooSlow(about, error) : tooLong(about, error);
        throw error instanceof LookoutError ? error : sortFailure(error, about);
    } finally {
        signal?.removeEventListener("abort", stop);
        session?.close();
    }
}
