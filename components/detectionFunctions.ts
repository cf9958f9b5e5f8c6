import * as pulumi from "@pulumi/pulumi";
import { accessText, type Targets } from "../config/access";
import type { DetectionConfig } from "../config/schema";
import { assumeStatements, tellStatements } from "./alertTargets";
import { invokeStatement, keys, objectStatements } from "./grants";
import type { DescribedFunction } from "./lambdaFunction";
import type { MetricBucket } from "./metricBucket";
import type { Operations } from "./operations";
import type { Site } from "./site";

/** What the detection service's functions are made of. */
export interface DetectionSurroundings {
    site: Site;
    bucket: MetricBucket;
    /** Told of work that fails: nobody waits for it. */
    operations: Operations;
    /** The keys of `lookout:detection`. */
    detection: DetectionConfig;
    /** What the stack's own alerts are sent to. */
    targets: Targets;
}

/** Names that functions know each other by before they exist: the worker calls itself, and the machine that calls it. */
export interface DetectionNames {
    readonly worker: string;
    readonly machine: string;
}

/** The queue of dead letters. */
export interface DeadLetters {
    readonly arn: pulumi.Output<string>;
    readonly url: pulumi.Output<string>;
}

/** The worker: learns, scores, and delivers alerts. */
export function workerFunction(
    around: DetectionSurroundings,
    names: DetectionNames,
    deadLetters: DeadLetters,
): DescribedFunction {
    const { site, bucket, operations, detection, targets } = around;
    const { consoleUrl, allowedRoles } = detection;
    return {
        handler: "detectionWorker",
        description: "Learns detectors' history, scores their windows and delivers their alerts",
        timeoutSeconds: 900,
        memoryMegabytes: 3008,
        physicalName: names.worker,
        environment: {
            ...environment(around, names.worker),
            LOOKOUT_STACK: site.title,
            LOOKOUT_ACCESS: accessOf(around),
            LOOKOUT_LEARN_MACHINE: site.machineArn(names.machine),
            LOOKOUT_DELIVERY: pulumi.jsonStringify({
                deadLetters: deadLetters.url,
                consoleUrl: consoleUrl === "" ? undefined : consoleUrl,
            }),
        },
        statements: [
            // A metric set may name any folder of the stack's own bucket.
            ...objectStatements(bucket, { read: ["*"], write: [keys.detection], delete: [keys.detection] }),
            invokeStatement("HandOn", site.functionArn(names.worker)),
            { sid: "LearnInShards", actions: ["states:StartExecution"], resources: [site.machineArn(names.machine)] },
            {
                sid: "SeeLearning",
                actions: ["states:DescribeExecution"],
                resources: [site.executionsArn(names.machine)],
            },
            ...tellStatements(targets),
            ...assumeStatements(allowedRoles),
        ],
        reportTo: operations.notify,
        deadLettersArn: deadLetters.arn,
    };
}

/** The API behind the function URL. */
export function apiFunction(around: DetectionSurroundings, names: DetectionNames): DescribedFunction {
    const { site, bucket, detection } = around;
    return {
        handler: "detectionApi",
        description: "The Lookout API",
        timeoutSeconds: 60,
        memoryMegabytes: 1024,
        environment: {
            ...environment(around, names.worker),
            LOOKOUT_ACCESS: accessOf(around),
            LOOKOUT_LIMITS: JSON.stringify(detection.limits ?? {}),
        },
        statements: [
            // Samples are shown of any folder that a metric set may name.
            ...objectStatements(bucket, { read: ["*"], write: [keys.detection], delete: [keys.detection] }),
            invokeStatement("HandOn", site.functionArn(names.worker)),
            ...assumeStatements(detection.allowedRoles),
        ],
    };
}

/** What the schedule calls. */
export function tickFunction(around: DetectionSurroundings, names: DetectionNames): DescribedFunction {
    const { site, bucket, operations } = around;
    return {
        handler: "detectionTick",
        description: "Has detectors score what has arrived, and alerts told that are still to be told",
        timeoutSeconds: 60,
        environment: { ...environment(around, names.worker), LOOKOUT_STACK: site.title },
        statements: [
            ...objectStatements(bucket, { read: [keys.detection] }),
            invokeStatement("HandOn", site.functionArn(names.worker)),
        ],
        reportTo: operations.notify,
        deadLettersArn: operations.deadLetters.arn,
    };
}

function environment({ site, bucket }: DetectionSurroundings, worker: string) {
    return {
        LOOKOUT_BUCKET: bucket.bucketName,
        LOOKOUT_ACCOUNT: site.place.accountId,
        LOOKOUT_WORKER: worker,
    };
}

/** What the service may reach; the configuration's check keeps it to what an environment holds. */
function accessOf({ detection, targets }: DetectionSurroundings): string {
    return accessText(detection.allowedRoles, targets);
}
