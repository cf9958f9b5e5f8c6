import { type MetricName, metricNamespace } from "../../operations/metricCatalogue";

/** What the alarms watch, by physical name. */
export interface Watched {
    /** `<project>/<stack>`, the dimension of the metrics that the functions measure. */
    readonly stack: string;
    /** ARNs of the state machines that extract. */
    readonly machineArns: readonly string[];
    /** Name of the function that plans live windows. */
    readonly planner: string;
    /** Name of the function that looks after the detection service; undefined where it runs elsewhere. */
    readonly tick: string | undefined;
    /** Names of the queues of dead letters. */
    readonly queues: readonly string[];
    /** Longest time between two planning ticks, in seconds; undefined where there is no detector, and nothing to plan. */
    readonly planningSeconds: number | undefined;
    /** Time between two ticks of the detection service, in seconds. */
    readonly tickSeconds: number;
}

/** One metric as CloudWatch knows it. */
export interface MetricOf {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly statistic: "Sum" | "Maximum";
}

/** An alarm: the sum of its metrics, over one period, against a threshold. */
export interface AlarmSpec {
    /** Last part of the resource's name. */
    readonly role: string;
    /** What it says, and what to do: the message that people get. */
    readonly description: string;
    readonly metrics: readonly MetricOf[];
    readonly periodSeconds: number;
    /** Periods in a row that must break the rule. */
    readonly periods: number;
    readonly comparison: "GreaterThanOrEqualToThreshold" | "LessThanThreshold";
    readonly threshold: number;
    /** What no value at all means. */
    readonly missing: "notBreaching" | "breaching";
}

const minute = 60;
const hour = 3600;
/** Intervals behind from which people are told: a window that is tried again at the next tick is no news. */
const lagIntervals = 4;
/** Seconds that a tick may come late. */
const latestTickSeconds = 15 * minute;
/** CloudWatch takes no longer period for an alarm. */
const longestPeriod = 24 * hour;

/** The alarms on a stack's own health, the most urgent first. */
export function alarmsOf(watched: Watched): AlarmSpec[] {
    const measured = (name: MetricName, statistic: MetricOf["statistic"]): MetricOf =>
        measuredBy(watched.stack, name, statistic);
    return [
        {
            role: "failed-executions",
            description:
                "Runs that extract failed, timed out or were aborted. The operations topic has a message about each incident.",
            metrics: watched.machineArns.flatMap(endedBadly),
            periodSeconds: 5 * minute,
            ...atLeast(1),
        },
        {
            role: "watermark-lag",
            description: `The data of a detector lie ${lagIntervals} due intervals or more behind. See which: lookout status, then lookout windows.`,
            metrics: [measured("LagIntervals", "Maximum")],
            periodSeconds: hour,
            ...atLeast(lagIntervals),
        },
        {
            role: "scoring-lag",
            description: `A detector has not scored ${lagIntervals} due intervals or more, though it was at work. See lookout status.`,
            metrics: [measured("ScoringLagIntervals", "Maximum")],
            periodSeconds: hour,
            ...atLeast(lagIntervals),
        },
        {
            role: "arrival",
            description:
                "Windows came empty, far short of their usual rows, or later than usual. See lookout windows for which.",
            metrics: [measured("ArrivalEvents", "Sum")],
            periodSeconds: 5 * minute,
            ...atLeast(1),
        },
        {
            role: "tick-lag",
            description:
                "A tick began its work a quarter of an hour late or more: the account may be out of concurrent functions.",
            metrics: [measured("TickDelay", "Maximum")],
            periodSeconds: hour,
            ...atLeast(latestTickSeconds),
        },
        ...ticksMissing(watched),
        {
            role: "dead-letters",
            description:
                "Something was given up for good and lies in a queue of dead letters: a tick, an alert, or work of the detection service.",
            metrics: watched.queues.map(lettersIn),
            periodSeconds: 5 * minute,
            ...atLeast(1),
        },
    ];
}

/** A schedule that is gone or refused calls nobody, and then nothing else is measured either. */
function ticksMissing({ planner, tick, planningSeconds, tickSeconds }: Watched): AlarmSpec[] {
    const silent = (role: string, what: string, name: string, everySeconds: number): AlarmSpec => ({
        role,
        description: `${what} was not called when it was due. See that its schedule exists and is enabled: pulumi up brings it back.`,
        metrics: [
            { namespace: "AWS/Lambda", name: "Invocations", dimensions: { FunctionName: name }, statistic: "Sum" },
        ],
        periodSeconds: Math.min(Math.max(2 * everySeconds, 10 * minute), longestPeriod),
        periods: 1,
        comparison: "LessThanThreshold",
        threshold: 1,
        missing: "breaching",
    });
    return [
        ...(planningSeconds === undefined
            ? []
            : [silent("planning-silent", "The planner of live windows", planner, planningSeconds)]),
        ...(tick === undefined ? [] : [silent("tick-silent", "The detection service's tick", tick, tickSeconds)]),
    ];
}

const atLeast = (threshold: number) =>
    ({ periods: 1, comparison: "GreaterThanOrEqualToThreshold", threshold, missing: "notBreaching" }) as const;

/** A metric that the functions measure of themselves. */
export const measuredBy = (stack: string, name: MetricName, statistic: MetricOf["statistic"]): MetricOf => ({
    namespace: metricNamespace,
    name,
    dimensions: { stack },
    statistic,
});

/** Executions of a machine that ended badly. */
export const endedBadly = (StateMachineArn: string): MetricOf[] =>
    ["ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"].map((name) => ({
        namespace: "AWS/States",
        name,
        dimensions: { StateMachineArn },
        statistic: "Sum",
    }));

/** Messages that lie in a queue. */
export const lettersIn = (QueueName: string): MetricOf => ({
    namespace: "AWS/SQS",
    name: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName },
    statistic: "Maximum",
});
