import {
    type AthenaClient,
    GetQueryExecutionCommand,
    type QueryExecution,
    StartQueryExecutionCommand,
    type StartQueryExecutionInput,
    StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { SourceBusyError } from "../../errors";
import type { About } from "../sql/about";
import type { Clock, Patience } from "../sql/patience";
import type { AthenaConfig } from "./config";
import { forgottenQuery, sortFailure, sortStatementFailure } from "./failures";

/** What queries are run through. The clock is for those that are waited for, which extractions are by the state machine. */
export interface QueryTools extends Clock {
    readonly athena: AthenaClient;
}

/** A query that Athena has taken on. */
export type Statement = About & { readonly statementId: string };

/** Submits a query; gives its id. */
export async function submit(
    config: AthenaConfig,
    { athena }: QueryTools,
    about: About,
    sql: string,
    options: Pick<StartQueryExecutionInput, "ClientRequestToken" | "ResultConfiguration">,
): Promise<string> {
    try {
        const { QueryExecutionId } = await athena.send(
            new StartQueryExecutionCommand({
                ...options,
                QueryString: sql,
                QueryExecutionContext: { Catalog: config.catalog, Database: config.database },
                WorkGroup: config.workgroup,
                // A result of before would leave out rows that have come since.
                ResultReuseConfiguration: { ResultReuseByAgeConfiguration: { Enabled: false } },
            }),
        );
        if (QueryExecutionId === undefined) {
            throw new Error("Athena answered without a query id");
        }
        return QueryExecutionId;
    } catch (error) {
        throw sortFailure(error, about);
    }
}

/** Looks until the query has ended well; stops it and calls the database busy when the patience is over before. */
export async function waitFor(tools: QueryTools, patience: Patience, about: Statement): Promise<void> {
    const seen = await patience.until(async () => hasSucceeded(await look(tools, about), about) || undefined);
    if (seen === undefined) {
        // Nobody waits for it any more: if it cannot be stopped, that is no other failure.
        await stop(tools, about).catch(() => undefined);
        const text = `Source ${about.source}: ${about.doing} took more than ${patience.seconds} s.`;
        throw new SourceBusyError(text, { source: about.source });
    }
}

/** What has become of a query. */
export async function look(tools: QueryTools, about: Statement): Promise<QueryExecution> {
    try {
        const input = { QueryExecutionId: about.statementId };
        return (await tools.athena.send(new GetQueryExecutionCommand(input))).QueryExecution ?? {};
    } catch (error) {
        throw isUnknown(error)
            ? forgottenQuery(about)
            : sortFailure(error, { ...about, doing: "asking for the query's state" });
    }
}

/** Stops a query; one that has ended, or is forgotten, is no error. */
export async function stop({ athena }: QueryTools, about: Statement): Promise<void> {
    try {
        await athena.send(new StopQueryExecutionCommand({ QueryExecutionId: about.statementId }));
    } catch (error) {
        if (!isUnknown(error)) {
            throw sortFailure(error, { ...about, doing: "cancelling the query" });
        }
    }
}

/** Whether the query is done; false while it is under way. Throws when it ended without result. */
export function hasSucceeded({ Status }: QueryExecution, about: Statement): boolean {
    const { State: state = "RUNNING", StateChangeReason: reason, AthenaError: error } = Status ?? {};
    if (state === "FAILED" || state === "CANCELLED") {
        throw sortStatementFailure({ state, reason, error }, about);
    }
    return state === "SUCCEEDED";
}

const isUnknown = (error: unknown): boolean =>
    error instanceof Error && error.name === "InvalidRequestException" && /was not found/i.test(error.message);
