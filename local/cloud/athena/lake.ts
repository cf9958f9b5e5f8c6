import { Database } from "../redshift/database";
import { textParsers } from "../redshift/results";
import { toQueryResult, type QueryResult } from "./results";
import { trinoFunctions, trinoSession } from "./trinoFunctions";

/** A table whose files lie in S3: what a caller must be allowed to read. */
export interface TableLocation {
    readonly database: string;
    readonly table: string;
    /** `s3://lake/orders/` */
    readonly location: string;
}

/** The tables behind the embedded Athena, in PostgreSQL: a schema for each database of the catalogue. */
export class Lake {
    private opened?: Promise<Database>;
    private readonly locations: TableLocation[] = [];

    constructor(private readonly now: () => number) {}

    /** Runs statements for the user's own hands, in PostgreSQL's words. */
    async exec(sql: string): Promise<void> {
        await (await this.open()).exec(sql, this.now());
    }

    /** Loads CSV text with a header line. */
    async copyFrom(table: string, csv: string): Promise<void> {
        await (await this.open()).copyFrom(table, csv);
    }

    /** Says where a table's files lie. Tables of which nothing is said are open to everybody. */
    setLocation(location: TableLocation): void {
        this.locations.push(location);
    }

    /** The tables with a location whose names stand in the query. */
    tablesOf(sql: string): readonly TableLocation[] {
        return this.locations.filter(({ table }) => new RegExp(`\\b${table}\\b`, "i").test(sql));
    }

    /** Runs a query as Athena would, `database` being looked in for tables without one. */
    async query(sql: string, database: string): Promise<QueryResult> {
        const engine = await this.open();
        await engine.exec(`set search_path = "${database.replaceAll('"', '""')}", public, trino`, this.now());
        return toQueryResult(await engine.run(sql, this.now(), textParsers));
    }

    async close(): Promise<void> {
        await (await this.opened)?.close();
    }

    private open(): Promise<Database> {
        this.opened ??= Database.open().then(async (database) => {
            await database.exec(`${trinoSession}${trinoFunctions}`, this.now());
            return database;
        });
        return this.opened;
    }
}
