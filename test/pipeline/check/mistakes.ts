import type { ExtractionSpec } from "../../../pipeline/records";
import { specOf } from "../../support/specs";

/** One thing that somebody gets wrong, and what the check has to say of it. */
export interface Mistake {
    readonly name: string;
    /** Which database it is made with. */
    readonly on: "redshift" | "postgres" | "athena";
    readonly spec?: Partial<ExtractionSpec>;
    /** Name of the secret that the source has; `good` is right. */
    readonly secret?: string;
    /** Whether there are no AWS credentials to ask with. */
    readonly anonymous?: boolean;
    /** Keys of the source beside the secret. */
    readonly source?: object;
    readonly verdict: "failed" | "warning" | "unreachable";
    /** The key that has to change. */
    readonly key: string;
    /** The cause, as the finding has to name it. */
    readonly cause: RegExp;
    /** The remedy. */
    readonly remedy: RegExp;
}

const detector = "lookout:detectors.orders";
const source = "lookout:sources.warehouse";
const measures = (...names: string[]): Partial<ExtractionSpec> => ({
    measures: names.map((name) => ({ name, aggregation: "SUM" })),
});
const timestamp = (column: string, format = "yyyy-MM-dd HH:mm:ss"): Partial<ExtractionSpec> => ({
    timestamp: { column, format },
    query: "select * from events",
});

/** The spec of a mistake: the right one, with what is wrong in it. */
export const mistakenSpec = ({ spec }: Mistake): ExtractionSpec => specOf({ query: "select * from events", ...spec });

