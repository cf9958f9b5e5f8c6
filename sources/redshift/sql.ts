import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { coarseBounds } from "../sql/coarseFilter";
import { columnNames } from "../sql/inspection";
import { quoteIdentifier } from "../sql/quoting";
import { timestampLiteral } from "../sql/wallClock";
import { clockDialect, columnsSelect, windowSelect } from "../sql/windowSelect";
import { findTimestampFormat, timestampExpression } from "./timestamp";

/** What UNLOAD writes for one window, and where to. */
export interface Unload {
    readonly spec: ExtractionSpec;
    readonly window: Window;
    /** Where the objects go: every key begins with `prefix`, which ends in `/`. */
    readonly bucket: string;
    readonly prefix: string;
    /** Region of the bucket; the cluster may be in another one. */
    readonly region: string;
    /** Role that the database assumes to write, or a chain of roles joined by commas. */
    readonly roleArn: string;
    /** One object after another, or as many at a time as the cluster has slices: worth it for many rows only. */
    readonly parallel: boolean;
}

/** Largest object that UNLOAD writes before it begins another. */
const maxFileSize = "6.2 GB";

/** Redshift's spelling of literals and names; bounds are a clock's in the source's zone. */
export const redshiftDialect = (sourceTimeZone: string): Dialect =>
    clockDialect(sourceTimeZone, { literal: timestampLiteral, identifier: quoteIdentifier });

/** The SELECT that gives a window's rows: timestamp (UTC, whole seconds, as text), dimensions, measures, in that order. */
export function selectWindow(spec: ExtractionSpec, window: Window): string {
    const [time = "", ...names] = columnNames(spec).map(quoteIdentifier);
    const parts = {
        query: renderWindowed(spec.query, window, redshiftDialect(spec.sourceTimeZone)),
        instant: timestampExpression(`q.${time}`, spec.timestamp.format, spec.sourceTimeZone),
        coarse: coarseFilter(`q.${time}`, spec, window),
        inner: names.map((name) => `q.${name}`),
        literal: timestampLiteral,
        outer: [
            `to_char(r.lookout_instant, 'YYYY-MM-DD HH24:MI:SS') as ${time}`,
            ...names.map((name) => `r.${name} as ${name}`),
        ],
    };
    return windowSelect(parts, window);
}

/** The query's columns and no rows. */
export function selectColumns(spec: ExtractionSpec): string {
    return columnsSelect(spec, redshiftDialect(spec.sourceTimeZone), "where 1 = 0");
}

/**
 * The statement that writes a window's rows into the bucket, as CSV with a header line, encrypted with the bucket's own key: without
 * ENCRYPTED AUTO, UNLOAD would use S3's whatever the bucket says. ALLOWOVERWRITE is left out on purpose: an attempt's prefix is its own, and if anything lies there
 * already, say from a run that the cluster repeated by itself, failing is right, for files of the two runs would both count.
 */
export function unloadStatement({ spec, window, bucket, prefix, region, roleArn, parallel }: Unload): string {
    return [
        `UNLOAD (${quoteText(selectWindow(spec, window))})`,
        `TO ${quoteText(`s3://${bucket}/${prefix}`)}`,
        `IAM_ROLE ${quoteText(roleArn)}`,
        "FORMAT AS CSV",
        "HEADER",
        "ENCRYPTED AUTO",
        `PARALLEL ${parallel ? "ON" : "OFF"}`,
        `MAXFILESIZE ${maxFileSize}`,
        `REGION ${quoteText(region)}`,
    ].join("\n");
}

/** Text as a literal of UNLOAD: inside one, a quote and a backslash each stand for themselves only when doubled. */
export function quoteText(text: string): string {
    return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A first filter that the database can answer from its block statistics; the exact one follows it. */
function coarseFilter(column: string, spec: ExtractionSpec, window: Window): string {
    if (findTimestampFormat(spec.timestamp.format).kind !== "iso") {
        return "";
    }
    const { start, end } = coarseBounds(window);
    const time = `cast(${column} as timestamp)`;
    return ` where ${time} >= ${timestampLiteral(start)} and ${time} < ${timestampLiteral(end)}`;
}
