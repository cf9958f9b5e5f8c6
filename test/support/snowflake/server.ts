import type { KeyObject } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { ObjectStore } from "../../../objects/objectStore";
import { isCopy, parseCopy, writeCopy } from "./copyInto";
import { type EngineResult, SnowflakeEngine } from "./engine";
import { refusal } from "./signIn";

/** What the server knows before anybody calls. */
export interface SnowflakeWorld {
    /** The user, in upper case, and the public key that was assigned to it. */
    readonly account: string;
    readonly username: string;
    readonly publicKey: KeyObject;
    /** The bucket that the storage integration and the stage lead to. */
    readonly bucket: string;
    readonly store: ObjectStore;
    readonly integration: string;
    /** Name of a stage over `s3://<bucket>/`, and of one over a folder of it. */
    readonly stage: string;
    readonly misledStage: string;
    /** Milliseconds since 1970. */
    readonly now: () => number;
}

interface Statement {
    readonly handle: string;
    readonly sql: string;
    readonly body: RequestBody;
    state: "running" | "done" | "failed" | "cancelled";
    result?: EngineResult;
    failure?: { readonly code: string; readonly sqlState: string; readonly message: string };
}

interface RequestBody {
    readonly statement: string;
    readonly parameters?: Readonly<Record<string, string>>;
    readonly [key: string]: unknown;
}

interface Reply {
    readonly status: number;
    readonly body: object;
}

const path = "/api/v2/statements";

/**
 * Snowflake's SQL API (https://docs.snowflake.com/en/developer-guide/sql-api/reference) over an embedded engine. Statements that
 * are submitted asynchronously run when `settle` is called, others at once.
 */
export class SnowflakeServer {
    readonly statements: Statement[] = [];
    /** Replies that are given instead, oldest first, whatever is asked. */
    readonly replies: Reply[] = [];
    readonly bodies: RequestBody[] = [];
    private readonly byRequest = new Map<string, Statement>();
    private endpoint = "";

    private constructor(
        private readonly world: SnowflakeWorld,
        readonly engine: SnowflakeEngine,
    ) {}