export const mistakes: readonly Mistake[] = [
    {
        name: "a measure that the query does not have",
        on: "redshift",
        spec: measures("views", "revenu"),
        verdict: "failed",
        key: `${detector}.measures[1].name`,
        cause: /the query has no column "revenu"; it has ts, platform, views, /,
        remedy: /correct the name, or add the column to lookout:detectors\.orders\.query/,
    },
    {
        name: "a timestamp column that the query does not have",
        on: "postgres",
        spec: timestamp("happened"),
        verdict: "failed",
        key: `${detector}.timestamp.column`,
        cause: /no column "happened"; it has ts, platform/,
        remedy: /correct the name/,
    },
    {
        name: "a column that the query names and its table does not have",
        on: "postgres",
        spec: { query: "select ts, platform, view as views from events" },
        verdict: "failed",
        key: `${detector}.query`,
        cause: /column "view" does not exist/,
        remedy: /Correct lookout:detectors\.orders\.query/,
    },
    {
        name: "a name in another case than the database's, which tells them apart",
        on: "postgres",
        spec: { dimensions: ["Platform"] },
        verdict: "failed",
        key: `${detector}.dimensions[0]`,
        cause: /column q\.Platform does not exist/,
        remedy: /Correct lookout:detectors\.orders\.dimensions\[0\], or add the column "Platform"/,
    },
    {
        name: "two columns of one name",
        on: "redshift",
        spec: { query: "select a.*, b.views from events a join events b on b.ts = a.ts" },
        verdict: "failed",
        key: `${detector}.measures[0].name`,
        cause: /2 columns "views"/,
        remedy: /name them apart/,
    },
    {
        name: "a measure that is text",
        on: "redshift",
        spec: measures("note"),
        verdict: "failed",
        key: `${detector}.measures[0].name`,
        cause: /"note" is varchar, which is text; expected a number/,
        remedy: /cast the column to a number/,
    },
    {
        name: "a dimension that is a floating point number",
        on: "postgres",
        spec: { dimensions: ["platform", "price"] },
        verdict: "failed",
        key: `${detector}.dimensions[1]`,
        cause: /"price" is double precision, whose values hardly repeat/,
        remedy: /list it in measures/,
    },
    {
        name: "a dimension that is a time",
        on: "redshift",
        spec: { dimensions: ["day"] },
        verdict: "failed",
        key: `${detector}.dimensions[0]`,
        cause: /"day" is date, so that each time would be a metric of its own/,
        remedy: /leave it out/,
    },
    {
        name: "more combinations than the detector can watch",
        on: "postgres",
        spec: { dimensions: ["visitor"], query: "select * from visits", ...measures("views", "clicks") },
        verdict: "failed",
        key: `${detector}.dimensions`,
        cause: /visitor has 30,000 combinations in one window, 60,000 metrics with 2 measures; expected at most 50,000/,
        remedy: /leave out the dimension with the most values.*raise lookout:detection\.limits\.metrics/,
    },
    {
        name: "a timestamp in a text, without its format",
        on: "redshift",
        spec: timestamp("written"),
        verdict: "failed",
        key: `${detector}.timestamp.format`,
        cause: /"written" is text \(varchar\) and cannot be read as "yyyy-MM-dd HH:mm:ss".*31\.12\.2025/,
        remedy: /set .*timestamp\.format to how it is written/,
    },
    {
        name: "a day before its month, in a text without its format",
        on: "postgres",
        spec: timestamp("written"),
        verdict: "failed",
        key: `${detector}.timestamp.format`,
        cause: /"written" is text \(text\) and cannot be read as "yyyy-MM-dd HH:mm:ss".*31\.12\.2025/,
        remedy: /timestamp\.?'?s? format|set .*timestamp\.format/,
    },
    {
        name: "a format on a column that is a time already",
        on: "redshift",
        spec: timestamp("ts", "dd.MM.yyyy HH:mm"),
        verdict: "failed",
        key: `${detector}.timestamp.format`,
        cause: /"ts" is timestamp, a time already, and the format is "dd\.MM\.yyyy HH:mm"/,
        remedy: /pulumi config rm --path/,
    },
    {
        name: "seconds since 1970 without the format UNIX",
        on: "redshift",
        spec: timestamp("views"),
        verdict: "failed",
        key: `${detector}.timestamp.format`,
        cause: /"views" is int8, and the format is "yyyy-MM-dd HH:mm:ss"; expected UNIX/,
        remedy: /pulumi config set --path 'lookout:detectors\.orders\.timestamp\.format' UNIX/,
    },
    {
        name: "a date where hours are wanted",
        on: "postgres",
        spec: timestamp("day"),
        verdict: "failed",
        key: `${detector}.timestamp.column`,
        cause: /"day" is date, which tells no time of day/,
        remedy: /name a column with a time, or set interval to P1D/,
    },
    {
        name: "a query that ends in a semicolon",
        on: "redshift",
        spec: { query: "select ts, platform, views from events;" },
        verdict: "failed",
        key: `${detector}.query`,
        cause: /has a ";" on line 1/,
        remedy: /without a ";" at its end/,
    },
    {
        name: "a table that is not there",
        on: "redshift",
        spec: { query: "select ts, platform, views from evnts" },
        verdict: "failed",
        key: `${detector}.query`,
        cause: /relation "evnts" does not exist/,
        remedy: /Correct the table's name or its schema/,
    },
    {
        name: "an error in the SQL",
        on: "postgres",
        spec: { query: "select ts, platform, views frmo events where" },
        verdict: "failed",
        key: `${detector}.query`,
        cause: /syntax error at or near "(events|where)"/,
        remedy: /Correct lookout:detectors\.orders\.query/,
    },
    {
        name: "a table that the user may not read",
        on: "postgres",
        spec: { query: "select ts, platform, views from secrets" },
        verdict: "failed",
        key: `${detector}.query`,
        cause: /permission denied for table secrets/,
        remedy: /Grant the database user of lookout:sources\.warehouse/,
    },
    {
        name: "a password that was changed",
        on: "redshift",
        secret: "changed",
        verdict: "failed",
        key: source,
        cause: /password authentication failed for user "lookout"/,
        remedy: /the secret of lookout:sources\.warehouse/,
    },
    {
        name: "a password that has expired",
        on: "postgres",
        secret: "expired",
        verdict: "failed",
        key: source,
        cause: /password authentication failed for user "temporary"/,
        remedy: /Correct the user and the password in the secret of lookout:sources\.warehouse/,
    },
    {
        name: "nobody who is signed in to AWS",
        on: "redshift",
        anonymous: true,
        verdict: "failed",
        key: source,
        cause: /reading the secret "right" failed: Could not load credentials from any providers/,
        remedy: /sign in to AWS, or give credentials in the environment/,
    },
    {
        name: "a secret that is not there",
        on: "postgres",
        secret: "forgotten",
        verdict: "failed",
        key: source,
        cause: /there is no secret "forgotten" in Secrets Manager/,
        remedy: /Create it as a JSON object with username/,
    },
    {
        name: "a secret without the database's name",
        on: "redshift",
        secret: "lacking",
        verdict: "failed",
        key: `${source}.secret`,
        cause: /the secret "lacking" has no key "db"/,
        remedy: /correct the secret's value in Secrets Manager, or give lookout:sources\.warehouse\.database/,
    },
    {
        name: "a cluster that is not there",
        on: "redshift",
        source: { cluster: "nowhere" },
        verdict: "failed",
        key: source,
        cause: /Redshift endpoint doesn't exist in this region/,
        remedy: /Check the cluster or workgroup of lookout:sources\.warehouse, and the region/,
    },
    {
        name: "a port at which nobody listens",
        on: "postgres",
        source: { port: 1 },
        verdict: "unreachable",
        key: source,
        cause: /ECONNREFUSED/,
        remedy: /check lookout:sources\.warehouse\.host and port/,
    },
    {
        name: "a database that the server does not have",
        on: "postgres",
        source: { database: "shoop" },
        verdict: "failed",
        key: `${source}.database`,
        cause: /database "shoop" does not exist/,
        remedy: /Correct lookout:sources\.warehouse\.database/,
    },
    {
        name: "a server whose certificate nobody vouches for",
        on: "postgres",
        source: { certificateAuthority: undefined },
        verdict: "failed",
        key: source,
        cause: /unable to verify the first certificate|self-signed certificate/,
        remedy: /lookout:sources\.warehouse\.certificateAuthority/,
    },
    {
        name: "a table that is no longer written to",
        on: "redshift",
        spec: { query: "select ts, platform, views from events where views < 0" },
        verdict: "warning",
        key: `${detector}.query`,
        cause: /gives no row in the window 2026-01-01T11:00:00Z\/2026-01-01T12:00:00Z, and none in the 24 hours before it/,
        remedy: /see that the query gives rows/,
    },
    {
        name: "local time read as UTC, west of Greenwich",
        on: "redshift",
        spec: { query: "select dateadd(hour, -5, ts) as ts, platform, views from events" },
        verdict: "warning",
        key: `${detector}.query`,
        cause: /gives no row in the window .*, and 2 in the 24 hours before it/,
        remedy: /set lookout:sources\.warehouse\.sourceTimeZone \(now UTC\)/,
    },
    {
        name: "local time read as UTC, east of Greenwich",
        on: "postgres",
        spec: { query: "select ts + interval '9 hours' as ts, platform, views from events" },
        verdict: "warning",
        key: `${source}.sourceTimeZone`,
        cause: /2 rows are stamped later than now, .* when "ts" is read as UTC/,
        remedy: /the IANA name of that zone/,
    },
    {
        name: "a measure that is always NULL",
        on: "redshift",
        spec: {
            query: "select ts, platform, views, cast(null as bigint) as empty from events",
            ...measures("views", "empty"),
        },
        verdict: "warning",
        key: `${detector}.measures[1].name`,
        cause: /"empty" is NULL in all 2 rows of the window/,
        remedy: /see where lookout:detectors\.orders\.query takes it from/,
    },
    {
        name: "a query of a lake that names no window, so that each reads the whole of it",
        on: "athena",
        verdict: "warning",
        key: `${detector}.query`,
        cause: /Athena is paid by the bytes that a query reads, and each window, 24 a day, may read the whole of its tables/,
        remedy: /bound the partitions .* by \{\{start\}\} and \{\{end\}\}, such as where dt between date_format/,
    },
    {
        name: "a history that begins in the future",
        on: "redshift",
        spec: { history: { from: "2027-01-01" } },
        verdict: "failed",
        key: `${detector}.history.from`,
        cause: /2027-01-01 leaves no window to extract up to now/,
        remedy: /begin the history earlier/,
    },
];
