import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { coarseBounds, coarseUnix } from "../sql/coarseFilter";
import { columnNames } from "../sql/inspection";
import { clockText } from "../sql/wallClock";
import { clockDialect, columnsSelect, windowSelect } from "../sql/windowSelect";
import { quoteColumn, quoteExactly } from "./names";
import { findTimestampFormat, timestampExpression } from "./timestamp";

/** What COPY INTO writes for one window, and where to. */
export interface Copy {
    readonly spec: ExtractionSpec;
    readonly window: Window;
    readonly bucket: string;
    /** Every key begins with it; it ends in `/`. */
    readonly prefix: string;
    /** Exactly one of the two. */
    readonly storageIntegration?: string;
    /** A stage whose URL is the bucket. */
    readonly stage?: string;
}

/** Largest file that Snowflake writes before it begins another, in bytes: as large as it can. */
const maxFileBytes = 5_368_709_120;

/**
 * The CSV fields come ready from the query, so Snowflake is to put nothing around them and to escape nothing. With its own quotes NULL
 * would be written in quotes as well, like the empty string: "Unloading and loading data with enclosing quotes",
 * https://docs.snowflake.com/en/user-guide/data-unload-considerations.
 */
const fileFormat = [
    "TYPE = CSV",
    "COMPRESSION = NONE",
    "FIELD_DELIMITER = ','",
    "RECORD_DELIMITER = '\\n'",
    "FIELD_OPTIONALLY_ENCLOSED_BY = NONE",
    "ESCAPE = NONE",
    "ESCAPE_UNENCLOSED_FIELD = NONE",
    "EMPTY_FIELD_AS_NULL = FALSE",
].join(" ");

/** Snowflake's spelling of literals and names; bounds are a clock's in the source's zone. */
const snowflakeDialect = (sourceTimeZone: string): Dialect =>
    clockDialect(sourceTimeZone, { literal: clockLiteral, identifier: quoteColumn });

/**
 * The SELECT that gives a window's rows: timestamp (UTC, whole seconds, as text), dimensions, measures, in that order, called as they are
 * configured. A bound beside a column with a zone is taken for a clock of the session's, which is the source's.
 */
export function selectWindow(spec: ExtractionSpec, window: Window): string {
    const [time = "", ...names] = columnNames(spec);
    const column = `q.${quoteColumn(time)}`;
    const parts = {
        query: renderWindowed(spec.query, window, snowflakeDialect(spec.sourceTimeZone)),
        instant: timestampExpression(column, spec.timestamp.format),
        coarse: coarseFilter(column, spec, window),
        inner: names.map((name) => `q.${quoteColumn(name)} as ${quoteExactly(name)}`),
        literal: clockLiteral,
        outer: [
            `to_char(r.lookout_instant, 'YYYY-MM-DD HH24:MI:SS') as ${quoteExactly(time)}`,
            ...names.map((name) => `r.${quoteExactly(name)} as ${quoteExactly(name)}`),
        ],
    };
    return windowSelect(parts, window);
}

/** The query's columns and no rows. */
export function selectColumns(spec: ExtractionSpec): string {
    return columnsSelect(spec, snowflakeDialect(spec.sourceTimeZone), "where 1 = 0");
}

/**
 * A first filter on the column, which Snowflake can hold against the least and the greatest value of a micro-partition. The clock that a
 * value shows is compared, whatever its zone. For text of another format there is none.
 */
function coarseFilter(column: string, spec: ExtractionSpec, window: Window): string {
    switch (findTimestampFormat(spec.timestamp.format).kind) {
        case "iso": {
            const { start, end } = coarseBounds(window);
            const clock = `cast(${column} as timestamp_ntz)`;
            return ` where ${clock} >= ${clockLiteral(start)} and ${clock} < ${clockLiteral(end)}`;
        }
        case "unix":
            return ` where ${coarseUnix(`cast(${column} as double)`, window)}`;
        case "text":
            return "";
    }
}

/**
 * The statement that writes a window's rows into the bucket. Files are named for the statement, so that what a run leaves that
 * Snowflake itself repeats is taken away by it ("INCLUDE_QUERY_ID", https://docs.snowflake.com/en/sql-reference/sql/copy-into-location).
 */
export function copyStatement({ spec, window, bucket, prefix, storageIntegration, stage }: Copy): string {
    const location = stage === undefined ? `s3://${bucket}/${prefix}` : `@${stage}/${prefix}`;
    return [
        `COPY INTO ${quoteText(location)}`,
        `FROM (${selectFields(spec, window)})`,
        ...(storageIntegration === undefined ? [] : [`STORAGE_INTEGRATION = ${storageIntegration}`]),
        `FILE_FORMAT = (${fileFormat})`,
        "HEADER = TRUE",
        "INCLUDE_QUERY_ID = TRUE",
        `MAX_FILE_SIZE = ${maxFileBytes}`,
    ].join("\n");
}

/** Text as a literal: inside one, a quote and a backslash each stand for themselves only when doubled. */
export function quoteText(text: string): string {
    return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** The window's rows as CSV fields: nothing for NULL, else text between quotes. Columns are called as the header is to show them. */
function selectFields(spec: ExtractionSpec, window: Window): string {
    const fields = columnNames(spec).map((name) => {
        const column = `w.${quoteExactly(name)}`;
        const field = `'"' || replace(to_varchar(${column}), '"', '""') || '"'`;
        return `iff(${column} is null, '', ${field}) as ${quoteExactly(headerField(name))}`;
    });
    return `select ${fields.join(", ")} from (${selectWindow(spec, window)}) w`;
}

const headerField = (name: string): string => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

function clockLiteral(wall: number): string {
    return `cast('${clockText(wall)}' as timestamp_ntz)`;
}
