import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { queryHash } from "../../pipeline/query";
import { formatWindow } from "../../pipeline/windows";
import type { Extraction, ExtractionStatus, Extractor, OpenedSource, Ticket } from "../metricSource";
import { columnsOf, withKeysOf } from "../sql/about";
import type { Clock } from "../sql/patience";
import { describeBy, inspectBy, type Questions } from "../sql/looks";
import { aboutTicket, statementTicket } from "../sql/statementTicket";
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

const ticketSchema = statementTicket.extend({ bucket: z.string(), prefix: z.string() });

/** Run half of the Snowflake source: COPY INTO by the SQL API, so that the warehouse writes the rows and nobody holds a connection. */
export function open(source: Source, tools: SnowflakeTools = openTools(source.region)): Extractor {
    const questions: Questions = {
        source: source.name,
        asker: async (about) => asker(await signIn(source, tools), tools, about),
        selectColumns,
        selectWindow,
        identifier: quoteExactly,
    };
    return {
        start: (extraction) => start(source, tools, extraction),
        status: (ticket) => status(source, tools, ticket),
        cancel: (ticket) => cancel(source, tools, ticket),
        describe: (spec) => describeBy(questions, spec),
        inspect: (spec, window) => inspectBy(questions, spec, window),
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
    const { bucket, prefix } = ticketSchema.parse(ticket);
    const about = aboutTicket(source.name, ticket);
    const session = await signIn(source, tools);
    const response = await call({ ...about, doing: "asking for the query's state" }, () =>
        look(session, tools, about.statementId),
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
    const about = { ...aboutTicket(source.name, ticket), doing: "cancelling the query" };
    const session = await signIn(source, tools);
    const response = await call(about, () => cancelStatement(session, tools, about.statementId));
    // 422: there was nothing to stop.
    if (response.status !== 200 && response.status !== 422) {
        throw sortResponse(response, { ...about, fingerprint: fingerprintOf(session.credentials.key) });
    }
}

async function signIn({ name, config }: Source, { secrets }: SnowflakeTools): Promise<Session> {
    return { config, credentials: await readCredentials({ name, config }, secrets) };
}

/** The attempt's token in the form that the API takes, a UUID. */
function requestIdOf(token: string): string {
    const hex = createHash("sha256").update(token).digest("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
