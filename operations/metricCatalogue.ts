/*
 * What the functions measure of themselves: each metric once, with its unit and what it says. CloudWatch charges by metric, so that none has
 * a detector for its dimension: which detector it was stands beside the value in the log line that carries both.
 */

/** CloudWatch's namespace of all of them; their one dimension is `stack`, `<project>/<stack>`. */
export const metricNamespace = "Lookout";

/** The metrics by name. */
export const metricCatalogue = {
    RowsExtracted: { unit: "Count", about: "rows of the windows that a run committed" },
    WindowsCommitted: { unit: "Count", about: "windows that a run committed" },
    WindowsParked: { unit: "Count", about: "windows that failed in a run, and are tried again" },
    LagIntervals: { unit: "Count", about: "due intervals that a detector's committed data lie behind" },
    TickDelay: { unit: "Seconds", about: "time from a tick's scheduled instant to its work" },
    ScoringLagIntervals: { unit: "Count", about: "due intervals that a detector has not scored" },
    AnomaliesMinor: { unit: "Count", about: "new anomaly groups below severity 70" },
    AnomaliesMajor: { unit: "Count", about: "new anomaly groups of severity 70 to 89" },
    AnomaliesSevere: { unit: "Count", about: "new anomaly groups of severity 90 and more" },
    ArrivalEvents: { unit: "Count", about: "windows that were empty, far short of rows, or later than usual" },
} as const;

export type MetricName = keyof typeof metricCatalogue;
