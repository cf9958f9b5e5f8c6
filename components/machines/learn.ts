import { retryTransient } from "./extractWindows";
import { type Callee, catchAll, type Definition, invoke, type State, type TaskState, type Template } from "./states";

/** The functions that the machine calls. */
export interface LearnFunctions {
    readonly partition: string;
    readonly worker: Callee;
    readonly notify: Callee;
}

/** Shards that are learned at the same time: each takes a worker of its own. */
const maxConcurrency = 40;
/** Seconds after which learning is given up: the tick starts it again, and shards that were learned are not learned twice. */
const timeoutSeconds = 3 * 3600;

/**
 * Learns a large detector in shards, each a worker's job, and merges them: `{detectorArn, run, shards}`, the shards' numbers in a list. The
 * Map is distributed: its shards do not share the history of one execution.
 */
export function learnDefinition(functions: LearnFunctions): Definition {
    return {
        Comment: "Learns a large detector in shards and merges them",
        StartAt: "LearnShards",
        TimeoutSeconds: timeoutSeconds,
        States: {
            LearnShards: {
                Type: "Map",
                Comment: "Each shard is learned by a worker of its own",
                Label: "Shards",
                ItemsPath: "$.shards",
                MaxConcurrency: maxConcurrency,
                ItemSelector: { "detectorArn.$": "$.detectorArn", "shard.$": "$$.Map.Item.Value" },
                ItemProcessor: {
                    ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "STANDARD" },
                    StartAt: "LearnShard",
                    States: {
                        LearnShard: {
                            ...work(functions, { job: "learnShard", "shard.$": "$.shard" }),
                            End: true,
                        },
                    },
                },
                ResultPath: null,
                Catch: catchAll("NotifyError"),
                Next: "MergeShards",
            },
            MergeShards: {
                ...work(functions, { job: "mergeShards" }),
                ResultPath: null,
                Catch: catchAll("NotifyError"),
                Next: "Done",
            },
            NotifyError: tell(functions),
            Failed: {
                Type: "Fail",
                Error: "LearningFailed",
                Cause: "A shard was not learned, or the shards were not merged; this history and the worker's log say why",
            },
            Done: { Type: "Succeed" },
        },
    };
}

/** Does a job of the worker; one that fails for a passing reason is tried again. */
function work({ partition, worker }: LearnFunctions, job: Template): TaskState {
    return {
        ...invoke(partition, {
            function: worker.arn,
            timeoutSeconds: worker.timeoutSeconds,
            payload: { "detectorArn.$": "$.detectorArn", ...job },
        }),
        Retry: [
            retryTransient,
            {
                ErrorEquals: ["States.ALL"],
                IntervalSeconds: 10,
                MaxAttempts: 2,
                BackoffRate: 3,
                JitterStrategy: "FULL",
            },
        ],
    };
}

/** Tells the notifier as Lambda tells it of a call that nobody waited for. */
function tell({ partition, worker, notify }: LearnFunctions): State {
    return {
        ...invoke(partition, {
            function: notify.arn,
            timeoutSeconds: notify.timeoutSeconds,
            payload: {
                requestContext: {
                    "requestId.$": "$$.Execution.Id",
                    functionArn: worker.arn,
                    condition: "RetriesExhausted",
                    approximateInvokeCount: 1,
                },
                requestPayload: { job: "learn", "detectorArn.$": "$.detectorArn" },
                responsePayload: { "errorType.$": "$.error.Error", "errorMessage.$": "$.error.Cause" },
            },
        }),
        ResultPath: null,
        Retry: [retryTransient],
        Catch: catchAll("Failed", "$.notifyError"),
        Next: "Failed",
    };
}
