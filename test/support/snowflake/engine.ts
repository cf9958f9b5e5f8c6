import { Database } from "../../../local/cloud/redshift/database";
import { textParsers } from "../../../local/cloud/redshift/results";
import { sqlTokens, type SqlToken } from "../../../pipeline/sqlTokens";

/** A statement's rows, every value as text; null stands for NULL. Types are the API's names. */
export interface EngineResult {
    readonly columns: readonly { readonly name: string; readonly type: string }[];
    readonly rows: readonly (readonly (string | null)[])[];
}

/** What Snowflake has and PostgreSQL has not, in a schema of its own. */
const functions = `
create schema snowflake;
create domain snowflake.timestamp_ntz as timestamp;
create domain snowflake.timestamp_tz as timestamptz;
create domain snowflake.double as double precision;
create function snowflake.iff(condition boolean, one text, other text) returns text language sql immutable as
    $$ select case when condition then one else other end $$;
create function snowflake.iff(condition boolean, one double precision, other double precision) returns double precision
    language sql immutable as $$ select case when condition then one else other end $$;
create function snowflake.to_varchar(value anyelement) returns text language sql stable as $$ select value::text $$;
create function snowflake.to_timestamp_ntz(seconds bigint) returns timestamp language sql immutable as
    $$ select to_timestamp(seconds) at time zone 'UTC' $$;
create function snowflake.to_timestamp_ntz(value text, pattern text) returns timestamp language sql stable as
    $$ select to_timestamp(value, replace(replace(pattern, 'FF3', 'MS'), 'FF6', 'US'))::timestamp $$;
create function snowflake.convert_timezone(zone text, moment timestamptz) returns timestamp language sql immutable as
    $$ select moment at time zone zone $$;
`;

/** How a literal of Snowflake's is written in PostgreSQL: its backslashes escape. */
const session = `
set datestyle = 'ISO, YMD';
set standard_conforming_strings = off;
set escape_string_warning = off;
set backslash_quote = on;
set search_path = public, snowflake;
`;

const types: Readonly<Record<number, string>> = {
    16: "boolean",
    20: "fixed",
    21: "fixed",
    23: "fixed",
    700: "real",
    701: "real",
    1082: "date",
    1114: "timestamp_ntz",
    1184: "timestamp_tz",
    1700: "fixed",
};

/** Tables that are queried in Snowflake's SQL, as far as the source uses it, by an embedded PostgreSQL. */
export class SnowflakeEngine {
    private constructor(private readonly database: Database) {}

    static async open(): Promise<SnowflakeEngine> {
        const database = await Database.open();
        await database.exec(`${functions}${session}`, 0);
        return new SnowflakeEngine(database);
    }

    /** Runs statements for the test's own hands, in PostgreSQL's words. */
    exec(sql: string): Promise<void> {
        return this.database.exec(sql, 0);
    }

    copyFrom(table: string, csv: string): Promise<void> {
        return this.database.copyFrom(table, csv);
    }

    /** Runs a query in a session of that time zone. Rejects with PostgreSQL's words. */
    async query(sql: string, timeZone: string): Promise<EngineResult> {
        await this.database.exec(`set timezone = '${timeZone.replaceAll("'", "")}'`, 0);
        const { fields, rows } = await this.database.run(toPostgres(sql), 0, textParsers);
        return {
            columns: fields.map(({ name, dataTypeID }) => ({ name: nameOf(name), type: types[dataTypeID] ?? "text" })),
            rows: rows.map((row) => fields.map(({ name }) => textOf(row[name]))),
        };
    }

    close(): Promise<void> {
        return this.database.close();
    }
}

/**
 * Names without quotes are upper case to Snowflake and lower case to PostgreSQL: quoted ones in upper case are written in lower
 * case here, and any other quoted one is marked, so that it is another name here as it is there.
 */
function toPostgres(sql: string): string {
    const rename = ({ kind, text }: SqlToken): string => {
        if (kind !== "identifier") return text;
        return /^"[A-Z_][A-Z0-9_$]*"$/.test(text) ? text.toLowerCase() : `"=${text.slice(1)}`;
    };
    return sqlTokens(sql, "escape").map(rename).join("");
}

const nameOf = (name: string): string => (name.startsWith("=") ? name.slice(1) : name.toUpperCase());

function textOf(value: unknown): string | null {
    if (value === null || value === undefined) return null;
    return typeof value === "string" ? value : JSON.stringify(value);
}
