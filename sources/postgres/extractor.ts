import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { S3Client } from "@aws-sdk/client-s3";
import type { Client } from "pg";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import { formatWindow, type Window } from "../../pipeline/windows";
import { QueryError } from "../../errors";
import type { Column, ColumnKind, Extraction, Extractor, Inspection, OpenedSource, Ticket } from "../metricSource";
import { findLogin, type SignToken, signToken } from "../server/login";
import { type About, columnHint, columnsOf, contextOf, whereOf, withKeysOf } from "../sql/about";
import { type Answer, inspectionOf } from "../sql/inspection";
import { finished } from "../upload/finished";
import { rowsTarget } from "../upload/target";
import { findRows, uploadRows } from "../upload/uploadRows";
import { quoteIdentifier } from "../sql/quoting";
import { kindOf } from "./columns";
import type { PostgresConfig } from "./config";
import { type Session, withSession } from "./connection";
import { copyRows } from "./copyRows";
import { isTimeout, tooLong, tooSlow } from "./failures";
import { copyStatement, selectColumns, selectTypes, selectWindow } from "./sql";

/** What the extractor talks through; a test puts its own in. */
export interface PostgresTools {
    readonly secrets: SecretsManagerClient;
    readonly sign: SignToken;
    /** Default: a client of the bucket's region. */
    readonly s3?: S3Client;
    /** Milliseconds after which the server stops a window's query. */
    readonly statementTimeoutMs: number;
    /** Milliseconds after which it stops a statement that describes a query, or looks at a window. */
    readonly briefTimeoutMs: number;
}

/** A little less than the function has, so that it is the server that gives up, and the function that tells of it. */
const statementTimeoutMs = 850_000;
/** Milliseconds for a statement that gives a few rows: the three that look at a window fit into the function's time. */
const briefTimeoutMs = 240_000;
const defaultPort = 5432;

type Source = OpenedSource<PostgresConfig>;

/**
 * Run half of the PostgreSQL source: `COPY (query) TO STDOUT`, streamed as it comes into the attempt's one object. `start` does the whole
 * window; a repeated one finds the object and asks the database nothing.
 */
export function open(source: Source, tools: PostgresTools = openTools(source.region)): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: async (ticket) => finished(ticket),
        // The window was extracted before there was a ticket.
        cancel: async () => undefined,
        describe: (spec, signal) => describe(source, tools, spec, signal),
        inspect: (spec, window, signal) => inspect(source, tools, spec, window, signal),
    };
}

function openTools(region: string): PostgresTools {
    return { secrets: new SecretsManagerClient({ region }), sign: signToken, statementTimeoutMs, briefTimeoutMs };
}

async function start(source: Source, tools: PostgresTools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, signal } = extraction;
    const about: About = {
        source: source.name,
        detector,
        window: formatWindow(window),
        doing: "extracting the window",
        columns: columnsOf(spec),
    };
    // Named without asking the database for the type of the timestamp, so that a repeated call gives the same.
    const hash = queryHash(selectWindow(spec, window, "instant"));
    const { region, config } = source;
    const target = rowsTarget(extraction, { region, compression: config.compression, client: tools.s3 });
    const done = await findRows(target);
    if (done !== undefined) return { bytes: done.bytes, rows: null, queryHash: hash };
    const settings = { sourceTimeZone: spec.sourceTimeZone, statementTimeoutMs: tools.statementTimeoutMs };
    const login = await findLogin(source, defaultPort, tools);
    try {
        const at = { login, config: source.config, about, ...(signal !== undefined && { signal }) };
        return await withSession(at, settings, async ({ client, version }) => {
            const kind = timestampKind(await columnsIn(client, spec), spec, about);
            const select = withKeysOf(detector, () => selectWindow(spec, window, kind, version));
            const { text, count } = copyRows(client, copyStatement(select));
            const { bytes, existed } = await uploadRows(text, target);
            // Rows are counted where they are known to be this attempt's.
            return { rows: existed ? null : count(), bytes, queryHash: hash };
        });
    } catch (error) {
        if (signal?.aborted) throw tooLong(about, error);
        throw error;
    }
}

async function describe(
    source: Source,
    tools: PostgresTools,
    spec: ExtractionSpec,
    signal: AbortSignal | undefined,
): Promise<readonly Column[]> {
    const about = { source: source.name, doing: "describing the query", columns: columnsOf(spec) };
    return withBriefSession(source, tools, { spec, about, signal }, ({ client }) => columnsIn(client, spec));
}

async function inspect(
    source: Source,
    tools: PostgresTools,
    spec: ExtractionSpec,
    window: Window,
    signal: AbortSignal | undefined,
): Promise<Inspection> {
    const columns = columnsOf(spec);
    const about = { source: source.name, window: formatWindow(window), doing: "looking at the window", columns };
    return withBriefSession(source, tools, { spec, about, signal }, async ({ client }) => {
        const described = await columnsIn(client, spec);
        const sql = selectWindow(spec, window, timestampKind(described, spec, about));
        const ask = async (text: string): Promise<Answer> => {
            // What stops the server comes in between two statements as well.
            signal?.throwIfAborted();
            const { rows } = await client.query<(string | null)[]>({ text, rowMode: "array" });
            return { columns: [], rows };
        };
        return inspectionOf(ask, { spec, sql, described, identifier: quoteIdentifier });
    });
}

/** A few short statements: for which query, and until when. */
interface BriefWork {
    readonly spec: ExtractionSpec;
    readonly about: About;
    readonly signal: AbortSignal | undefined;
}

async function withBriefSession<Result>(
    source: Source,
    tools: PostgresTools,
    { spec, about, signal }: BriefWork,
    work: (session: Session) => Promise<Result>,
): Promise<Result> {
    const login = await findLogin(source, defaultPort, tools);
    const settings = { sourceTimeZone: spec.sourceTimeZone, statementTimeoutMs: tools.briefTimeoutMs };
    const at = { login, config: source.config, about, ...(signal !== undefined && { signal }) };
    try {
        return await withSession(at, settings, work);
    } catch (error) {
        if (signal?.aborted) throw tooSlow(about, error);
        const { cause } = error as Error;
        throw cause !== undefined && isTimeout(cause) ? tooSlow(about, cause) : error;
    }
}

/** Names and types of what the query gives. */
async function columnsIn(client: Client, spec: ExtractionSpec): Promise<readonly Column[]> {
    const { fields } = await client.query(selectColumns(spec));
    const numbers = fields.map(({ dataTypeID }) => dataTypeID);
    const values = [numbers, fields.map(({ dataTypeModifier }) => dataTypeModifier)];
    const { rows } = await client.query<[string, string]>({ text: selectTypes, values, rowMode: "array" });
    return fields.map(({ name }, index) => {
        const [type, category] = rows[index] ?? ["", ""];
        return { name, type, kind: kindOf(numbers[index] ?? 0, category) };
    });
}

function timestampKind(columns: readonly Column[], { timestamp }: ExtractionSpec, about: About): ColumnKind {
    const found = columns.find(({ name }) => name === timestamp.column);
    if (found !== undefined) return found.kind;
    const has = columns.map(({ name }) => name).join(", ");
    const hint = columnHint(timestamp.column, about) ?? "";
    throw new QueryError(
        `${whereOf(about)}: the query has no column "${timestamp.column}"; it has ${has}. ${hint}`.trim(),
        contextOf(about),
    );
}
