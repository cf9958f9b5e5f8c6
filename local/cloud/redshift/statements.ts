import { join } from "node:path";
import { Journal } from "../journal";
import { CloudError, type Clock, type Timer, type World } from "../service";
import type { StatementResult } from "./results";

export type StatementStatus = "SUBMITTED" | "STARTED" | "FINISHED" | "FAILED" | "ABORTED";

/** A statement of the Data API, as it is kept in `<folder>/redshift/statements.jsonl`. Times are in milliseconds since 1970. */
export interface StatementRecord {
    readonly id: string;
    readonly sql: string;
    readonly name?: string;
    readonly cluster?: string;
    readonly workgroup?: string;
    readonly database: string;
    readonly secret?: string;
    readonly user: string;
    readonly clientToken?: string;
    /** `aws:userid` of the caller; absent for the user. */
    readonly owner?: string;
    readonly status: StatementStatus;
    readonly created: number;
    readonly updated: number;
    readonly error?: string;
    /** Rows of the result set or rows changed; -1 where the database does not say, as for UNLOAD. */
    readonly rows?: number;
    readonly hasResult?: boolean;
}

/** What running a statement gave. */
export interface StatementOutcome {
    readonly rows: number;
    readonly result?: StatementResult;
}

/** How long statements take, in simulated milliseconds. Both 0: a statement runs at once, without the clock. */
export interface StatementDelays {
    readonly submittedMs: number;
    readonly startedMs: number;
}

/** How long the Data API remembers a statement, in milliseconds. */
const keptMs = 24 * 3600 * 1000;

/** Statements from submission to their end. */
export class Statements {
    private readonly records: Journal<StatementRecord>;
    private readonly results = new Map<string, StatementResult>();
    private readonly tokens = new Map<string, string>();
    private readonly timers = new Map<string, Timer>();

    constructor(
        private readonly world: World,
        private readonly delays: StatementDelays,
        /** Runs a statement that has started; rejects with the database's text. */
        private readonly execute: (statement: StatementRecord) => Promise<StatementOutcome>,
        /** What befalls a statement that is about to run: it goes on for ever, or somebody stops it. */
        private readonly fateOf: (sql: string) => "hang" | "abort" | undefined = () => undefined,
    ) {
        this.records = new Journal<StatementRecord>(join(world.folder, "redshift", "statements.jsonl"));
        for (const record of this.records.values()) {
            if (record.clientToken !== undefined) {
                this.tokens.set(record.clientToken, record.id);
            }
            if (isOpen(record)) {
                this.update(record, { status: "ABORTED", error: "Connection to the database was lost" });
            }
        }
    }

    /** Submits a statement; one that was submitted with the same client token already is not submitted again. */
    submit(
        statement: Omit<StatementRecord, "id" | "status" | "created" | "updated">,
        { submittedMs, startedMs }: StatementDelays = this.delays,
    ): StatementRecord {
        const known = this.findByToken(statement);
        if (known !== undefined) {
            return known;
        }
        const now = this.clock.now();
        const id = `00000000-0000-4000-a000-${(this.records.keys().length + 1).toString(16).padStart(12, "0")}`;
        const record = { ...statement, id, status: "SUBMITTED" as const, created: now, updated: now };
        this.records.set(id, record);
        if (record.clientToken !== undefined) {
            this.tokens.set(record.clientToken, id);
        }
        if (submittedMs + startedMs === 0) {
            this.world.activity.start(() => this.run(this.update(record, { status: "STARTED" })));
        } else {
            this.after(id, submittedMs, () => this.begin(id));
        }
        return record;
    }

    /** A statement by id; throws ResourceNotFoundException for one that is not known, or no longer. */
    get(id: string): StatementRecord {
        const record = this.records.get(id);
        if (record === undefined || record.created + keptMs <= this.clock.now()) {
            throw new CloudError("ResourceNotFoundException", "Query does not exist.");
        }
        return record;
    }

    /** Newest first. */
    list(): readonly StatementRecord[] {
        return this.records
            .values()
            .filter(({ created }) => created + keptMs > this.clock.now())
            .reverse();
    }

    result(id: string): StatementResult | undefined {
        return this.results.get(id);
    }

    /** Ends a statement before it has done anything; throws ValidationException for one that has ended. */
    cancel(id: string): void {
        const record = this.get(id);
        if (!isOpen(record)) {
            throw new CloudError(
                "ValidationException",
                `Could not cancel a query that is already in ${record.status} state with ID: ${id}`,
            );
        }
        this.timers.get(id)?.cancel();
        this.timers.delete(id);
        this.update(record, { status: "ABORTED", error: "Query was cancelled at the user's request" });
    }

    private begin(id: string): void {
        const record = this.update(this.records.get(id)!, { status: "STARTED" });
        const fate = this.fateOf(record.sql);
        if (fate === "abort") this.update(record, { status: "ABORTED", error: "Query was cancelled by an operator" });
        if (fate !== undefined) return;
        this.after(id, this.delays.startedMs, () => this.run(this.records.get(id)!));
    }

    private async run(record: StatementRecord): Promise<void> {
        this.timers.delete(record.id);
        const change = await this.outcome(record);
        // It may have been cancelled meanwhile; what it wrote stays, as in the service.
        if (this.records.get(record.id)?.status === "STARTED") {
            this.update(record, change);
        }
    }

    private async outcome(record: StatementRecord): Promise<Partial<StatementRecord>> {
        try {
            const { rows, result } = await this.execute(record);
            if (result !== undefined) {
                this.results.set(record.id, result);
            }
            return { status: "FINISHED", rows, hasResult: result !== undefined };
        } catch (error) {
            return { status: "FAILED", error: error instanceof Error ? error.message : String(error) };
        }
    }

    private after(id: string, ms: number, work: () => void | Promise<void>): void {
        this.timers.set(id, this.clock.at(this.clock.now() + ms, work));
    }

    private update(record: StatementRecord, change: Partial<StatementRecord>): StatementRecord {
        const changed = { ...record, ...change, updated: this.clock.now() };
        this.records.set(record.id, changed);
        return changed;
    }

    private findByToken({
        clientToken,
        sql,
        owner,
    }: Pick<StatementRecord, "clientToken" | "sql" | "owner">): StatementRecord | undefined {
        const id = clientToken === undefined ? undefined : this.tokens.get(clientToken);
        const known = id === undefined ? undefined : this.records.get(id);
        if (known !== undefined && (known.sql !== sql || known.owner !== owner)) {
            throw new CloudError("ValidationException", "The client token was used for another statement already.");
        }
        return known;
    }

    private get clock(): Clock {
        return this.world.clock;
    }
}

const isOpen = ({ status }: StatementRecord): boolean => status === "SUBMITTED" || status === "STARTED";
