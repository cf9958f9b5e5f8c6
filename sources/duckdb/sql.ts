import { renderWindowed, type Dialect } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import type { ColumnKind } from "../metricSource";
import { coarseBounds } from "../sql/coarseFilter";
import { clockText, timestampLiteral } from "../sql/wallClock";
import { quoteIdentifier } from "../sql/quoting";
import { quoteText } from "./quoting";
import { instantSql, ruleOf, type TimestampRule } from "./timestamp";

/** DuckDB's spelling of literals and names. A bound is an instant; compared with a column without a zone, that one is read in the session's. */
const dialect: Dialect = { literal: instantLiteral, identifier: quoteIdentifier };

/**
 * The SELECT that gives a window's rows: timestamp (UTC, whole seconds, as text), dimensions, measures. A query that bounds itself is wrapped
 * for its columns only; any other is bounded here, `start <= timestamp < end`. Values of a text or number that cannot be read as a time come
 * along without one, so that they are found and not lost. The session's zone is that of timestamps without one.
 */
export function selectWindow(spec: ExtractionSpec, window: Window, kind: ColumnKind): string {
    const { sql, bounded } = renderWindowed(spec.query, window, dialect);
    const names = [...spec.dimensions, ...spec.measures.map(({ name }) => name)].map(quoteIdentifier);
    const time = quoteIdentifier(spec.timestamp.column);
    const rule = ruleFor(kind, spec.timestamp.format);
    const inner = [
        `${instantSql(`q.${time}`, rule, spec.sourceTimeZone)} as lookout_instant`,
        `q.${time} is null as lookout_empty`,
        ...names.map((name) => `q.${name}`),
    ];
    // A timestamp of whole seconds is written so by itself, for a part of what strftime costs.
    const utc = "cast(date_trunc('second', r.lookout_instant) as varchar)";
    const outer = [`${utc} as ${time}`, ...names.map((name) => `r.${name} as ${name}`)].join(", ");
    const from = `select ${inner.join(", ")} from (\n${sql}\n) q`;
    if (bounded) return `select ${outer} from (${from}) r`;
    const inside = `r.lookout_instant >= ${timestampLiteral(window.start)} and r.lookout_instant < ${timestampLiteral(window.end)}`;
    const unread =
        rule.kind === "instant" || rule.kind === "clock"
            ? ""
            : " or (r.lookout_instant is null and not r.lookout_empty)";
    return `select ${outer} from (${from}${coarseFilter(`q.${time}`, kind, window)}) r where (${inside})${unread}`;
}

/** The user's query for a window, to tell its manifest from another query's. */
export const renderedQuery = (spec: ExtractionSpec, window: Window): string =>
    renderWindowed(spec.query, window, dialect).sql;

/** The query's columns and their types, without its rows. The window given to a query that bounds itself is any. */
export function describeQuery(spec: ExtractionSpec): string {
    const { sql } = renderWindowed(spec.query, { start: 0, end: 3_600_000 }, dialect);
    return `describe select * from (\n${sql}\n) q`;
}

/** Writes what a SELECT gives to a file as the contract's CSV: NULL is nothing, the empty string is `""`. */
export const copyTo = (select: string, file: string): string =>
    `copy (${select}) to ${quoteText(file)} (format csv, header true, delimiter ',', quote '"', escape '"', nullstr '', use_tmp_file false)`;

/** What a type of DuckDB's holds. */
export function kindOf(type: string): ColumnKind {
    if (/^TIMESTAMP WITH TIME ZONE$/.test(type)) return "instant";
    if (/^TIMESTAMP/.test(type)) return "timestamp";
    if (type === "DATE") return "date";
    if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL\b.*)$/.test(type)) return "number";
    if (/^(VARCHAR|ENUM\b.*|UUID)$/.test(type)) return "text";
    return type === "BOOLEAN" ? "boolean" : "other";
}

/** A column that is a time needs no format; one that is a number, or text, is read by it. */
function ruleFor(kind: ColumnKind, format: string): TimestampRule {
    if (kind === "instant") return { kind };
    if (kind === "timestamp" || kind === "date") return { kind: "clock" };
    return kind === "number" ? { kind: "unix" } : ruleOf(format);
}

/** A first filter that files answer from their statistics; the exact one follows it. */
function coarseFilter(column: string, kind: ColumnKind, window: Window): string {
    if (kind === "instant") {
        return ` where ${column} >= ${instantLiteral(window.start)} and ${column} < ${instantLiteral(window.end)}`;
    }
    if (kind !== "timestamp" && kind !== "date") return "";
    const { start, end } = coarseBounds(window);
    return ` where ${column} >= ${timestampLiteral(start)} and ${column} < ${timestampLiteral(end)}`;
}

function instantLiteral(instant: number): string {
    return `TIMESTAMPTZ '${clockText(instant)}+00'`;
}
