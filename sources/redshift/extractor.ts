import { CancelStatementCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "../../errors";
import { queryHash } from "../../pipeline/query";
import { formatInstant, formatWindow } from "../../pipeline/windows";
import type { Extraction, ExtractionStatus, Extractor, OpenedSource, Ticket } from "../metricSource";
import { columnsOf, withKeysOf } from "../sql/about";
import { quoteIdentifier } from "../sql/quoting";
import { describeBy, inspectBy, type Questions } from "../sql/looks";
import { aboutTicket } from "../sql/statementTicket";
import type { RedshiftConfig } from "./config";
import { sortFailure, sortStatementFailure } from "./failures";
import { selectColumns, selectWindow, unloadStatement } from "./sql";
import { asker, execute, isOpen, look, type RedshiftTools } from "./statements";

/** Run half of the Redshift source: UNLOAD through the Data API, so that the database writes the rows and nobody holds a connection. */
export function open(source: OpenedSource<RedshiftConfig>, tools: RedshiftTools = openTools(source.region)): Extractor {
    const questions: Questions = {
        source: source.name,
        asker: (about) => asker(source, tools, about),
        selectColumns,
        selectWindow,
        identifier: quoteIdentifier,
    };
    return {
        start: (extraction) => start(source, tools, extraction),
        status: (ticket) => status(source, tools, ticket),
        cancel: (ticket) => cancel(source, tools, ticket),
        describe: (spec) => describeBy(questions, spec),
        inspect: (spec, window) => inspectBy(questions, spec, window),
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
    const about = aboutTicket(source.name, ticket);
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
    const about = { ...aboutTicket(source.name, ticket), doing: "cancelling the query" };
    try {
        await tools.data.send(new CancelStatementCommand({ Id: about.statementId }));
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
