import { type Dialect, renderWindowed } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import { clockText, wallClock } from "../sql/wallClock";
import { quoteIdentifier } from "../sql/quoting";
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

/**
 * Widest difference between a session's time zone and UTC, 14 hours, and between the source's zone and UTC, 12 hours: rows within
 * it of the window's bounds pass the first, coarse filter.
 */
const slackMs = 26 * 3600 * 1000;

/**
 * Redshift's spelling of literals and names. Bounds are written as a clock in the source's zone shows them, since they are compared
 * with a column that names no zone.
 */
export function redshiftDialect(sourceTimeZone: string): Dialect {
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
    const { sql, bounded } = renderWindowed(spec.query, window, redshiftDialect(spec.sourceTimeZone));
    const names = [...spec.dimensions, ...spec.measures.map(({ name }) => name)].map(quoteIdentifier);
    const time = quoteIdentifier(spec.timestamp.column);
    const instant = timestampExpression(`q.${time}`, spec.timestamp.format, spec.sourceTimeZone);
    const inner = [`${instant} as lookout_instant`, ...names.map((name) => `q.${name}`)].join(", ");
    const outer = [
        `to_char(r.lookout_instant, 'YYYY-MM-DD HH24:MI:SS') as ${time}`,
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

/** The query's columns and no rows. The window given to a query that bounds itself is any; nothing is read. */
export function selectColumns(spec: ExtractionSpec): string {
    const anyWindow = { start: 0, end: 3_600_000 };
    const { sql } = renderWindowed(spec.query, anyWindow, redshiftDialect(spec.sourceTimeZone));
    return `select * from (\n${sql}\n) q where 1 = 0`;
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
function coarseFilter(column: string, spec: ExtractionSpec, { start, end }: Window): string {
    if (findTimestampFormat(spec.timestamp.format).kind !== "iso") {
        return "";
    }
    const time = `cast(${column} as timestamp)`;
    return ` where ${time} >= ${timestampLiteral(start - slackMs)} and ${time} < ${timestampLiteral(end + slackMs)}`;
}

/** A clock reading (milliseconds since 1970, as if it were UTC) as a literal without a zone. */
function timestampLiteral(wall: number): string {
    return `TIMESTAMP '${clockText(wall)}'`;
}
