import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { coarseDays, coarseUnix } from "../sql/coarseFilter";
import { clockText, wallClock } from "../sql/wallClock";
import { quoteIdentifier } from "../sql/quoting";
import { findTimestampFormat, timestampExpression } from "./timestamp";

/**
 * Athena's spelling of literals and names. Bounds are written as a clock in the source's zone shows them, since they are compared
 * with a column that names no zone.
 */
export function athenaDialect(sourceTimeZone: string): Dialect {
    return {
        literal: (instant) => timestampLiteral(wallClock(instant, sourceTimeZone)),
        identifier: quoteIdentifier,
    };
}

/**
 * The SELECT that gives a window's rows: timestamp (UTC, whole seconds, as text), dimensions, measures, in that order. A query that
 * bounds itself is wrapped for its columns only; any other is bounded here, `start <= timestamp < end`. The query stands on lines of
 * its own, so that a comment at its end hides nothing.
 */
export function selectWindow(spec: ExtractionSpec, window: Window): string {
    const { sql, bounded } = renderWindowed(spec.query, window, athenaDialect(spec.sourceTimeZone));
    const names = [...spec.dimensions, ...spec.measures.map(({ name }) => name)].map(quoteIdentifier);
    const time = quoteIdentifier(spec.timestamp.column);
    const instant = timestampExpression(`q.${time}`, spec.timestamp.format, spec.sourceTimeZone);
    const inner = [`${instant} as lookout_instant`, ...names.map((name) => `q.${name}`)].join(", ");
    const outer = [
        `format_datetime(r.lookout_instant, 'yyyy-MM-dd HH:mm:ss') as ${time}`,
        ...names.map((name) => `r.${name} as ${name}`),
    ].join(", ");
    const from = `select ${inner} from (\n${sql}\n) q`;
    if (bounded) {
        return `select ${outer} from (${from}) r`;
    }
    return (
        `select ${outer} from (${from}${coarseFilter(`q.${time}`, spec, window)}) r ` +
        `where r.lookout_instant >= ${timestampLiteral(window.start)} and r.lookout_instant < ${timestampLiteral(window.end)}`
    );
}

/**
 * A first filter on the column, whose type the format does not tell. As text, times and ISO text compare alike; a column that is text
 * already, or a partition, is compared without looking into rows. For other formats there is none that is certain to lose no row.
 */
function coarseFilter(column: string, spec: ExtractionSpec, window: Window): string {
    switch (findTimestampFormat(spec.timestamp.format).kind) {
        case "iso": {
            const { start, end } = coarseDays(window);
            const text = `cast(${column} as varchar)`;
            return ` where ${text} >= '${start}' and ${text} < '${end}'`;
        }
        case "unix":
            return ` where ${coarseUnix(`cast(${column} as double)`, window)}`;
        case "text":
            return "";
    }
}

/** The query's columns and no rows. The window given to a query that bounds itself is any; nothing is read. */
export function selectColumns(spec: ExtractionSpec): string {
    const anyWindow = { start: 0, end: 3_600_000 };
    const { sql } = renderWindowed(spec.query, anyWindow, athenaDialect(spec.sourceTimeZone));
    return `select * from (\n${sql}\n) q where 1 = 0`;
}

function timestampLiteral(wall: number): string {
    return `TIMESTAMP '${clockText(wall)}'`;
}
