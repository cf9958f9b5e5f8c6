import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { columnsSelect } from "../sql/windowSelect";
import { boundLiteral, coarseFilter, instantExpression, type TimestampRule } from "./timestamp";

/*
 * All of this means the same whatever the server's sql_mode: names stand in backticks, literals in single quotes and without backslashes,
 * and nothing is joined by ||. The user's own query keeps the mode that it was written for.
 */

/** A name, quoted so that any character in it is harmless. */
export function quoteIdentifier(name: string): string {
    return `\`${name.replaceAll("`", "``")}\``;
}

/** MySQL's spelling of literals and names. */
function dialectOf(rule: TimestampRule, sourceTimeZone: string): Dialect {
    return { literal: (instant) => boundLiteral(instant, rule, sourceTimeZone), identifier: quoteIdentifier };
}

/**
 * The SELECT that gives a window's rows: the instant as a DATETIME in UTC, which may carry a fraction of a second, then dimensions and
 * measures as they are. A query that bounds itself is wrapped for its columns only; any other is bounded here, `start <= timestamp < end`.
 * Where the timestamp is text or a number, values that cannot be read come along with a NULL instant, so that they are found and not lost.
 */
export function selectWindow(spec: ExtractionSpec, window: Window, rule: TimestampRule): string {
    const { sql, bounded } = renderWindowed(spec.query, window, dialectOf(rule, spec.sourceTimeZone));
    const time = quoteIdentifier(spec.timestamp.column);
    const names = [...spec.dimensions, ...spec.measures.map(({ name }) => name)].map(quoteIdentifier);
    const instant = instantExpression(`q.${time}`, rule, spec, window);
    const columns = [`${instant} as ${time}`, ...names.map((name) => `q.${name} as ${name}`)].join(", ");
    const from = `from (\n${sql}\n) q`;
    if (bounded) return `select ${columns} ${from}`;
    const coarse = coarseFilter(`q.${time}`, rule, spec, window);
    if (coarse?.exact) return `select ${columns} ${from} where ${coarse.sql}`;
    const bounds = coarseFilter(instant, { kind: "instant" }, spec, window)?.sql ?? "true";
    const inside = coarse === undefined ? `((${bounds}) or (${instant} is null and q.${time} is not null))` : bounds;
    return `select ${columns} ${from} where ${coarse === undefined ? "" : `${coarse.sql} and `}${inside}`;
}

/** The user's query for a window, to tell its manifest from another query's. */
export function renderedQuery(spec: ExtractionSpec, window: Window): string {
    return renderWindowed(spec.query, window, dialectOf({ kind: "clock" }, spec.sourceTimeZone)).sql;
}

/** The query's columns and no rows. */
export function selectColumns(spec: ExtractionSpec): string {
    return columnsSelect(spec, dialectOf({ kind: "instant" }, "UTC"), "limit 0");
}
