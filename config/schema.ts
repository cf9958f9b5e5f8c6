import { z } from "zod";
import { intervalName, type Interval } from "../pipeline/records";
import type { DetectorOptions } from "../pipeline/detectorOptions";
import type { SourceConfig } from "../sources/deploy";
import type { StorageConfig } from "./storage";
import {
    columnName,
    duration,
    email,
    endpoint,
    form,
    isDay,
    roleArn,
    targetArn,
    timestampFormat,
    timeOfEvent,
    timeZone,
    positive,
    wholeDays,
    wholeNumber,
} from "./fields";

/*
 * The keys of the stack's configuration under `lookout:`: each declared once, with its meaning, unit and default. Messages are
 * clauses that follow the value found ("PT7M" …); what stands behind "; expected" is also said when the key is missing.
 * `examples` is what a fix suggests.
 */

const measureSchema = z.strictObject({
    /** Numeric column of the query. */
    name: columnName("revenue"),
    /** How several rows of one metric in one interval become one value. */
    aggregation: z
        .enum(["SUM", "AVG"], { error: "is not an aggregation; expected SUM or AVG" })
        .meta({ examples: ["SUM"] }),
    /** Side of the expected value on which a deviation is of interest. Default: both. */
    direction: z
        .enum(["up", "down", "both"], { error: "is not a direction; expected up, down or both" })
        .meta({ examples: ["up"] })
        .optional(),
    /** Least deviation that is of interest; where both are given, both must be reached. Default: any. */
    minimumEffect: z
        .strictObject({
            /** In the measure's own unit. */
            absolute: positive(
                "is not an effect; expected a number above 0, in the measure's own unit",
                100,
            ).optional(),
            /** Part of the expected value: 0.1 for a tenth. */
            relative: positive("is not an effect; expected a number above 0, 0.1 for a tenth", 0.1).optional(),
        })
        .optional(),
    /** How readily a value is called anomalous: low has about a tenth of the alarms, high five times as many. Default: medium. */
    sensitivity: z
        .enum(["low", "medium", "high"], { error: "is not a sensitivity; expected low, medium or high" })
        .meta({ examples: ["low"] })
        .optional(),
    /** The measure is the first of two other measures divided by the second; its band widens where the second is small. Default: none. */
    ratio: z.strictObject({ numerator: columnName("orders"), denominator: columnName("visits") }).optional(),
});

const eventSchema = z.strictObject({
    /** First instant of the event: a day in `timeZone`, or an instant in UTC. */
    from: timeOfEvent("2026-11-27"),
    /** Its end, which is not part of it. */
    to: timeOfEvent("2026-11-30"),
    /** The one measure that it concerns. Default: all. */
    measure: columnName("revenue").optional(),
    /** The values that it concerns, one for each dimension named. Default: all. */
    dimensions: z.record(z.string(), z.string()).optional(),
});

const timestampSchema = z.strictObject({
    /** Column of the query that says when a row happened. */
    column: columnName("timestamp"),
    /** How it is written where the column is text: a Java date pattern, or `UNIX`. */
    format: timestampFormat.default("yyyy-MM-dd HH:mm:ss"),
});

const historySchema = z.strictObject({
    /** First day of history, in `timeZone`. YAML readers that know dates hand it on as midnight UTC. */
    from: form("is not a day; expected yyyy-MM-dd such as 2026-01-01", /^\d{4}-\d{2}-\d{2}(T00:00:00Z)?$/, "2026-01-01")
        .transform((value) => value.slice(0, 10))
        .refine(isDay, { error: "is not in the calendar; expected yyyy-MM-dd such as 2026-01-01" })
        .optional(),
    /** Length of history back from the first backfill, instead of `from`. Default: P90D. */
    last: duration("P1D", "P3650D", "P90D").optional(),
    /** Length of the windows that history is extracted in, whole days. */
    chunk: wholeDays(1, 366, "P30D").default("P30D"),
});

