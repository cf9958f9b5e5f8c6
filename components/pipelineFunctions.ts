import type * as pulumi from "@pulumi/pulumi";
import type { DetectionService } from "./detectionService";
import { generationKeys, invokeStatement, keys, objectStatements } from "./grants";
import type { DescribedFunction } from "./lambdaFunction";
import type { MachineNames } from "./machineNames";
import type { MetricBucket } from "./metricBucket";
import type { Operations } from "./operations";
import type { Site } from "./site";

/** What the pipeline's functions are made of. */
export interface PipelineSurroundings {
    site: Site;
    bucket: MetricBucket;
    detection: DetectionService;
    operations: Operations;
    machines: MachineNames;
}

/** The functions that there are once per stack, beside the notifier and the detection service's. */
export type PipelineFunction =
    | "planLive"
    | "planBackfill"
    | "commitWindow"
    | "parkWindow"
    | "closeRun"
    | "activateDetector"
    | "reconcileDetector"
    | "attachSource";

/** Seconds for functions that touch a few objects. */
const briefSeconds = 60;
/** Seconds for functions that read a window's rows or a detector's whole ledger. */
const longSeconds = 300;

/** What each function is, and what it may do: as much as its handler needs. */
export function pipelineFunctions(around: PipelineSurroundings): Record<PipelineFunction, DescribedFunction> {
    const { site, bucket } = around;
    return {
        ...planners(around),
        ...windowFunctions(around),
        closeRun: {
            handler: "closeRun",
            description: "Draws up what came of a run and gives its lease back",
            timeoutSeconds: longSeconds,
            environment: tellingEnvironment(around),
            statements: objectStatements(bucket, {
                read: [keys.ledger, keys.parked],
                write: [keys.cache, keys.leases],
            }),
        },
        ...detectorFunctions(around),
        attachSource: {
            handler: "attachSource",
            description: "Attaches to a database the role that it unloads with, and takes it away again",
            timeoutSeconds: longSeconds,
            physicalName: site.functionName("attach-source"),
        },
    };
}

function planners(around: PipelineSurroundings): Record<"planLive" | "planBackfill", DescribedFunction> {
    const { bucket, machines, operations } = around;
    return {
        planLive: {
            handler: "planLive",
            description:
                "Plans the due windows of every detector of an interval, starts their runs, and backfills that failed again; compacts ledgers",
            timeoutSeconds: longSeconds,
            environment: {
                ...tellingEnvironment(around),
                LOOKOUT_LIVE_MACHINE: machines.liveArn,
                LOOKOUT_BACKFILL_MACHINE: machines.backfillArn,
            },
            statements: [
                ...objectStatements(bucket, {
                    read: [keys.definitions, keys.parked],
                    write: [keys.leases, keys.ledger, keys.cache],
                    delete: [keys.ledger],
                }),
                machines.describeStatement,
                { sid: "StartLive", actions: ["states:StartExecution"], resources: [machines.liveArn] },
                machines.retryBackfillStatement,
            ],
            reportTo: operations.notify,
            deadLettersArn: operations.deadLetters.arn,
        },
        planBackfill: {
            handler: "planBackfill",
            description: "Plans the next windows of a detector's history",
            timeoutSeconds: longSeconds,
            environment: environment(around),
            statements: [
                ...objectStatements(bucket, {
                    read: [keys.definitions, keys.cache, keys.parked],
                    write: [keys.ledger, keys.leases],
                }),
                machines.describeStatement,
            ],
        },
    };
}

function windowFunctions(around: PipelineSurroundings): Record<"commitWindow" | "parkWindow", DescribedFunction> {
    const { bucket, detection } = around;
    return {
        commitWindow: {
            handler: "commitWindow",
            description: "Makes an extracted window count",
            timeoutSeconds: 900,
            memoryMegabytes: 1024,
            environment: { ...tellingEnvironment(around), ...detection.environment },
            statements: [
                ...objectStatements(bucket, {
                    read: [keys.definitions, keys.tickets, keys.leases, keys.parked, keys.backtest, keys.live],
                    write: [keys.ledger, keys.cache],
                    delete: [keys.tickets, keys.parked, keys.backtest, keys.live],
                }),
                ...detection.callerStatements,
            ],
        },
        parkWindow: {
            handler: "parkWindow",
            description: "Sets a window that failed aside for the next run",
            timeoutSeconds: briefSeconds,
            environment: tellingEnvironment(around),
            statements: objectStatements(bucket, {
                read: [keys.ledger],
                write: [keys.parked],
                delete: [keys.tickets],
            }),
        },
    };
}

function detectorFunctions(
    around: PipelineSurroundings,
): Record<"activateDetector" | "reconcileDetector", DescribedFunction> {
    const { site, bucket, detection, machines } = around;
    return {
        activateDetector: {
            handler: "activateDetector",
            description: "Lets a detector learn from a finished backfill",
            timeoutSeconds: longSeconds,
            environment: { ...environment(around), ...detection.environment },
            statements: [
                ...objectStatements(bucket, {
                    read: [keys.ledger, keys.parked, keys.cache],
                    write: [keys.definitions, keys.leases],
                    delete: generationKeys,
                }),
                machines.describeStatement,
                ...detection.callerStatements,
            ],
        },
        reconcileDetector: {
            handler: "reconcileDetector",
            description: "Creates, changes and deletes a detector as the stack's configuration says",
            timeoutSeconds: longSeconds,
            physicalName: site.functionName("reconcile-detector"),
            environment: {
                ...environment(around),
                ...detection.environment,
                LOOKOUT_ACCOUNT: site.place.accountId,
                LOOKOUT_LIVE_MACHINE: machines.liveArn,
                LOOKOUT_BACKFILL_MACHINE: machines.backfillArn,
            },
            statements: [
                ...objectStatements(bucket, {
                    write: [keys.definitions, keys.ledger],
                    delete: [keys.definitions, keys.operations, keys.leases, ...generationKeys],
                }),
                ...machines.controlStatements,
                extractorsStatement(site),
                ...detection.callerStatements,
            ],
        },
    };
}

/** Every source's extractor, also one that the configuration no longer has: what it runs must still be stopped. */
export function extractorsStatement(site: Site) {
    return invokeStatement("CallExtractors", site.functionArn(`${site.functionName("extract")}-*`));
}

function environment({ bucket }: PipelineSurroundings): Record<string, pulumi.Input<string>> {
    return { LOOKOUT_BUCKET: bucket.bucketName };
}

/** For functions whose log lines and metrics name the stack. */
function tellingEnvironment(around: PipelineSurroundings): Record<string, pulumi.Input<string>> {
    return { ...environment(around), LOOKOUT_STACK: around.site.title };
}
