import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../sources/metricSource";
import { invokeStatement, keys, objectStatements } from "./grants";
import { LambdaFunction, type LambdaFunctionArgs, type LambdaFunctionTransform } from "./lambdaFunction";
import type { MetricBucket } from "./metricBucket";
import type { Operations } from "./operations";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

export interface DetectionServiceArgs {
    site: Site;
    bucket: MetricBucket;
    /** Told of learning and scoring that fail: nobody waits for either. */
    operations: Operations;
    /**
     * Base URL of another service that speaks the Lookout API; nothing is created then.
     * @default "", the service of this stack
     */
    endpoint?: string;
    /** Last word on each child resource. */
    transform?: {
        api?: LambdaFunctionTransform;
        worker?: LambdaFunctionTransform;
        tick?: LambdaFunctionTransform;
        url?: Transform<aws.lambda.FunctionUrlArgs>;
    };
}

/** The detection service behind the Lookout API: its own, in three functions, or one that runs elsewhere. */
export class DetectionService extends pulumi.ComponentResource {
    /** Base URL of the API. */
    public readonly endpoint: pulumi.Output<string>;
    /** What functions that call the API have in their environment. */
    public readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
    /** What functions that call the API must be allowed to do. */
    public readonly callerStatements: readonly Statement[];
    /** Looks after detectors on a schedule; undefined when the service runs elsewhere. */
    public readonly tick: LambdaFunction | undefined;
    /** What must exist for as long as anybody calls the API. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: DetectionServiceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:DetectionService", name, {}, opts);
        if (args.endpoint === undefined || args.endpoint === "") {
            const worker = this.createWorker(name, args);
            const api = this.createApi(name, args, worker);
            const url = new aws.lambda.FunctionUrl(
                ...transformed(
                    args.transform?.url,
                    `${name}-url`,
                    { functionName: api.functionName, authorizationType: "AWS_IAM" },
                    { parent: this },
                ),
            );
            this.tick = this.createTick(name, args, worker);
            this.endpoint = url.functionUrl;
            this.callerStatements = [callStatement(api)];
            this.ready = [url, api.function, ...worker.ready, ...this.tick.ready];
        } else {
            this.endpoint = pulumi.output(args.endpoint);
            this.callerStatements = [];
            this.ready = [];
        }
        this.environment = {
            LOOKOUT_ENDPOINT: this.endpoint,
            LOOKOUT_ENDPOINT_SIGNING: this.tick === undefined ? "lookoutmetrics" : "lambda",
        };
        this.registerOutputs({ endpoint: this.endpoint });
    }

    private createWorker(name: string, args: DetectionServiceArgs): LambdaFunction {
        return this.createFunction(`${name}-worker`, args, {
            handler: "detectionWorker",
            description: "Learns detectors' history and scores their windows",
            timeoutSeconds: 900,
            memoryMegabytes: 3008,
            // A metric set may name any folder of the stack's own bucket.
            statements: objectStatements(args.bucket.bucketArn, {
                read: ["*"],
                write: [keys.detection],
                delete: [keys.detection],
            }),
            reportTo: args.operations.notify,
            transform: args.transform?.worker,
        });
    }

    private createApi(name: string, args: DetectionServiceArgs, worker: LambdaFunction): LambdaFunction {
        return this.createFunction(`${name}-api`, args, {
            handler: "detectionApi",
            description: "The Lookout API",
            timeoutSeconds: 60,
            memoryMegabytes: 1024,
            environment: { LOOKOUT_WORKER: worker.functionName },
            statements: [
                ...objectStatements(args.bucket.bucketArn, { write: [keys.detection], delete: [keys.detection] }),
                invokeStatement("HandOn", worker.functionArn),
            ],
            transform: args.transform?.api,
        });
    }

    private createTick(name: string, args: DetectionServiceArgs, worker: LambdaFunction): LambdaFunction {
        return this.createFunction(`${name}-tick`, args, {
            handler: "detectionTick",
            description: "Has every active detector score what has arrived",
            timeoutSeconds: 60,
            environment: { LOOKOUT_WORKER: worker.functionName },
            statements: [
                ...objectStatements(args.bucket.bucketArn, { read: [keys.detection] }),
                invokeStatement("HandOn", worker.functionArn),
            ],
            reportTo: args.operations.notify,
            transform: args.transform?.tick,
        });
    }

    private createFunction(
        name: string,
        { site, bucket }: DetectionServiceArgs,
        args: LambdaFunctionArgs,
    ): LambdaFunction {
        const environment = {
            LOOKOUT_BUCKET: bucket.bucketName,
            LOOKOUT_ACCOUNT: site.place.accountId,
            ...args.environment,
        };
        return new LambdaFunction(name, { ...args, environment }, { parent: this });
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
