import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AlarmSpec, alarmsOf, type MetricOf, type Watched } from "./monitoring/alarms";
import { dashboardOf, type Shown } from "./monitoring/dashboard";
import type { DetectorConfig } from "../config/schema";
import { detectionTicksPerHour } from "./cron";
import type { DetectionService } from "./detectionService";
import type { Extraction } from "./extraction";
import type { Operations } from "./operations";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

export interface MonitoringArgs {
    site: Site;
    /** Told when an alarm goes off, and when it is over. */
    operations: Operations;
    extraction: Extraction;
    detection: DetectionService;
    detectors: readonly Pick<DetectorConfig, "interval">[];
    /**
     * How often the detection service's tick comes, as an ISO 8601 duration that divides an hour.
     * @default as often as the shortest interval of the detectors comes round, at most every hour
     */
    detectionTickEvery?: string;
    /** Last word on each child resource; `alarm` is that of every alarm. */
    transform?: {
        alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
        dashboard?: Transform<aws.cloudwatch.DashboardArgs>;
    };
}

/** Watches the pipeline itself: alarms that tell the operations topic, and a dashboard. */
export class Monitoring extends pulumi.ComponentResource {
    constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:Monitoring", name, {}, opts);
        const { transform } = args;
        const { topicArn } = args.operations;
        const shown = shownOf(args);
        const alarms = shown.apply(alarmsOf);
        // Which alarms there are must not hang on names that only the provider knows.
        for (const { role } of alarmsOf(watchedOf(args))) {
            const spec = alarms.apply((all) => all.find((alarm) => alarm.role === role)!);
            new aws.cloudwatch.MetricAlarm(
                ...transformed(transform?.alarm, `${name}-${role}`, alarmArgs(spec, topicArn), { parent: this }),
            );
        }
        const dashboardArgs = {
            dashboardName: shown.apply(({ stack }) => stack.replace(/[^A-Za-z0-9_-]/g, "-")),
            dashboardBody: shown.apply((resolved) => JSON.stringify(dashboardOf(resolved))),
        };
        new aws.cloudwatch.Dashboard(
            ...transformed(transform?.dashboard, `${name}-dashboard`, dashboardArgs, { parent: this }),
        );
        this.registerOutputs({});
    }
}

/** What is known of the watched before anything exists; names stand for themselves. */
function watchedOf({ site, detection, detectors, detectionTickEvery }: MonitoringArgs): Watched {
    const intervals = detectors.map(({ interval }) => interval);
    return {
        stack: site.title,
        machineArns: [],
        planner: "planner",
        tick: detection.tick === undefined ? undefined : "tick",
        queues: [],
        planningSeconds: intervals.length === 0 ? undefined : planningSeconds(intervals),
        tickSeconds: 3600 / detectionTicksPerHour(detectionTickEvery, intervals),
    };
}

function shownOf(args: MonitoringArgs): pulumi.Output<Shown> {
    const { site, operations, extraction, detection } = args;
    const { planLive, closeRun, parkWindow, commitWindow } = extraction;
    const own = detection.functions;
    const { tick } = detection;
    const sources = Object.values(extraction.sources).map(({ extractor }) => extractor);
    const all = [planLive, closeRun, parkWindow, commitWindow, ...sources, ...own];
    const queues = [
        operations.deadLetters.name,
        ...(detection.deadLetterQueue === undefined ? [] : [detection.deadLetterQueue]),
    ];
    return pulumi
        .all([
            site.place,
            pulumi.all([extraction.liveMachineArn, extraction.backfillMachineArn]),
            pulumi.all(all.map(({ functionName }) => functionName)),
            pulumi.all(queues),
            pulumi.all([closeRun.logGroupName, parkWindow.logGroupName, planLive.logGroupName]),
            tick?.functionName ?? pulumi.output(""),
        ])
        .apply(([{ region }, machineArns, functions, queueNames, [runs, windows, ticks], tickName]) => ({
            ...watchedOf(args),
            region,
            machineArns,
            planner: functions[0]!,
            tick: tick === undefined ? undefined : tickName,
            queues: queueNames,
            functions,
            logs: { runs, windows, ticks },
        }));
}

/** Days are looked at every hour. */
const planningSeconds = (intervals: readonly DetectorConfig["interval"][]): number =>
    Math.min(...intervals.map((interval) => ({ PT5M: 300, PT10M: 600, PT1H: 3600, P1D: 3600 })[interval]));

function alarmArgs(spec: pulumi.Output<AlarmSpec>, topicArn: pulumi.Input<string>): aws.cloudwatch.MetricAlarmArgs {
    const single = spec.apply(({ metrics }) => (metrics.length === 1 ? metrics[0] : undefined));
    return {
        alarmDescription: spec.description,
        comparisonOperator: spec.comparison,
        evaluationPeriods: spec.periods,
        threshold: spec.threshold,
        treatMissingData: spec.missing,
        namespace: single.apply((metric) => metric?.namespace),
        metricName: single.apply((metric) => metric?.name),
        dimensions: single.apply((metric) => metric?.dimensions),
        statistic: single.apply((metric) => metric?.statistic),
        period: spec.apply(({ metrics, periodSeconds }) => (metrics.length === 1 ? periodSeconds : undefined)),
        metricQueries: spec.apply(({ metrics, periodSeconds }) =>
            metrics.length === 1 ? undefined : sumOf(metrics, periodSeconds),
        ),
        alarmActions: [topicArn],
        okActions: [topicArn],
    };
}

/** A metric that has no value counts as 0. */
function sumOf(metrics: readonly MetricOf[], period: number): aws.types.input.cloudwatch.MetricAlarmMetricQuery[] {
    return [
        { id: "sum", expression: "SUM(FILL(METRICS(), 0))", label: "sum", returnData: true },
        ...metrics.map(({ namespace, name, dimensions, statistic }, index) => ({
            id: `m${index}`,
            returnData: false,
            metric: { namespace, metricName: name, dimensions, stat: statistic, period },
        })),
    ];
}