    static async open(world: SnowflakeWorld): Promise<SnowflakeServer> {
        const server = new SnowflakeServer(world, await SnowflakeEngine.open());
        server.http.listen(0, "127.0.0.1");
        await new Promise((resolve) => server.http.once("listening", resolve));
        server.endpoint = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}`;
        return server;
    }

    get url(): string {
        return this.endpoint;
    }

    /** Runs what was submitted and not cancelled. */
    async settle(): Promise<void> {
        for (const statement of this.statements) if (statement.state === "running") await this.run(statement);
    }

    async close(): Promise<void> {
        this.http.closeAllConnections();
        await new Promise((resolve) => this.http.close(resolve));
        await this.engine.close();
    }

    private readonly http = createServer((request, response) => {
        const bug = (error: unknown): Reply => failure(500, "000000", `the stand-in failed: ${String(error)}`);
        void this.answer(request)
            .catch(bug)
            .then(({ status, body }) => {
                response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
            });
    });

    private async answer(request: IncomingMessage): Promise<Reply> {
        const body = await text(request);
        const prepared = this.replies.shift();
        if (prepared !== undefined) return prepared;
        const refused = refusal(request.headers, this.world);
        if (refused !== undefined) return failure(...refused);
        const url = new URL(request.url ?? "", this.endpoint);
        const [, handle, action] = /^\/api\/v2\/statements\/([^/]+)(\/cancel)?$/.exec(url.pathname) ?? [];
        if (request.method === "POST" && url.pathname === path) {
            return this.submit(JSON.parse(body) as RequestBody, url.searchParams);
        }
        const statement = this.statements.find((one) => one.handle === handle);
        if (statement === undefined) {
            return failure(422, "000709", `Statement ${handle} not found`, "02000");
        }
        return action === undefined ? this.describe(statement) : this.cancel(statement);
    }

    private async submit(body: RequestBody, query: URLSearchParams): Promise<Reply> {
        this.bodies.push(body);
        const requestId = query.get("requestId") ?? "";
        const known = this.byRequest.get(requestId);
        if (known !== undefined && query.get("retry") === "true") return this.describe(known);
        const number = (this.statements.length + 1).toString(16).padStart(12, "0");
        const statement: Statement = {
            handle: `01b2c3d4-0000-4e5f-0000-${number}`,
            sql: body.statement,
            body,
            state: "running",
        };
        this.statements.push(statement);
        this.byRequest.set(requestId, statement);
        if (query.get("async") !== "true") await this.run(statement);
        return this.describe(statement);
    }

    private describe({ handle, state, result, failure: failed }: Statement): Reply {
        const common = { statementHandle: handle, statementStatusUrl: `${path}/${handle}` };
        switch (state) {
            case "running":
                return {
                    status: 202,
                    body: {
                        code: "333334",
                        message:
                            "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.",
                        ...common,
                    },
                };
            case "cancelled":
                return failure(422, "000604", "SQL execution canceled", "57014", handle);
            case "failed":
                return failure(422, failed!.code, failed!.message, failed!.sqlState, handle);
            case "done":
                return {
                    status: 200,
                    body: {
                        resultSetMetaData: {
                            numRows: result!.rows.length,
                            format: "jsonv2",
                            rowType: result!.columns.map((column) => ({ ...column, nullable: true, scale: null })),
                            partitionInfo: [{ rowCount: result!.rows.length, uncompressedSize: 1 }],
                        },
                        data: result!.rows,
                        code: "090001",
                        sqlState: "00000",
                        message: "Statement executed successfully.",
                        ...common,
                    },
                };
        }
    }

    private cancel(statement: Statement): Reply {
        const { handle, state } = statement;
        if (state !== "running") return failure(422, "000709", `Statement ${handle} not found`, "02000", handle);
        statement.state = "cancelled";
        return {
            status: 200,
            body: { code: "000604", sqlState: "57014", message: "SQL execution canceled", statementHandle: handle },
        };
    }

    private async run(statement: Statement): Promise<void> {
        const timeZone = statement.body.parameters?.timezone ?? "America/Los_Angeles";
        try {
            statement.result = isCopy(statement.sql)
                ? await this.copy(statement, timeZone)
                : await this.engine.query(statement.sql, timeZone);
            statement.state = "done";
        } catch (error) {
            statement.failure = inSnowflakesWords(error instanceof Error ? error.message : String(error));
            statement.state = "failed";
        }
    }

    private async copy({ sql, handle }: Statement, timeZone: string): Promise<EngineResult> {
        const copy = parseCopy(sql);
        const prefix = this.prefixOf(copy.location, copy.options.STORAGE_INTEGRATION);
        const rows = await this.engine.query(copy.query, timeZone);
        const written = await writeCopy(copy, rows, { store: this.world.store, prefix, statement: handle });
        const columns = ["rows_unloaded", "input_bytes", "output_bytes"].map((name) => ({ name, type: "fixed" }));
        return { columns, rows: [[String(written), "100", "100"]] };
    }

    private prefixOf(location: string, integration: string | undefined): string {
        const { bucket, stage, misledStage } = this.world;
        const [, name, folder = ""] = /^@([^/]+)\/(.*)$/.exec(location) ?? [];
        if (name !== undefined) {
            if (name !== stage && name !== misledStage) {
                throw new Error(`SQL compilation error:\nStage '${name}' does not exist or not authorized.`);
            }
            return name === stage ? folder : `elsewhere/${folder}`;
        }
        if (integration !== this.world.integration) {
            throw new Error(`SQL compilation error:\nIntegration '${integration}' does not exist or not authorized.`);
        }
        const [, found, key = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
        if (found !== bucket) throw new Error(`Location '${location}' is not allowed by integration '${integration}'.`);
        return key;
    }
}

function failure(status: number, code: string, message: string, sqlState?: string, statementHandle?: string): Reply {
    return {
        status,
        body: { code, message, ...(sqlState && { sqlState }), ...(statementHandle && { statementHandle }) },
    };
}

/** PostgreSQL's words as Snowflake would have put them. */
function inSnowflakesWords(said: string): { code: string; sqlState: string; message: string } {
    const [, column] = /^column "?(?:q\.)?=?([^"]+?)"? does not exist/.exec(said) ?? [];
    if (column !== undefined) {
        const message = `SQL compilation error: error line 1 at position 7\ninvalid identifier 'Q.${column.toUpperCase()}'`;
        return { code: "000904", sqlState: "42000", message };
    }
    const [, table] = /^relation "([^"]+)" does not exist/.exec(said) ?? [];
    if (table !== undefined) {
        const message = `SQL compilation error:\nObject '${table}' does not exist or not authorized.`;
        return { code: "002003", sqlState: "42S02", message };
    }
    return { code: "001003", sqlState: "42000", message: said };
}