const alertSchema = z.strictObject({
    /** Least severity, 0 to 100, of an anomaly group that is told. */
    threshold: wholeNumber("is not a severity; expected a whole number from 0 to 100", 0, 100, 70),
    /** Topic to tell; either this or `lambda`. */
    sns: targetArn(
        "an SNS topic",
        /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/,
        "arn:aws:sns:us-east-1:123456789012:oncall",
    ).optional(),
    /** Function to invoke; either this or `sns`. */
    lambda: targetArn(
        "a Lambda function",
        /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
        "arn:aws:lambda:us-east-1:123456789012:function:oncall",
    ).optional(),
    /**
     * Role that is assumed to tell it, one of `lookout:detection.allowedRoles`; its trust policy may ask for the detector's ARN as the
     * external id. Default: none, the service's own role may tell the targets that the configuration names.
     */
    role: roleArn.optional(),
    /** How a message to the topic is written. Default: JSON. */
    format: z
        .enum(["JSON", "LONG_TEXT", "SHORT_TEXT"], {
            error: "is not a message format; expected JSON, LONG_TEXT or SHORT_TEXT",
        })
        .meta({ examples: ["JSON"] })
        .optional(),
    /** Only anomalies of these measures, at most 5. Default: of all. */
    measures: z.array(columnName("revenue")).max(5).default([]),
    /** Only anomalies that involve one of these values of each dimension, at most 5 dimensions with 10 values. Default: all. */
    dimensions: z.record(z.string(), z.array(z.string()).min(1).max(10)).default({}),
});

/** The keys of `lookout:detectors.<name>`. */
export const detectorSchema = z.strictObject({
    /** Name of a source in `lookout:sources`. */
    source: z.string().meta({ examples: ["warehouse"] }),
    /** What is watched, for people; up to 256 characters. Once given it can be changed, not cleared: empty keeps it. */
    description: z.string().max(256).default(""),
    /** Time between two values of a metric. */
    interval: z
        .enum(intervalName.options, {
            error: `is not an interval; expected one of ${intervalName.options.join(", ")}`,
        })
        .meta({ examples: ["PT1H"] }),
    /** SQL, or the path of a `.sql` file from the project's folder. */
    query: z.string().meta({ examples: ["queries/ecommerce.sql"] }),
    timestamp: timestampSchema.meta({ examples: [{ column: "timestamp" }] }),
    /** Where days begin; for P1D only. */
    timeZone: timeZone.default("UTC"),
    /** Categorical columns of the query, at most 20. */
    dimensions: z.array(columnName("platform")).max(20).default([]),
    /** Numeric columns of the query, 1 to 100. */
    measures: z
        .array(measureSchema)
        .min(1)
        .max(100)
        .meta({ examples: [[{ name: "revenue", aggregation: "SUM" }]] }),
    /** Wait after a window's end before it is extracted. */
    offset: duration("PT0S", "P5D", "PT5M").default("PT5M"),
    /** How far back windows are extracted again for late rows. */
    lateness: duration("PT0S", "P40D", "PT2H").default("PT0S"),
    history: historySchema.prefault({}),
    /** Times that are known to be out of the ordinary, at most 1000; neither learned from nor reported. */
    events: z.array(eventSchema).max(1000).default([]),
    alerts: z.record(z.string(), alertSchema).default({}),
    /** Name at the detection service. Default: `<project>-<stack>-<name>`. */
    detectorName: columnName("orders").optional(),
});

/** A limit of the detection service: a whole number of things. */
const limit = (example: number) =>
    wholeNumber("is not a limit; expected a whole number from 1 to 1000000", 1, 1_000_000, example).optional();

/** The keys of `lookout:detection.limits`; each keeps the service's own value unless given, see `detection/api/limits.ts` and `pipeline/check`. */
const limitsSchema = z.strictObject({
    /** Detectors that the service holds. Default: 1000. */
    detectors: limit(1000),
    /** Alerts of one detector. Default: 100. */
    alerts: limit(100),
    /** Measures of one metric set. Default: 100. */
    measures: limit(100),
    /** Dimensions of one metric set. Default: 20. */
    dimensions: limit(20),
    /** Dimension filters of one metric set. Default: 20. */
    filters: limit(20),
    /** Metrics of one detector, measures times combinations of dimension values in one window, that a check lets pass. Default: 50000. */
    metrics: limit(50_000),
    /** Calls a second that one process of the API answers; twice as many in a burst. Default: no limit. */
    callsPerSecond: limit(50),
});

