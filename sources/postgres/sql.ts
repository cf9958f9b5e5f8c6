import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import type { ColumnKind } from "../metricSource";
import { columnNames } from "../sql/inspection";
import { clockText, timestampLiteral } from "../sql/wallClock";
import { columnsSelect } from "../sql/windowSelect";
import { quoteIdentifier } from "../sql/quoting";
import { instantExpression, utcExpression, wholeSeconds } from "./timestamp";

/** PostgreSQL's spelling of literals and names. Bounds carry their zone, so that they mean the same beside any type of column. */
const dialect: Dialect = { literal: instantLiteral, identifier: quoteIdentifier };

/** How long a statement may take, and whose zone a clock without one shows. */
export interface SessionSettings {
    readonly sourceTimeZone: string;
    /** Milliseconds after which the server stops a statement. */
    readonly statementTimeoutMs: number;
}

/** Milliseconds that a statement waits for a lock: a table that is being rebuilt is busy, and not the query's fault. */
const lockTimeoutMs = 60_000;

/**
 * Begins a transaction that can only read, and sets what the rows' text hangs on, whatever the user or the database is set to. Scans that
 * begin anywhere are switched off, so that the same rows come in the same order. All of it ends with the transaction, as poolers want it.
 */
export function beginStatements({ sourceTimeZone, statementTimeoutMs }: SessionSettings): string {
    const settings: Readonly<Record<string, string>> = {
        statement_timeout: String(statementTimeoutMs),
        lock_timeout: String(lockTimeoutMs),
        timezone: sourceTimeZone,
        datestyle: "ISO",
        extra_float_digits: "3",
        synchronize_seqscans: "off",
        standard_conforming_strings: "on",
    };
    const set = Object.entries(settings).map(([name, value]) => `set local ${name} to ${quoteText(value)}`);
    return ["begin transaction read only", ...set].join("; ");
}

/**
 * The SELECT that gives a window's rows: timestamp (UTC, whole seconds), dimensions, measures, in that order. A query that bounds itself is
 * wrapped for its columns only; any other is bounded here, `start <= timestamp < end`. The query stands on lines of its own, so that a
 * comment at its end hides nothing. `kind` is that of the timestamp's column; `version` the server's `server_version_num`, where it is known.
 */
export function selectWindow(spec: ExtractionSpec, window: Window, kind: ColumnKind, version = 0): string {
    const { sql, bounded } = renderWindowed(spec.query, window, dialect);
    const [time = "", ...names] = columnNames(spec).map(quoteIdentifier);
    const instant = instantExpression(`q.${time}`, kind, spec.timestamp.format);
    const shown = `${wholeSeconds(utcExpression(instant, kind, spec.sourceTimeZone), version)} as ${time}`;
    const select = `select ${[shown, ...names.map((name) => `q.${name}`)].join(", ")} from (\n${sql}\n) q`;
    if (bounded) return select;
    const bound = isPlainUtc(kind, spec) ? timestampLiteral : instantLiteral;
    return `${select} where ${instant} >= ${bound(window.start)} and ${instant} < ${bound(window.end)}`;
}

/** A column that shows UTC is compared as it stands, which spares the database a conversion of every row. */
const isPlainUtc = (kind: ColumnKind, { sourceTimeZone }: ExtractionSpec): boolean =>
    kind === "timestamp" && sourceTimeZone === "UTC";

/** The query's columns and no rows. */
export function selectColumns(spec: ExtractionSpec): string {
    return columnsSelect(spec, dialect, "limit 0");
}

/** Names and categories of types, by their numbers and modifiers, in the order in which they are given. */
export const selectTypes =
    "select format_type(given.number, given.modifier), kept.typcategory " +
    "from unnest($1::oid[], $2::int[]) with ordinality as given (number, modifier, place) " +
    "join pg_catalog.pg_type kept on kept.oid = given.number order by given.place";

/** The statement whose answer is the window's object: CSV with a header line, NULL as nothing and the empty string in quotes. */
export function copyStatement(select: string): string {
    return `copy (${select}) to stdout (format csv, header)`;
}

function quoteText(text: string): string {
    return `'${text.replaceAll("'", "''")}'`;
}

function instantLiteral(instant: number): string {
    return `TIMESTAMPTZ '${clockText(instant)}+00'`;
}
