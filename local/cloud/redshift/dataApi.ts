import { userId } from "../iam";
import { jsonBody, jsonResponse, targetOperation } from "../jsonProtocol";
import type { Authorize, S3Service } from "../s3";
import type { SecretsService } from "../secrets";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Faults,
    type Need,
    type World,
} from "../service";
import { connect, type Connection } from "./connection";
import { executionNeeds, type DataApiInput } from "./executionNeeds";
import { toPostgres } from "./dialect";
import { resultPage, textParsers, toStatementResult } from "./results";
import { describeStatement, describeTarget } from "./statementShape";
import { Statements, type StatementDelays, type StatementOutcome, type StatementRecord } from "./statements";
import { runUnload } from "./unload";
import { isUnload } from "./unloadStatement";
import type { WarehouseRecord, Warehouses } from "./warehouses";

const operations = ["ExecuteStatement", "DescribeStatement", "CancelStatement", "GetStatementResult", "ListStatements"];

/** Longest statement, in bytes. */
const longestSql = 100 * 1024;

/** What the Data API works with. */
export interface DataApiOptions {
    readonly world: World;
    readonly s3: S3Service;
    readonly secrets: SecretsService;
    readonly warehouses: Warehouses;
    readonly faults: Faults;
    readonly authorize: Authorize;
    readonly delays: StatementDelays;
    /** Files that a parallel UNLOAD writes at least, when there are as many rows. */
    readonly slices: number;
}

/** Redshift Data API over the embedded warehouses. */
export class RedshiftDataService implements CloudService {
    readonly names = ["redshift-data"];
    readonly statements: Statements;

    constructor(private readonly options: DataApiOptions) {
        this.statements = new Statements(
            options.world,
            options.delays,
            (statement) => this.execute(statement),
            (sql) =>
                (["hang", "abort"] as const).find((fate) => options.faults.take([`statement:${fate}`], "before", sql)),
        );
    }

    operation(raw: Omit<CloudRequest, "operation">): string {
        return targetOperation(raw, operations);
    }

    needs(request: CloudRequest): readonly Need[] {
        const input: DataApiInput = jsonBody(request);
        const action = `redshift-data:${request.operation}`;
        if (request.operation === "ExecuteStatement") {
            return executionNeeds(input, this.options);
        }
        // These take no resource: whose statement it is decides.
        const owner =
            request.operation === "ListStatements"
                ? request.principal && userId(request.principal)
                : this.statements.get(input.Id ?? "").owner;
        const context: Record<string, string> =
            owner === undefined ? {} : { "redshift-data:statement-owner-iam-userid": owner };
        return [{ action, resource: "*", context }];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const input: DataApiInput = jsonBody(request);
        const id = input.Id ?? "";
        switch (request.operation) {
            case "ExecuteStatement":
                return jsonResponse(this.submit(input, request.principal));
            case "DescribeStatement":
                return jsonResponse(describeStatement(this.statements.get(id)));
            case "CancelStatement":
                this.statements.cancel(id);
                return jsonResponse({ Status: true });
            case "GetStatementResult":
                return jsonResponse(this.result(id, input.NextToken));
            default:
                return jsonResponse(this.list(input, request.principal));
        }
    }

    private submit(input: DataApiInput, principal: string | undefined): object {
        const { Sql = "", Database } = input;
        if (Sql === "" || Database === undefined || Database === "") {
            throw new CloudError("ValidationException", "Sql and Database are required.");
        }
        if (Buffer.byteLength(Sql) > longestSql) {
            throw new CloudError("ValidationException", "The statement is longer than 100 KB.");
        }
        if (input.Parameters !== undefined) {
            throw new CloudError("ValidationException", "The embedded Redshift does not take Parameters.");
        }
        const user = connect(input, this.options).user;
        // A function that reads a result waits for it in real time, while the clock stands still until the function is done.
        const isAwaited = principal !== undefined && /^\s*(select|with)\b/i.test(Sql);
        const given = {
            sql: Sql,
            name: input.StatementName,
            cluster: input.ClusterIdentifier,
            workgroup: input.WorkgroupName,
            database: Database,
            secret: input.SecretArn,
            user,
            clientToken: input.ClientToken,
            owner: principal === undefined ? undefined : userId(principal),
        };
        const statement = this.statements.submit(given, isAwaited ? { submittedMs: 0, startedMs: 0 } : undefined);
        return { ...describeTarget(statement), Id: statement.id, CreatedAt: statement.created / 1000 };
    }

    private result(id: string, token: string | undefined): object {
        const statement = this.statements.get(id);
        const result = this.statements.result(id);
        if (result === undefined) {
            const reason =
                statement.status === "FINISHED"
                    ? "Query does not have result."
                    : `Query is not finished: ${statement.status}.`;
            throw new CloudError(
                "ResourceNotFoundException",
                `${reason} Please check query status with DescribeStatement.`,
            );
        }
        return resultPage(result, token);
    }

    private list(
        { Status, StatementName, MaxResults = 100, NextToken }: DataApiInput,
        principal: string | undefined,
    ): object {
        const owner = principal === undefined ? undefined : userId(principal);
        const first = Number(NextToken ?? 0);
        const matching = this.statements
            .list()
            .filter((statement) => owner === undefined || statement.owner === owner)
            .filter(({ status }) => Status === undefined || Status === "ALL" || status === Status)
            .filter(({ name }) => StatementName === undefined || name?.startsWith(StatementName));
        const next = first + MaxResults;
        return {
            Statements: matching.slice(first, next).map(describeStatement),
            ...(next < matching.length ? { NextToken: String(next) } : {}),
        };
    }

    /** Runs a statement that has started; what it rejects with is the text of DescribeStatement. */
    private async execute(statement: StatementRecord): Promise<StatementOutcome> {
        this.strike("before", statement);
        const connection = connect(
            {
                ClusterIdentifier: statement.cluster,
                WorkgroupName: statement.workgroup,
                SecretArn: statement.secret,
                DbUser: statement.user,
            },
            this.options,
        );
        const outcome = await this.runOn(connection, statement);
        this.strike("after", statement);
        return outcome;
    }

    private async runOn({ warehouse, failure }: Connection, statement: StatementRecord): Promise<StatementOutcome> {
        if (failure !== undefined) {
            throw new Error(`FATAL: ${failure}`);
        }
        if (statement.database !== warehouse.database) {
            throw new Error(`FATAL: database "${statement.database}" does not exist`);
        }
        const database = await this.options.warehouses.open(warehouse);
        const startedAt = this.options.world.clock.now();
        try {
            if (isUnload(statement.sql)) {
                const userArn = this.userArn(warehouse, statement.user);
                await runUnload(statement.sql, {
                    ...this.options,
                    database,
                    roles: warehouse.roles,
                    userArn,
                    startedAt,
                });
                return { rows: -1 };
            }
            const results = await database.run(toPostgres(statement.sql), startedAt, textParsers);
            return results.fields.length === 0
                ? { rows: results.affectedRows ?? 0 }
                : { rows: results.rows.length, result: toStatementResult(results) };
        } catch (error) {
            throw new Error(`ERROR: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
    }

    private strike(when: "before" | "after", { sql }: StatementRecord): void {
        const error = this.options.faults.take(["statement"], when, sql);
        if (error !== undefined) {
            throw new Error(`ERROR: ${error.message}`);
        }
    }

    private userArn({ name }: WarehouseRecord, user: string): string {
        const { partition, region, accountId } = this.options.world;
        return `arn:${partition}:redshift:${region}:${accountId}:dbuser:${name}/${user}`;
    }
}
