import type { MetricName } from "../../operations/metricCatalogue";
import { endedBadly, lettersIn, measuredBy, type MetricOf, type Watched } from "./alarms";

/** What the dashboard shows beside what the alarms watch. */
export interface Shown extends Watched {
    readonly region: string;
    /** Names of all functions, for what they cost. */
    readonly functions: readonly string[];
    /** Names of log groups by what is looked up in them. */
    readonly logs: { readonly runs: string; readonly windows: string; readonly ticks: string };
}

/** Columns of a dashboard's grid, and the size of a widget in it. */
const columns = 24;
const [width, height] = [12, 6];

/** A dashboard as CloudWatch takes it: extraction and lag, anomalies, failures, what costs, and tables by detector. */
export function dashboardOf(shown: Shown): { widgets: readonly object[] } {
    const measured = (...names: MetricName[]): MetricOf[] => names.map((name) => measuredBy(shown.stack, name, "Sum"));
    const highest = (name: MetricName): MetricOf => measuredBy(shown.stack, name, "Maximum");
    const widgets = [
        chart(shown, "Rows extracted", measured("RowsExtracted")),
        chart(shown, "Duration of extracting runs (ms)", shown.machineArns.map(durationOf)),
        chart(shown, "Windows committed and parked", measured("WindowsCommitted", "WindowsParked", "ArrivalEvents")),
        chart(shown, "Intervals behind: data, scoring", [highest("LagIntervals"), highest("ScoringLagIntervals")]),
        chart(shown, "New anomalies by severity", measured("AnomaliesMinor", "AnomaliesMajor", "AnomaliesSevere")),
        chart(shown, "Runs that ended badly, dead letters", [
            ...shown.machineArns.flatMap(endedBadly),
            ...shown.queues.map(lettersIn),
        ]),
        chart(
            shown,
            "Cost driver: milliseconds of functions",
            shown.functions.map((name) => functionMetric(name, "Duration")),
        ),
        chart(
            shown,
            "Cost driver: calls of functions",
            shown.functions.map((name) => functionMetric(name, "Invocations")),
        ),
        table(
            shown,
            "Detectors behind",
            shown.logs.ticks,
            "filter message = 'detector is behind' | stats max(intervals) by detector, source",
        ),
        table(
            shown,
            "Rows and windows by detector",
            shown.logs.runs,
            "filter ispresent(RowsExtracted) | stats sum(RowsExtracted) as rows, sum(WindowsCommitted) as windows, sum(WindowsParked) as parked by detector, source",
        ),
        table(
            shown,
            "Last windows that failed",
            shown.logs.windows,
            "filter message = 'window parked' | sort @timestamp desc | limit 20 | display @timestamp, detector, source, window, error, reason",
        ),
    ];
    return { widgets: widgets.map((widget, index) => ({ ...widget, ...placeOf(index) })) };
}

const placeOf = (index: number) => ({
    x: (index * width) % columns,
    y: Math.floor((index * width) / columns) * height,
    width,
    height,
});

function chart({ region }: Shown, title: string, metrics: readonly MetricOf[]): object {
    return {
        type: "metric",
        properties: {
            title,
            region,
            view: "timeSeries",
            period: 300,
            metrics: metrics.map(({ namespace, name, dimensions, statistic }) => [
                namespace,
                name,
                ...Object.entries(dimensions).flat(),
                { stat: statistic },
            ]),
        },
    };
}

function table({ region }: Shown, title: string, logGroup: string, query: string): object {
    return { type: "log", properties: { title, region, view: "table", query: `SOURCE '${logGroup}' | ${query}` } };
}

const durationOf = (StateMachineArn: string): MetricOf => ({
    namespace: "AWS/States",
    name: "ExecutionTime",
    dimensions: { StateMachineArn },
    statistic: "Maximum",
});

const functionMetric = (FunctionName: string, name: string): MetricOf => ({
    namespace: "AWS/Lambda",
    name,
    dimensions: { FunctionName },
    statistic: "Sum",
});
