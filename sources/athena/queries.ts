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
import type { AthenaConfig } from "./config";
import { forgottenQuery, sortFailure, sortStatementFailure } from "./failures";

/** What queries are run through. */
export interface QueryTools {
    readonly athena: AthenaClient;
    /** Waits so many milliseconds; used where a query is waited for, which extractions are by the state machine. */
    readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** A query that Athena has taken on. */
export type Statement = About & { readonly statementId: string };

/** Milliseconds between two looks at a query that is waited for, and how many looks it takes at most. */
const lookEveryMs = 500;
const mostLooks = 120;

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

/** Looks until the query has ended well; stops it and gives up when that takes too long. */
export async function waitFor(tools: QueryTools, about: Statement): Promise<void> {
    for (let looks = 0; looks < mostLooks; looks++) {
        if (hasSucceeded(await look(tools, about), about)) {
            return;
        }
        await tools.sleep(lookEveryMs);
    }
    await stop(tools, about);
    const seconds = (mostLooks * lookEveryMs) / 1000;
    throw new SourceBusyError(`Source ${about.source}: ${about.doing} took more than ${seconds} s.`, {
        source: about.source,
    });
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
