import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { coarseDays, coarseUnix } from "../sql/coarseFilter";
import { columnNames } from "../sql/inspection";
import { quoteIdentifier } from "../sql/quoting";
import { timestampLiteral } from "../sql/wallClock";
import { clockDialect, columnsSelect, windowSelect } from "../sql/windowSelect";
import { findTimestampFormat, timestampExpression } from "./timestamp";

/** Athena's spelling of literals and names; bounds are a clock's in the source's zone. */
const athenaDialect = (sourceTimeZone: string): Dialect =>
    clockDialect(sourceTimeZone, { literal: timestampLiteral, identifier: quoteIdentifier });

/** The SELECT that gives a window's rows: timestamp (UTC, whole seconds, as text), dimensions, measures, in that order. */
export function selectWindow(spec: ExtractionSpec, window: Window): string {
    const [time = "", ...names] = columnNames(spec).map(quoteIdentifier);
    const parts = {
        query: renderWindowed(spec.query, window, athenaDialect(spec.sourceTimeZone)),
        instant: timestampExpression(`q.${time}`, spec.timestamp.format, spec.sourceTimeZone),
        coarse: coarseFilter(`q.${time}`, spec, window),
        inner: names.map((name) => `q.${name}`),
        literal: timestampLiteral,
        outer: [
            `format_datetime(r.lookout_instant, 'yyyy-MM-dd HH:mm:ss') as ${time}`,
            ...names.map((name) => `r.${name} as ${name}`),
        ],
    };
    return windowSelect(parts, window);
}

/** The query's columns and no rows. */
export function selectColumns(spec: ExtractionSpec): string {
    return columnsSelect(spec, athenaDialect(spec.sourceTimeZone), "where 1 = 0");
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
