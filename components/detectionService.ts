import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../sources/metricSource";
import {
    apiFunction,
    type DetectionNames,
    type DetectionSurroundings,
    tickFunction,
    workerFunction,
} from "./detectionFunctions";
import { ExtractionMachine, type ExtractionMachineTransform } from "./extractionMachine";
import { LambdaFunction, type LambdaFunctionTransform } from "./lambdaFunction";
import { learnDefinition } from "./machines/learn";
import { letterSeconds } from "./operations";
import { queuePolicy } from "./queuePolicy";
import { type Transform, transformed } from "./transform";

export interface DetectionServiceArgs extends DetectionSurroundings {
    /** Last word on each child resource. */
    transform?: {
        api?: LambdaFunctionTransform;
        worker?: LambdaFunctionTransform;
        tick?: LambdaFunctionTransform;
        url?: Transform<aws.lambda.FunctionUrlArgs>;
        learn?: ExtractionMachineTransform;
        deadLetters?: Transform<aws.sqs.QueueArgs>;
        deadLettersPolicy?: Transform<aws.sqs.QueuePolicyArgs>;
    };
}

/**
 * The detection service behind the Lookout API: its own, in three functions, a machine that learns large detectors and a queue of dead
 * letters; or one that runs elsewhere, when the configuration names its endpoint.
 */
export class DetectionService extends pulumi.ComponentResource {
    /** Base URL of the API. */
    public readonly endpoint: pulumi.Output<string>;
    /** What functions that call the API have in their environment. */
    public readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
    /** What functions that call the API must be allowed to do. */
    public readonly callerStatements: readonly Statement[];
    /** Looks after detectors on a schedule; undefined when the service runs elsewhere. */
    public readonly tick: LambdaFunction | undefined;
    /** The functions that there are; none when it runs elsewhere. */
    public readonly functions: readonly LambdaFunction[];
    /** Name of the queue of dead letters; undefined when it runs elsewhere. */
    public readonly deadLetterQueue: pulumi.Output<string> | undefined;
    /** URL of the queue of alerts that could not be delivered and of work that failed for good; empty when it runs elsewhere. */
    public readonly deadLetters: pulumi.Output<string>;
    /** What must exist for as long as anybody calls the API. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: DetectionServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:DetectionService", name, {}, opts);
        if (args.detection.endpoint === "") {
            const own = this.createOwn(name, args);
            this.tick = own.tick;
            this.functions = own.functions;
            this.deadLetterQueue = own.queue.name;
            this.deadLetters = own.queue.url;
            this.endpoint = own.url.functionUrl;
            this.callerStatements = [callStatement(own.api)];
            this.ready = own.ready;
        } else {
            this.endpoint = pulumi.output(args.detection.endpoint);
            this.functions = [];
            this.deadLetters = pulumi.output("");
            this.callerStatements = [];
            this.ready = [];
        }
        this.environment = {
            LOOKOUT_ENDPOINT: this.endpoint,
            LOOKOUT_ENDPOINT_SIGNING: this.tick === undefined ? "lookoutmetrics" : "lambda",
        };
        this.registerOutputs({ endpoint: this.endpoint });
    }

    private createOwn(name: string, args: DetectionServiceArgs) {
        const { site, transform } = args;
        const child = { parent: this };
        const { logRetentionDays } = site;
        const names = { worker: site.functionName("detect"), machine: site.machineName("learn") };
        const queueArgs = { messageRetentionSeconds: letterSeconds, sqsManagedSseEnabled: true };
        const queue = new aws.sqs.Queue(
            ...transformed(transform?.deadLetters, `${name}-dead-letters`, queueArgs, child),
        );
        const policyArgs = { queueUrl: queue.url, policy: queuePolicy(queue.arn) };
        new aws.sqs.QueuePolicy(
            ...transformed(transform?.deadLettersPolicy, `${name}-dead-letters-policy`, policyArgs, child),
        );
        const workerArgs = { ...workerFunction(args, names, queue), logRetentionDays, transform: transform?.worker };
        const worker = new LambdaFunction(`${name}-worker`, workerArgs, child);
        const machine = this.createMachine(name, args, names, worker);
        const apiArgs = { ...apiFunction(args, names), logRetentionDays, transform: transform?.api };
        const api = new LambdaFunction(`${name}-api`, apiArgs, child);
        const urlArgs = { functionName: api.functionName, authorizationType: "AWS_IAM" };
        const url = new aws.lambda.FunctionUrl(...transformed(transform?.url, `${name}-url`, urlArgs, child));
        const tickArgs = { ...tickFunction(args, names), logRetentionDays, transform: transform?.tick };
        const tick = new LambdaFunction(`${name}-tick`, tickArgs, child);
        const ready = [url, api.function, machine.machine, queue, ...worker.ready, ...tick.ready];
        return { queue, url, api, tick, functions: [api, worker, tick], ready };
    }

    /** Learns large detectors: calls a function for each shard, as executions of its own. */
    private createMachine(
        name: string,
        { site, operations, transform }: DetectionServiceArgs,
        names: DetectionNames,
        worker: LambdaFunction,
    ): ExtractionMachine<"worker" | "notify"> {
        const machine = site.machineArn(names.machine);
        return new ExtractionMachine(
            `${name}-learn`,
            {
                site,
                physicalName: names.machine,
                functions: { worker, notify: operations.notify },
                statements: [
                    { sid: "StartShards", actions: ["states:StartExecution"], resources: [machine] },
                    {
                        sid: "FollowShards",
                        actions: ["states:DescribeExecution", "states:StopExecution"],
                        resources: [pulumi.interpolate`${site.executionsArn(names.machine)}`],
                    },
                ],
                define: (partition, functions) => learnDefinition({ partition, ...functions }),
                transform: transform?.learn,
            },
            { parent: this },
        );
    }
}

/** A call through the URL needs both actions since October 2025. */
function callStatement({ functionArn }: LambdaFunction): Statement {
    return {
        sid: "CallDetectionService",
        actions: ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        resources: [functionArn],
    };
}
