import {
    CancelStatementCommand,
    DescribeStatementCommand,
    type DescribeStatementResponse,
    ExecuteStatementCommand,
    type ExecuteStatementInput,
    GetStatementResultCommand,
    type RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SourceBusyError } from "../../errors";
import type { OpenedSource } from "../metricSource";
import type { About } from "../sql/about";
import type { Answer, Ask } from "../sql/inspection";
import { type Clock, patienceOf } from "../sql/patience";
import { answerOf } from "./answers";
import type { RedshiftConfig } from "./config";
import { forgottenStatement, sortFailure, sortStatementFailure } from "./failures";
import { findDatabase } from "./secret";

/**
 * What the extractor talks through; a test puts its own in. The clock is for `asker` alone, since extractions are waited for by the state
 * machine.
 */
export interface RedshiftTools extends Clock {
    readonly data: RedshiftDataClient;
    readonly secrets: SecretsManagerClient;
}

/** States of a statement that can still change; see DescribeStatement in the Data API's reference. */
const openStates: ReadonlySet<string> = new Set(["SUBMITTED", "PICKED", "STARTED"]);

export const isOpen = ({ Status = "STARTED" }: DescribeStatementResponse): boolean => openStates.has(Status);

/** Seconds that the statements of one asker may take together; a check makes four calls at most within the function's time. */
const patienceSeconds = 25;

/** Submits a statement and gives its id. */
export async function execute(
    source: OpenedSource<RedshiftConfig>,
    tools: RedshiftTools,
    about: About,
    statement: Pick<ExecuteStatementInput, "Sql" | "ClientToken" | "StatementName">,
): Promise<string> {
    const { secret, dbUser } = source.config;
    const { cluster, workgroup, database } = await findDatabase(source, tools.secrets);
    try {
        const { Id } = await tools.data.send(
            new ExecuteStatementCommand({
                ...statement,
                Database: database,
                ...(workgroup === undefined ? { ClusterIdentifier: cluster } : { WorkgroupName: workgroup }),
                ...(secret !== undefined && { SecretArn: secret }),
                ...(dbUser !== undefined && { DbUser: dbUser }),
            }),
        );
        if (Id === undefined) {
            throw new Error("the Data API answered without a statement id");
        }
        return Id;
    } catch (error) {
        throw sortFailure(error, about);
    }
}

/** How a statement stands. Throws SourceBusyError for one that the service has forgotten. */
export async function look(
    tools: RedshiftTools,
    about: About & { statementId: string },
): Promise<DescribeStatementResponse> {
    try {
        return await tools.data.send(new DescribeStatementCommand({ Id: about.statementId }));
    } catch (error) {
        throw error instanceof Error && error.name === "ResourceNotFoundException"
            ? forgottenStatement(about)
            : sortFailure(error, { ...about, doing: "asking for the query's state" });
    }
}

/** Runs statements that give few rows and waits for them, all of them together for 25 s at most; then it cancels and is busy. */
export function asker(source: OpenedSource<RedshiftConfig>, tools: RedshiftTools, about: About): Ask {
    const patience = patienceOf(tools, patienceSeconds);
    return async (sql) => {
        const statementId = await execute(source, tools, about, { Sql: sql, StatementName: "lookout check" });
        const asked = { ...about, statementId };
        const ended = await patience.until(async () => {
            const state = await look(tools, asked);
            return isOpen(state) ? undefined : state;
        });
        if (ended === undefined) return giveUp(tools, asked);
        if (ended.Status !== "FINISHED") throw sortStatementFailure(ended.Status ?? "", ended.Error, asked);
        return resultOf(tools, asked);
    };
}

async function giveUp(tools: RedshiftTools, { statementId, source, doing }: About): Promise<never> {
    // One that has ended a moment ago cannot be cancelled; nobody waits for it any more.
    await tools.data.send(new CancelStatementCommand({ Id: statementId })).catch(() => undefined);
    const text = `Source ${source}: ${doing} took more than ${patienceSeconds} s.`;
    throw new SourceBusyError(text, { source });
}

/** All pages: the service ends one after so many rows, or bytes. */
async function resultOf(tools: RedshiftTools, about: About & { statementId: string }): Promise<Answer> {
    try {
        const pages: Answer[] = [];
        let NextToken: string | undefined;
        do {
            const page = await tools.data.send(new GetStatementResultCommand({ Id: about.statementId, NextToken }));
            pages.push(answerOf(page));
            NextToken = page.NextToken;
        } while (NextToken !== undefined);
        return { columns: pages[0]?.columns ?? [], rows: pages.flatMap(({ rows }) => rows) };
    } catch (error) {
        throw sortFailure(error, about);
    }
}
