import { CancelStatementCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ConfigError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import { formatInstant, formatWindow, type Window } from "../../pipeline/windows";
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
import { quoteIdentifier } from "../sql/quoting";
import type { RedshiftConfig } from "./config";
import { sortFailure, sortStatementFailure } from "./failures";
import { selectColumns, selectWindow, unloadStatement } from "./sql";
import { asker, execute, isOpen, look, type RedshiftTools } from "./statements";

const ticketSchema = z.object({
    statementId: z.string(),
    detector: z.string(),
    window: z.string(),
    /** `Columns` as JSON: a ticket is flat. */
    columns: z.string(),
    queryHash: z.string(),
});

/** Run half of the Redshift source: UNLOAD through the Data API, so that the database writes the rows and nobody holds a connection. */
export function open(source: OpenedSource<RedshiftConfig>, tools: RedshiftTools = openTools(source.region)): Extractor {
    return {
        start: (extraction) => start(source, tools, extraction),
        status: (ticket) => status(source, tools, ticket),
        cancel: (ticket) => cancel(source, tools, ticket),
        describe: (spec) => describe(source, tools, spec),
        inspect: (spec, window) => inspect(source, tools, spec, window),
    };
}

function openTools(region: string): RedshiftTools {
    return {
        data: new RedshiftDataClient({ region }),
        secrets: new SecretsManagerClient({ region }),
        now: Date.now,
        sleep,
    };
}

async function start(
    source: OpenedSource<RedshiftConfig>,
    tools: RedshiftTools,
    extraction: Extraction,
): Promise<Ticket> {
    const { detector, spec, window, kind, bucket, prefix, token } = extraction;
    const about = { source: source.name, detector, window: formatWindow(window), doing: "starting the query" };
    const sql = withKeysOf(detector, () =>
        unloadStatement({
            spec,
            window,
            bucket,
            prefix,
            region: source.region,
            roleArn: unloadRole(source),
            // A window of one interval is one small object; a backfill window is worth writing from all slices at once.
            parallel: kind === "backfill",
        }),
    );
    const statementId = await execute(source, tools, about, {
        Sql: sql,
        ClientToken: token,
        StatementName: `lookout ${detector} ${formatInstant(window.start)}`,
    });
    return {
        statementId,
        detector,
        window: about.window,
        columns: JSON.stringify(columnsOf(spec)),
        queryHash: queryHash(selectWindow(spec, window)),
    };
}

async function status(
    source: OpenedSource<RedshiftConfig>,
    tools: RedshiftTools,
    ticket: Ticket,
): Promise<ExtractionStatus> {
    const { statementId, detector, window, columns } = ticketSchema.parse(ticket);
    const about = { source: source.name, detector, window, statementId, columns: JSON.parse(columns) as Columns };
    const { Status, Error: reason } = await look(tools, about);
    if (Status === "FINISHED") {
        return { state: "finished" };
    }
    if (Status === "FAILED" || Status === "ABORTED") {
        throw sortStatementFailure(Status, reason, about);
    }
    return { state: "running" };
}

async function cancel(source: OpenedSource<RedshiftConfig>, tools: RedshiftTools, ticket: Ticket): Promise<void> {
    const { statementId, detector, window } = ticketSchema.parse(ticket);
    const about = { source: source.name, detector, window, statementId, doing: "cancelling the query" };
    try {
        await tools.data.send(new CancelStatementCommand({ Id: statementId }));
    } catch (error) {
        if (isNamed(error, "ResourceNotFoundException")) {
            return;
        }
        // A statement that has ended is refused as invalid input; whether that was the reason, its state tells.
        const ended = isNamed(error, "ValidationException") && !isOpen(await look(tools, about));
        if (!ended) {
            throw sortFailure(error, about);
        }
    }
}

async function describe(
    source: OpenedSource<RedshiftConfig>,
    tools: RedshiftTools,
    spec: ExtractionSpec,
): Promise<readonly Column[]> {
    const about = { source: source.name, doing: "describing the query", columns: columnsOf(spec) };
    return (await asker(source, tools, about)(selectColumns(spec))).columns;
}

async function inspect(
    source: OpenedSource<RedshiftConfig>,
    tools: RedshiftTools,
    spec: ExtractionSpec,
    window: Window,
): Promise<Inspection> {
    const columns = columnsOf(spec);
    const about = { source: source.name, window: formatWindow(window), doing: "looking at the window", columns };
    const ask = asker(source, tools, about);
    const described = (await ask(selectColumns(spec))).columns;
    const inspected = { spec, sql: selectWindow(spec, window), described, identifier: quoteIdentifier };
    return inspectionOf(ask, inspected);
}

function unloadRole({ name, config, unloadRoleArn }: OpenedSource<RedshiftConfig>): string {
    const role = config.unloadRoleArn ?? unloadRoleArn;
    if (role === undefined) {
        throw new ConfigError([
            {
                key: `lookout:sources.${name}.unloadRoleArn`,
                finding: "there is no role for UNLOAD, neither named here nor made by the program",
                fix: "run pulumi up again, or name a role that is attached to the database",
            },
        ]);
    }
    return role;
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
