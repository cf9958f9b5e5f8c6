import { z } from "zod";
import type { SnowflakeConfig } from "./config";
import { exactName, hostOf } from "./names";
import type { Credentials } from "./secret";
import { tokenOf } from "./token";

/*
 * The part of Snowflake's SQL API that is needed, https://docs.snowflake.com/en/developer-guide/sql-api/reference: HTTP and JSON, no driver.
 */

/** How the API is reached; a test puts its own in. */
export interface ApiTools {
    /** Base URL without a trailing slash; default: the account's own host. */
    readonly endpoint?: string;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Milliseconds to wait for an answer, where there is less time than usual. */
    readonly answerWithinMs?: number;
}

/** Who calls which account. */
export interface Session {
    readonly config: SnowflakeConfig;
    readonly credentials: Credentials;
}

/** What the API answered. `code` is Snowflake's own, such as `002003`; absent where a gateway answered. */
export interface ApiResponse {
    /** HTTP status. */
    readonly status: number;
    readonly code?: string;
    readonly message?: string;
    readonly statementHandle?: string;
    readonly columns: readonly ApiColumn[];
    readonly rows: readonly (readonly (string | null)[])[];
}

export interface ApiColumn {
    readonly name: string;
    /** Such as `fixed`, `text` or `timestamp_ntz`. */
    readonly type: string;
    readonly scale?: number | null;
}

/** What is known of a response's body; it may be anything when it is not Snowflake that answers. */
const responseBody = z.object({
    code: z.string().optional(),
    message: z.string().optional(),
    statementHandle: z.string().optional(),
    resultSetMetaData: z
        .object({ rowType: z.array(z.object({ name: z.string(), type: z.string(), scale: z.number().nullish() })) })
        .optional(),
    data: z.array(z.array(z.string().nullable())).optional(),
});

/** Milliseconds to wait for an answer, which to an asynchronous statement comes at once. */
const usualWaitMs = 55_000;

/**
 * Submits a statement, asynchronously: the answer comes at once. Sent again with the same request id, a statement is not run again,
 * whether or not the first answer arrived.
 */
export function submit(
    session: Session,
    tools: ApiTools,
    statement: string,
    { requestId, tag }: { readonly requestId: string; readonly tag: string },
): Promise<ApiResponse> {
    const { role, warehouse, database, schema, statementTimeoutSeconds, sourceTimeZone } = session.config;
    const names = Object.entries({ role, warehouse, database, schema });
    const named: Record<string, string> = {};
    for (const [key, name] of names) if (name !== undefined) named[key] = exactName(name);
    const query = new URLSearchParams({ requestId, retry: "true", async: "true" });
    return call(session, tools, "POST", `/api/v2/statements?${query}`, {
        statement,
        timeout: statementTimeoutSeconds,
        ...named,
        parameters: { timezone: sourceTimeZone, query_tag: tag, multi_statement_count: "1" },
    });
}

/** Asks what has become of a statement: 202 while it runs, 200 with its rows, 422 when it failed. */
export function look(session: Session, tools: ApiTools, handle: string): Promise<ApiResponse> {
    return call(session, tools, "GET", `/api/v2/statements/${encodeURIComponent(handle)}`);
}

/** Stops a statement: 200 when it was, 422 when there was nothing to stop. */
export function cancel(session: Session, tools: ApiTools, handle: string): Promise<ApiResponse> {
    return call(session, tools, "POST", `/api/v2/statements/${encodeURIComponent(handle)}/cancel`, {});
}

async function call(
    { config, credentials }: Session,
    { endpoint, now, answerWithinMs = usualWaitMs }: ApiTools,
    method: string,
    path: string,
    body?: object,
): Promise<ApiResponse> {
    const { username, key } = credentials;
    const response = await fetch(`${endpoint ?? `https://${config.host ?? hostOf(config.account)}`}${path}`, {
        method,
        headers: {
            Authorization: `Bearer ${tokenOf(key, { account: config.account, username }, now())}`,
            "X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT",
            Accept: "application/json",
            "Content-Type": "application/json",
            "User-Agent": "lookout-connectors/1.0",
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        // The token is for Snowflake, and for nobody that it might send us to.
        redirect: "error",
        signal: AbortSignal.timeout(answerWithinMs),
    });
    return readResponse(response.status, await response.text());
}

function readResponse(status: number, text: string): ApiResponse {
    const parsed = responseBody.safeParse(parseJson(text));
    const { resultSetMetaData, data, ...rest } = parsed.success ? parsed.data : {};
    return { status, ...rest, columns: resultSetMetaData?.rowType ?? [], rows: data ?? [] };
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return {};
    }
}