/** The keys of `lookout:detection`. */
export const detectionSchema = z.strictObject({
    /** Base URL of the detection API; empty for the service of this stack. */
    endpoint: endpoint.default(""),
    /** Days that extracted rows are kept; at least the history plus a week. Ledger, models and feedback stay. */
    retentionDays: wholeNumber(
        "is not a number of days; expected a whole number from 8 to 36500",
        8,
        36_500,
        800,
    ).default(800),
    /** Roles that the service may assume for data in other buckets and for alerts' targets, by ARN. Default: none. */
    allowedRoles: z.array(roleArn).default([]),
    /** Where links in alerts begin: the base URL of a console, or of the API where it can be opened. Empty for alerts without links. */
    consoleUrl: endpoint.default(""),
    /** How often data that others write are looked for, and alerts tried again. Default: the shortest interval in use, at most PT1H. */
    tick: z
        .enum(["PT5M", "PT10M", "PT15M", "PT30M", "PT1H"], {
            error: "is not a length that divides an hour; expected PT5M, PT10M, PT15M, PT30M or PT1H",
        })
        .meta({ examples: ["PT5M"] })
        .optional(),
    /** How much of what the API takes. */
    limits: limitsSchema.optional(),
});

/** Days that CloudWatch offers to keep log lines. */
const logRetentions = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** The keys of `lookout:operations`. */
export const operationsSchema = z.strictObject({
    /** Who is told when a run fails, and when it runs again. */
    email: email.optional(),
    /** Whether there are alarms on the pipeline's own health, and a dashboard. */
    monitoring: z
        .boolean({ error: "is neither true nor false; expected true to have alarms and a dashboard, or false" })
        .meta({ examples: [true] })
        .default(true),
    /** Days that the functions' log lines are kept. */
    logRetentionDays: z
        .union(
            logRetentions.map((days) => z.literal(days)),
            {
                error: `is not a number of days that CloudWatch keeps logs; expected one of ${logRetentions.join(", ")}`,
            },
        )
        .meta({ examples: [30] })
        .default(30),
});

/** Whether destroying the stack leaves the bucket and what was learned. */
export const keepDataSchema = z
    .boolean({ error: "is neither true nor false; expected true to keep the bucket on destroy, or false to empty it" })
    .meta({ examples: [true] })
    .default(true);

/** The keys of `lookout:operations`, validated. */
export type OperationsConfig = z.output<typeof operationsSchema>;

/** The keys of `lookout:detection`, validated. */
export type DetectionConfig = z.output<typeof detectionSchema>;

/** An alert, validated; exactly one of `sns` and `lambda` is there. */
export type AlertConfig = z.output<typeof alertSchema>;

/** The detector's keys as they are written, each valid by itself. */
export type DetectorKeys = z.output<typeof detectorSchema>;

/** A detector, validated. */
export interface DetectorConfig {
    /** Logical name. */
    readonly name: string;
    /** Logical name of its source. */
    readonly source: string;
    readonly description: string;
    readonly interval: Interval;
    /** SQL text, placeholders unrendered. */
    readonly query: string;
    readonly timestamp: { readonly column: string; readonly format: string };
    /** IANA zone in which days begin; `UTC` for intervals below a day. */
    readonly timeZone: string;
    readonly dimensions: string[];
    readonly measures: { name: string; aggregation: "SUM" | "AVG" }[];
    /** What the user knows of measures and times. */
    readonly options: DetectorOptions;
    /** Seconds to wait after a window's end. */
    readonly offsetSeconds: number;
    /** Seconds back in which windows are extracted again; 0 for never. */
    readonly latenessSeconds: number;
    /** First day of history, or its length back from the first backfill. */
    readonly history: { from: string } | { last: string };
    /** Length of a backfill window, whole days. */
    readonly chunk: string;
    readonly alerts: Readonly<Record<string, AlertConfig>>;
    /** Name at the detection service, where the user chose it. */
    readonly detectorName?: string;
}

/** The stack's configuration, validated. */
export interface Config {
    readonly sources: Readonly<Record<string, SourceConfig>>;
    readonly detectors: Readonly<Record<string, DetectorConfig>>;
    readonly detection: DetectionConfig;
    readonly storage: StorageConfig;
    readonly operations: OperationsConfig;
    /** Tags of every resource that takes tags. */
    readonly tags: Readonly<Record<string, string>>;
    readonly keepData: boolean;
}
