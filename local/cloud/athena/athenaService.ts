import { createHash } from "node:crypto";
import { jsonBody, jsonResponse, targetOperation } from "../jsonProtocol";
import type { Authorize, S3Service } from "../s3";
import {
    CloudError,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Need,
    type World,
} from "../service";
import { Lake, type TableLocation } from "./lake";
import { Queries, type QueryRecord } from "./queries";
import { QueryFailure } from "./queryError";
import { type QueryResult, toCsv, toResultSet } from "./results";

const operations = [
    "StartQueryExecution",
    "GetQueryExecution",
    "GetQueryResults",
    "StopQueryExecution",
    "ListQueryExecutions",
];

/** What requests carry, of all operations. */
interface Input {
    readonly QueryString?: string;
    readonly ClientRequestToken?: string;
    readonly QueryExecutionContext?: { readonly Catalog?: string; readonly Database?: string };
    readonly ResultConfiguration?: { readonly OutputLocation?: string };
    readonly WorkGroup?: string;
    readonly QueryExecutionId?: string;
    readonly MaxResults?: number;
}

/** A workgroup that is more than a name. */
export interface Workgroup {
    readonly name: string;
    /** Where results go that name no place. */
    readonly location?: string;
    /** Whether they go there in any case. */
    readonly enforced?: boolean;
}

/** Queries over tables in the embedded lake; results lie in the embedded S3, written with the caller's rights. */
export class AthenaService implements CloudService {
    readonly names = ["athena"];
    readonly lake: Lake;
    readonly queries: Queries;
    private readonly workgroups = new Map<string, Workgroup>([["primary", { name: "primary" }]]);

    constructor(
        private readonly world: World,
        private readonly s3: S3Service,
        private readonly authorize: Authorize,
    ) {
        this.lake = new Lake(() => world.clock.now());
        this.queries = new Queries(world, (query) => this.execute(query));
    }

    setWorkgroup(workgroup: Workgroup): void {
        this.workgroups.set(workgroup.name, workgroup);
    }

    operation(raw: Omit<CloudRequest, "operation">): string {
        return targetOperation(raw, operations);
    }

    needs(request: CloudRequest): readonly Need[] {
        const { WorkGroup, QueryExecutionId }: Input = jsonBody(request);
        const known = this.queries.list().find(({ id }) => id === QueryExecutionId);
        const { partition, region, accountId } = this.world;
        const workgroup = WorkGroup ?? known?.workgroup ?? "primary";
        const resource = `arn:${partition}:athena:${region}:${accountId}:workgroup/${workgroup}`;
        return [{ action: `athena:${request.operation}`, resource }];
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const input: Input = jsonBody(request);
        const id = input.QueryExecutionId ?? "";
        switch (request.operation) {
            case "StartQueryExecution":
                return respond({ QueryExecutionId: this.submit(input, request.principal).id });
            case "GetQueryExecution":
                return respond({ QueryExecution: describe(this.queries.get(id)) });
            case "GetQueryResults":
                return respond(this.results(id, input.MaxResults));
            case "StopQueryExecution":
                this.queries.stop(id);
                return respond({});
            default:
                return respond({ QueryExecutionIds: this.queries.list().map((query) => query.id) });
        }
    }

    private submit(input: Input, principal: string | undefined): QueryRecord {
        const { QueryString: sql = "", ClientRequestToken: token, WorkGroup = "primary" } = input;
        const workgroup = this.workgroups.get(WorkGroup);
        if (workgroup === undefined) {
            throw new CloudError("InvalidRequestException", `WorkGroup ${WorkGroup} is not found.`);
        }
        const asked = input.ResultConfiguration?.OutputLocation;
        const location = workgroup.enforced === true ? workgroup.location : (asked ?? workgroup.location);
        if (location === undefined && workgroup.enforced !== true) {
            throw new CloudError(
                "InvalidRequestException",
                "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.",
            );
        }
        const database = input.QueryExecutionContext?.Database ?? "default";
        // The client makes up tokens of 36 characters; an extraction's own has 64.
        const atOnce = principal !== undefined && (token?.length ?? 0) < 64;
        return this.queries.submit({ sql, database, workgroup: WorkGroup, location, token, principal }, atOnce);
    }

