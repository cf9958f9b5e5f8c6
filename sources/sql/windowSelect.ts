import { type Dialect, type RenderedQuery, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { wallClock } from "./wallClock";

/**
 * A dialect whose bounds are written as a clock in the source's zone shows them, since they are compared with a column that names no zone.
 * `literal` of the spelling writes a clock reading (milliseconds since 1970, as if it were UTC).
 */
export function clockDialect(sourceTimeZone: string, spelling: Dialect): Dialect {
    return {
        literal: (instant) => spelling.literal(wallClock(instant, sourceTimeZone)),
        identifier: (name) => spelling.identifier(name),
    };
}

/** What the SELECT of a window is made of, in the database's own SQL. */
export interface WindowParts {
    /** The user's query for the window; its rows are called `q`. */
    readonly query: RenderedQuery;
    /** The instant of a row of `q`, as a timestamp without zone in UTC. */
    readonly instant: string;
    /** ` where …` that lets at least the window's rows of `q` through and that the database answers cheaply; or nothing. */
    readonly coarse: string;
    /** The columns of `q` beside the timestamp. */
    readonly inner: readonly string[];
    /** The columns of the answer, of rows called `r` that have the instant as `lookout_instant`. */
    readonly outer: readonly string[];
    /** A clock reading (milliseconds since 1970, as if it were UTC) as a literal without a zone. */
    readonly literal: (wall: number) => string;
}

/**
 * The SELECT that gives a window's rows. A query that bounds itself is wrapped for its columns only; any other is bounded here,
 * `start <= timestamp < end`. The query stands on lines of its own, so that a comment at its end hides nothing.
 */
export function windowSelect(parts: WindowParts, { start, end }: Window): string {
    const { query, instant, coarse, inner, outer, literal } = parts;
    const from = `select ${[`${instant} as lookout_instant`, ...inner].join(", ")} from (\n${query.sql}\n) q`;
    const select = `select ${outer.join(", ")} from`;
    if (query.bounded) return `${select} (${from}) r`;
    const inside = `r.lookout_instant >= ${literal(start)} and r.lookout_instant < ${literal(end)}`;
    return `${select} (${from}${coarse}) r where ${inside}`;
}

/** The query's columns and no rows; `none` is the clause that leaves them out. The window given to a query that bounds itself is any. */
export function columnsSelect({ query }: ExtractionSpec, dialect: Dialect, none: "where 1 = 0" | "limit 0"): string {
    const { sql } = renderWindowed(query, { start: 0, end: 3_600_000 }, dialect);
    return `select * from (\n${sql}\n) q ${none}`;
}
