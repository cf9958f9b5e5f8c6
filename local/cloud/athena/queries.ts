import { CloudError, type Timer, type World } from "../service";
import { type AthenaErrorShape, toAthenaError } from "./queryError";
import type { QueryResult } from "./results";

export type QueryState = "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

/** A query as it was submitted, and what has become of it. Times are in milliseconds since 1970. */
export interface QueryRecord {
    readonly id: string;
    readonly sql: string;
    readonly database: string;
    readonly workgroup: string;
    /** Where its result goes, `s3://bucket/folder/`; absent for storage of Athena's own. */
    readonly location?: string;
    readonly token?: string;
    /** Role of the caller; absent for the user. */
    readonly principal?: string;
    readonly submitted: number;
    state: QueryState;
    ended?: number;
    error?: AthenaErrorShape;
    result?: QueryResult;
}

/** How long queries take until they start, and then, in simulated milliseconds. */
const delays = { queuedMs: 200, runningMs: 800 };

/** Queries from submission to their end, in memory. */
export class Queries {
    private readonly records = new Map<string, QueryRecord>();
    private readonly timers = new Map<string, Timer>();

    constructor(
        private readonly world: World,
        private readonly execute: (query: QueryRecord) => Promise<QueryResult>,
    ) {}

    /**
     * Submits a query, or finds the one that was with the same token; one with another text is refused. A function waits for its
     * answers in real time, while the clock stands still, so what it asks without a token runs at once.
     */
    submit(query: Omit<QueryRecord, "id" | "state" | "submitted">, atOnce: boolean): QueryRecord {
        const known = this.list().find(({ token }) => token !== undefined && token === query.token);
        if (known !== undefined) {
            if (known.sql !== query.sql || known.location !== query.location) {
                throw new CloudError("InvalidRequestException", "Idempotent parameters do not match");
            }
            return known;
        }
        const id = `11111111-1111-4111-a111-${(this.records.size + 1).toString(16).padStart(12, "0")}`;
        const record: QueryRecord = { ...query, id, state: "QUEUED", submitted: this.world.clock.now() };
        this.records.set(id, record);
        if (atOnce) {
            this.world.activity.start(() => this.run(record));
        } else {
            this.after(id, delays.queuedMs, () => {
                record.state = "RUNNING";
                this.after(id, delays.runningMs, () => this.run(record));
            });
        }
        return record;
    }

    get(id: string): QueryRecord {
        const record = this.records.get(id);
        if (record === undefined) {
            throw new CloudError("InvalidRequestException", `QueryExecution ${id} was not found`);
        }
        return record;
    }

    list(): readonly QueryRecord[] {
        return [...this.records.values()];
    }

    /** Stops a query; one that has ended stays as it is. */
    stop(id: string): void {
        const record = this.get(id);
        if (record.state === "QUEUED" || record.state === "RUNNING") {
            this.timers.get(id)?.cancel();
            this.end(record, "CANCELLED", {
                ErrorCategory: 2,
                ErrorType: 1014,
                Retryable: false,
                ErrorMessage: "Query was cancelled by user",
            });
        }
    }

    private async run(record: QueryRecord): Promise<void> {
        record.state = "RUNNING";
        try {
            record.result = await this.execute(record);
            this.end(record, "SUCCEEDED");
        } catch (error) {
            this.end(record, "FAILED", toAthenaError(error));
        }
    }

    private end(record: QueryRecord, state: QueryState, error?: AthenaErrorShape): void {
        Object.assign(record, { state, error, ended: this.world.clock.now() });
    }

    private after(id: string, ms: number, work: () => void | Promise<void>): void {
        this.timers.set(id, this.world.clock.at(this.world.clock.now() + ms, work));
    }
}
