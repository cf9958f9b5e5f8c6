import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import { formatWindow, type Window } from "../../pipeline/windows";
import type {
    Column,
    Extraction,
    ExtractionStatus,
    Extractor,
    Inspection,
    OpenedSource,
    Ticket,
} from "../metricSource";
import { type Columns, columnsOf, withKeysOf } from "../sql/about";
import { inspectionOf } from "../sql/inspection";
import type { Clock } from "../sql/patience";
import { rowsUnloaded } from "./answers";
import { type ApiTools, cancel as cancelStatement, look, type Session, submit } from "./api";
import type { SnowflakeConfig } from "./config";
import { sortResponse } from "./failures";
import { requireFiles } from "./files";
import { quoteExactly } from "./names";
import { readCredentials } from "./secret";
import { copyStatement, selectColumns, selectWindow } from "./sql";
import { asker, call, handleOf } from "./statements";
import { fingerprintOf } from "./token";

/**
 * What the extractor talks through; a test puts its own in. `describe` and `inspect` alone wait, since extractions are waited for by the
 * state machine.
 */
export interface SnowflakeTools extends ApiTools, Clock {
    readonly secrets: SecretsManagerClient;
    readonly s3: S3Client;
}

type Source = OpenedSource<SnowflakeConfig>;

const ticketSchema = z.object({
    statementId: z.string(),
    detector: z.string(),
    window: z.string(),
    bucket: z.string(),
    prefix: z.string(),
    /** `Columns` as JSON: a ticket is flat. */
    columns: z.string(),
    queryHash: z.string(),
});

/** Run half of the Snowflake source: COPY INTO by the SQL API, so that the warehouse writes the rows and nobody holds a connection. */
export function open(source: Source, tools: SnowflakeTools = openTools(source.region)): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: (ticket) => status(source, tools, ticket),
        cancel: (ticket) => cancel(source, tools, ticket),
        describe: (spec) => describe(source, tools, spec),
        inspect: (spec, window) => inspect(source, tools, spec, window),
    };
}

function openTools(region: string): SnowflakeTools {
    return { secrets: new SecretsManagerClient({ region }), s3: new S3Client({ region }), now: Date.now, sleep };
}

async function start(source: Source, tools: SnowflakeTools, extraction: Extraction): Promise<Ticket> {
    const { detector, spec, window, bucket, prefix, token } = extraction;
    const about = { source: source.name, detector, window: formatWindow(window), doing: "starting the query" };
    const { storageIntegration, stage } = source.config;
    const sql = withKeysOf(detector, () => copyStatement({ spec, window, bucket, prefix, storageIntegration, stage }));
    const session = await signIn(source, tools);
    const response = await call(about, () =>
        submit(session, tools, sql, { requestId: requestIdOf(token), tag: `lookout ${detector}` }),
    );
    return {
        statementId: handleOf(response, session, about),
        detector,
        window: about.window,
        bucket,
        prefix,
        columns: JSON.stringify(columnsOf(spec)),
        queryHash: queryHash(selectWindow(spec, window)),
    };
}

async function status(source: Source, tools: SnowflakeTools, ticket: Ticket): Promise<ExtractionStatus> {
    const { statementId, detector, window, bucket, prefix, columns } = ticketSchema.parse(ticket);
    const about = { source: source.name, detector, window, statementId, columns: JSON.parse(columns) as Columns };
    const session = await signIn(source, tools);
    const response = await call({ ...about, doing: "asking for the query's state" }, () =>
        look(session, tools, statementId),
    );
    if (response.status === 202) {
        return { state: "running" };
    }
    if (response.status !== 200) {
        throw sortResponse(response, { ...about, fingerprint: fingerprintOf(session.credentials.key) });
    }
    const rows = rowsUnloaded(response);
    await requireFiles(tools.s3, { bucket, prefix, rows }, about);
    return { state: "finished", ...(rows !== undefined && { rows }) };
}

async function cancel(source: Source, tools: SnowflakeTools, ticket: Ticket): Promise<void> {
    const { statementId, detector, window } = ticketSchema.parse(ticket);
    const about = { source: source.name, detector, window, statementId, doing: "cancelling the query" };
    const session = await signIn(source, tools);
    const response = await call(about, () => cancelStatement(session, tools, statementId));
    // 422: there was nothing to stop.
    if (response.status !== 200 && response.status !== 422) {
        throw sortResponse(response, { ...about, fingerprint: fingerprintOf(session.credentials.key) });
    }
}

async function describe(source: Source, tools: SnowflakeTools, spec: ExtractionSpec): Promise<readonly Column[]> {
    const about = { source: source.name, doing: "describing the query", columns: columnsOf(spec) };
    return (await asker(await signIn(source, tools), tools, about)(selectColumns(spec))).columns;
}

async function inspect(
    source: Source,
    tools: SnowflakeTools,
    spec: ExtractionSpec,
    window: Window,
): Promise<Inspection> {
    const columns = columnsOf(spec);
    const about = { source: source.name, window: formatWindow(window), doing: "looking at the window", columns };
    const ask = asker(await signIn(source, tools), tools, about);
    const described = (await ask(selectColumns(spec))).columns;
    const inspected = { spec, sql: selectWindow(spec, window), described, identifier: quoteExactly };
    return inspectionOf(ask, inspected);
}

async function signIn({ name, config }: Source, { secrets }: SnowflakeTools): Promise<Session> {
    return { config, credentials: await readCredentials({ name, config }, secrets) };
}

/** The attempt's token in the form that the API takes, a UUID. */
function requestIdOf(token: string): string {
    const hex = createHash("sha256").update(token).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
