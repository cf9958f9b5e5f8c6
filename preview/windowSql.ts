import { type Dialect, renderWindowed } from "../pipeline/query";
import type { ExtractionSpec } from "../pipeline/records";
import { formatInstant, type Window } from "../pipeline/windows";
import { deployHalfOf, type SourceConfig } from "../sources/deploy";

/** Standard SQL, for databases that tell their own only when they are asked. */
const standard: Dialect = {
    literal: (instant) => `TIMESTAMP '${formatInstant(instant).replace("T", " ").replace("Z", "")}'`,
    identifier: (name) => `"${name.replaceAll('"', '""')}"`,
};

/** The SQL that gives a window's rows: the database's own where it is known without asking, else the query bounded to the window. */
export function windowSql(source: Pick<SourceConfig, "type">, spec: ExtractionSpec, window: Window): string {
    const own = deployHalfOf(source).windowSql?.(spec, window);
    if (own !== undefined) return own;
    const { sql, bounded } = renderWindowed(spec.query, window, standard);
    if (bounded) return sql;
    const time = `q.${standard.identifier(spec.timestamp.column)}`;
    const bounds = `${time} >= ${standard.literal(window.start)} and ${time} < ${standard.literal(window.end)}`;
    return `select * from (\n${sql}\n) q where ${bounds}`;
}
