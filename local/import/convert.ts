import { bareQuery, clockNote } from "./oldQuery";
import { knownParams, type Params } from "./paramsFile";

export interface ImportOptions {
    /** Name of the params file, for messages. */
    readonly file: string;
    /** SQL of the old crawls, where it was found. */
    readonly query?: string;
    /** Logical name of the detector; made from the old one unless given. */
    readonly name?: string;
    /** Length of the history to learn from, ISO 8601. */
    readonly history?: string;
}

/** Stack configuration made from a params file. */
export interface Imported {
    /** Content of `config:` in the stack's file. */
    readonly config: Readonly<Record<string, unknown>>;
    /** What was not carried over or needs a look, for people. */
    readonly notes: readonly string[];
}

/** Name under which the database goes into the configuration. */
const sourceName = "warehouse";

/** Turns the old connector's params into stack configuration: values are carried over as they are, to be checked as any other. */
export function convertParams(params: Params, options: ImportOptions): Imported {
    const name = options.name ?? logicalNameOf(params.detector_name);
    const alert = alertOf(params);
    const region = params.alert_lambda_arn?.split(":")[3];
    const detector = {
        source: sourceName,
        ...(params.detector_description ? { description: params.detector_description } : {}),
        interval: params.detector_frequency,
        query: options.query === undefined ? `queries/${name}.sql` : `${bareQuery(options.query)}\n`,
        timestamp: {
            column: params.timestamp_column.ColumnName,
            ...(params.timestamp_column.ColumnFormat ? { format: params.timestamp_column.ColumnFormat } : {}),
        },
        dimensions: params.dimension_list,
        measures: params.metrics_set.map((measure) => ({
            name: measure.MetricName,
            aggregation: measure.AggregationFunction,
        })),
        offset: durationOf(params.offset),
        ...(options.history === undefined ? {} : { history: { last: options.history } }),
        detectorName: `${params.detector_name}-${params.database_type}`,
        ...(alert.config === undefined ? {} : { alerts: alert.config }),
    };
    return {
        config: {
            ...(region ? { "aws:region": region } : {}),
            "lookout:sources": {
                [sourceName]: {
                    type: params.database_type,
                    ...(params.secret_name ? { secret: params.secret_name } : {}),
                },
            },
            "lookout:detectors": { [name]: detector },
        },
        notes: [
            ...queryNotes(options, name),
            ...(params.secret_name ? [] : ["secret_name is missing: add secret, cluster or workgroup to the source"]),
            ...(region ? [] : ["the params file does not say the region: add aws:region"]),
            ...(options.history === undefined
                ? [
                      "the old connector learned from all rows: 90 days are taken unless history says more, such as history: { last: P365D }",
                  ]
                : []),
            ...alert.notes,
            ...placeNotes(params),
            ...unknownNotes(params),
        ],
    };
}

function queryNotes({ query }: ImportOptions, name: string): string[] {
    if (query === undefined)
        return [
            `the params file has no query: put that of the old crawls into queries/${name}.sql, or give it with --query FILE`,
        ];
    const note = clockNote(query);
    return note === undefined ? [] : [note];
}

/** The old alert called a function; without one there is nobody to tell. */
function alertOf(params: Params): { readonly config?: Record<string, unknown>; readonly notes: readonly string[] } {
    const { alert_name: alert, alert_threshold: threshold, alert_lambda_arn: lambda } = params;
    if (alert === undefined && lambda === undefined) return { notes: [] };
    if (!lambda)
        return {
            notes: [
                `the alert "${alert}" is not carried over: alert_lambda_arn is empty, and an alert needs somebody to tell`,
            ],
        };
    return {
        config: { [logicalNameOf(alert ?? "alert")]: { threshold: threshold ?? 70, lambda } },
        notes: params.alert_description
            ? ["alert_description is not carried over: alerts of the configuration have a name only"]
            : [],
    };
}

/** The stack makes bucket, paths and role itself. */
function placeNotes(params: Params): string[] {
    const given = [
        ...(params.metric_source === undefined ? [] : ["metric_source (paths, role, file format)"]),
        ...(params.s3_bucket ? ["s3_bucket"] : []),
        ...(params.s3_path_continuous_root ? ["s3_path_continuous_root"] : []),
    ];
    return given.length === 0
        ? []
        : [
              `${given.join(", ")}: not carried over, since the stack makes its own bucket, paths and roles; what was learned is learned anew`,
          ];
}

function unknownNotes(params: Params): string[] {
    const unknown = Object.keys(params).filter((key) => !knownParams.has(key));
    return unknown.map((key) => `${key} is not a key of the old connector and is not carried over`);
}

/** A name that the configuration takes: letters, digits, `-` and `_`, at most 40. */
function logicalNameOf(text: string): string {
    const name = text.replace(/[^\w-]+/g, "-").replace(/^[-_]+|[-_]+$/g, "");
    return name.slice(0, longestName).replace(/[-_]+$/, "") || "detector";
}

/** Longest logical name that is made here. */
const longestName = 40;

/** Seconds as ISO 8601: `PT5M`, `PT1H30M`, `P2D`. */
export function durationOf(seconds: number): string {
    const [days, hours, minutes, rest] = [
        Math.floor(seconds / 86_400),
        Math.floor((seconds % 86_400) / 3600),
        Math.floor((seconds % 3600) / 60),
        seconds % 60,
    ];
    const part = (value: number, unit: string): string => (value === 0 ? "" : `${value}${unit}`);
    const time = part(hours, "H") + part(minutes, "M") + part(rest, "S");
    const text = `P${part(days, "D")}${time === "" ? "" : `T${time}`}`;
    return text === "P" ? "PT0S" : text;
}
