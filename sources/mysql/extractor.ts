import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { S3Client } from "@aws-sdk/client-s3";
import { LookoutError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import { formatWindow, type Window } from "../../pipeline/windows";
import type { Column, Extraction, Extractor, Inspection, OpenedSource, Ticket } from "../metricSource";
import { findLogin, signToken, type SignToken } from "../server/login";
import { type About, columnsOf, withKeysOf } from "../sql/about";
import { columnNames, inspectionOf } from "../sql/inspection";
import { finished } from "../upload/finished";
import { rowsTarget } from "../upload/target";
import { findRows, uploadRows } from "../upload/uploadRows";
import type { MysqlConfig } from "./config";
import { isTimeout, sortFailure, tooLong, tooSlow } from "./failures";
import { openSession, type Session } from "./session";
import { quoteIdentifier, renderedQuery, selectColumns, selectWindow } from "./sql";
import { ruleFor, type TimestampRule } from "./timestamp";

/** What the extractor talks through; a test puts its own in. */
export interface MysqlTools {
    readonly secrets: SecretsManagerClient;
    readonly sign: SignToken;
    /** Default: a client of the bucket's region. */
    readonly objects?: S3Client;
    /** Seconds after which the server stops a window's query: a little less than the function has. */
    readonly statementSeconds: number;
    /** Seconds after which it stops a statement that describes a query, or looks at a window. */
    readonly briefSeconds: number;
}

type Source = OpenedSource<MysqlConfig>;

const defaultPort = 3306;
const statementSeconds = 840;
/** The three statements that look at a window fit into the function's time. */
const briefSeconds = 240;

/** Run half of the MySQL source: one query in a read-only transaction, whose rows go into an upload as they come, in constant memory. */
export function open(source: Source, tools: MysqlTools = openTools(source.region)): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: async (ticket) => finished(ticket),
        cancel: async () => undefined,
        describe: (spec, signal) => describe(source, tools, spec, signal),
        inspect: (spec, window, signal) => inspect(source, tools, spec, window, signal),
    };
}

function openTools(region: string): MysqlTools {
    return { secrets: new SecretsManagerClient({ region }), sign: signToken, statementSeconds, briefSeconds };
}

async function start(source: Source, tools: MysqlTools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, signal } = extraction;
    const hash = queryHash(renderedQuery(spec, window));
    const { region, config } = source;
    const target = rowsTarget(extraction, { region, compression: config.compression, client: tools.objects });
    const found = await findRows(target);
    if (found !== undefined) return { rows: null, bytes: found.bytes, queryHash: hash };
    const about = {
        source: source.name,
        detector,
        window: formatWindow(window),
        doing: "reading the rows",
        columns: columnsOf(spec),
    };
    return withSession(source, tools, { about, signal, isBrief: false }, async (session) => {
        const { columns } = await session.ask(selectColumns(spec));
        const rule = withKeysOf(detector, () => ruleOf(columns, spec));
        const { text, rows } = session.stream(selectWindow(spec, window, rule), columnNames(spec));
        const { bytes, existed } = await uploadRows(text, target);
        return { rows: existed ? null : rows(), bytes, queryHash: hash };
    });
}

async function describe(
    source: Source,
    tools: MysqlTools,
    spec: ExtractionSpec,
    signal: AbortSignal | undefined,
): Promise<readonly Column[]> {
    const about = { source: source.name, doing: "describing the query", columns: columnsOf(spec) };
    return withSession(
        source,
        tools,
        { about, signal, isBrief: true },
        async (session) => (await session.ask(selectColumns(spec))).columns,
    );
}

async function inspect(
    source: Source,
    tools: MysqlTools,
    spec: ExtractionSpec,
    window: Window,
    signal: AbortSignal | undefined,
): Promise<Inspection> {
    const about = {
        source: source.name,
        window: formatWindow(window),
        doing: "looking at the rows",
        columns: columnsOf(spec),
    };
    return withSession(source, tools, { about, signal, isBrief: true }, async (session) => {
        const described = (await session.ask(selectColumns(spec))).columns;
        const sql = selectWindow(spec, window, ruleOf(described, spec));
        return inspectionOf((statement) => session.ask(statement), {
            spec,
            sql,
            described,
            identifier: quoteIdentifier,
        });
    });
}

/** A column that the query does not give is left to the server, whose message names it. */
function ruleOf(columns: readonly Column[], { timestamp }: ExtractionSpec): TimestampRule {
    const column = columns.find(({ name }) => name.toLowerCase() === timestamp.column.toLowerCase());
    return column === undefined ? { kind: "clock" } : ruleFor(column, timestamp.format);
}

/** Does something with a session of its own, which is closed in any case and stopped when the caller gives up. */
async function withSession<Result>(
    source: Source,
    tools: MysqlTools,
    {
        about,
        signal,
        isBrief,
    }: { readonly about: About; readonly signal: AbortSignal | undefined; readonly isBrief: boolean },
    work: (session: Session) => Promise<Result>,
): Promise<Result> {
    const login = await findLogin(source, defaultPort, tools);
    const seconds = isBrief ? tools.briefSeconds : tools.statementSeconds;
    const sayTooMuch = isBrief ? tooSlow : tooLong;
    let session: Session | undefined;
    try {
        signal?.throwIfAborted();
        session = await openSession(login, {
            certificateAuthority: source.config.certificateAuthority,
            statementSeconds: seconds,
        });
        return await orAbort(work(session), signal);
    } catch (error) {
        if (signal?.aborted) {
            await session?.stop();
            throw sayTooMuch(about, "the function's time", error);
        }
        if (isTimeout(error)) throw sayTooMuch(about, `the ${seconds} seconds`, error);
        throw error instanceof LookoutError ? error : sortFailure(error, about);
    } finally {
        session?.close();
    }
}

/** The work's result, or a rejection as soon as the signal aborts: a driver may never answer once its connection is gone. */
async function orAbort<Result>(work: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    if (signal === undefined) return work;
    let giveUp = (): void => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
        giveUp = () => reject(signal.reason as Error);
        if (signal.aborted) giveUp();
        else signal.addEventListener("abort", giveUp, { once: true });
    });
    try {
        return await Promise.race([work, aborted]);
    } finally {
        signal.removeEventListener("abort", giveUp);
    }
}