    private async execute(query: QueryRecord): Promise<QueryResult> {
        this.lake.tablesOf(query.sql).forEach((table) => this.requireTable(table, query));
        const result = await this.lake.query(query.sql, query.database);
        if (query.location !== undefined) {
            this.write(query, `${query.id}.csv`, Buffer.from(toCsv(result)));
            this.write(query, `${query.id}.csv.metadata`, Buffer.from([0x0a, 0x03, 0x08, 0x96, 0x01, 0xff]));
        }
        return result;
    }

    /** Athena reads catalogue and files as its caller. */
    private requireTable({ database, table, location }: TableLocation, { principal }: QueryRecord): void {
        const { partition, region, accountId } = this.world;
        const glue = `arn:${partition}:glue:${region}:${accountId}`;
        const [, bucket = "", folder = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
        const s3 = `arn:${partition}:s3:::${bucket}`;
        const needs: readonly Need[] = [
            { action: "glue:GetDatabase", resource: `${glue}:database/default` },
            { action: "glue:GetTable", resource: `${glue}:catalog` },
            { action: "glue:GetTable", resource: `${glue}:table/${database}/${table}` },
            { action: "glue:GetPartitions", resource: `${glue}:table/${database}/${table}` },
            { action: "s3:ListBucket", resource: s3, context: { "s3:prefix": folder } },
            { action: "s3:GetObject", resource: `${s3}/${folder}part-0.parquet` },
        ];
        needs.forEach((need) => this.require(need, principal));
    }

    private write({ location = "", principal }: QueryRecord, name: string, body: Buffer): void {
        const [, bucket = "", folder = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
        const { partition } = this.world;
        const arn = `arn:${partition}:s3:::${bucket}`;
        this.require({ action: "s3:GetBucketLocation", resource: arn }, principal);
        this.require({ action: "s3:PutObject", resource: `${arn}/${folder}${name}` }, principal);
        const etag = createHash("md5").update(body).digest("hex");
        this.s3
            .files(bucket)
            .put(`${folder}${name}`, body, { size: body.length, etag, modified: this.world.clock.now() });
    }

    private require(need: Need, principal: string | undefined): void {
        if (principal !== undefined && !this.authorize(principal, need)) {
            throw new QueryFailure(
                `PERMISSION_DENIED: User: ${principal} is not authorized to perform: ${need.action} on resource: ${need.resource}`,
                1500,
            );
        }
    }

    private results(id: string, maxResults = 1000): object {
        const { state, result } = this.queries.get(id);
        if (result === undefined) {
            throw new CloudError("InvalidRequestException", `Query has not yet finished. Current state: ${state}`);
        }
        return toResultSet(result, maxResults);
    }
}

const respond = (body: object): CloudResponse => jsonResponse(body, "application/x-amz-json-1.1");

function describe({ id, sql, database, workgroup, location, submitted, ...rest }: QueryRecord): object {
    const { state, ended, error } = rest;
    return {
        QueryExecutionId: id,
        Query: sql,
        StatementType: "DML",
        ...(location === undefined ? {} : { ResultConfiguration: { OutputLocation: `${location}${id}.csv` } }),
        QueryExecutionContext: { Database: database },
        Status: {
            State: state,
            SubmissionDateTime: submitted / 1000,
            ...(ended === undefined ? {} : { CompletionDateTime: ended / 1000 }),
            ...(error === undefined ? {} : { StateChangeReason: error.ErrorMessage, AthenaError: error }),
        },
        WorkGroup: workgroup,
    };
}
