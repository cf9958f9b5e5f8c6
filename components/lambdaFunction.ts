import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FunctionNeeds, Statement } from "../sources/metricSource";
import { handlerArchive, type HandlerParts } from "./bundles";
import { invokeStatement, logStatement, networkStatements, policyDocument, trustDocument } from "./grants";
import { defaultMegabytes } from "./names";
import { type Transform, transformed } from "./transform";

/** Beside these the handler, and what it runs with: `HandlerParts` and `FunctionNeeds` tell. */
export interface LambdaFunctionArgs extends HandlerParts, Pick<FunctionNeeds, "network"> {
    /** ARNs of layers, for what cannot be bundled. */
    layers?: readonly pulumi.Input<string>[];
    /** What the function is for, as the console shows it. */
    description: string;
    /** Seconds that one call may take, at most 900. */
    timeoutSeconds: number;
    /**
     * Memory in MB; the share of a processor grows with it.
     * @default 512
     */
    memoryMegabytes?: number;
    /** Environment; see `config/environment.ts`. */
    environment?: Readonly<Record<string, pulumi.Input<string>>>;
    /** What the function may do, beside writing its own log. */
    statements?: pulumi.Input<readonly Statement[]>;
    /**
     * Physical name of the function and of its role, for those whose name others must know.
     * @default a name of Pulumi's making
     */
    physicalName?: string;
    /** Days that log lines are kept; one of those that CloudWatch offers. */
    logRetentionDays: number;
    /**
     * Hears what became of the calls that nobody waited for: of each that failed for the last time, and of each that succeeded,
     * so that it can tell of a recovery.
     * @default nobody, which is right where every caller waits
     */
    reportTo?: LambdaFunction;
    /**
     * ARN of the queue that keeps the events of calls that nobody waited for and that failed for the last time.
     * @default none: such an event is lost once it has been told of
     */
    deadLettersArn?: pulumi.Input<string>;
    /** Last word on each child resource. */
    transform?: LambdaFunctionTransform;
}

/** A function but for how long its log is kept, which is the same for all. */
export type DescribedFunction = Omit<LambdaFunctionArgs, "logRetentionDays">;

export interface LambdaFunctionTransform {
    logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
    role?: Transform<aws.iam.RoleArgs>;
    policy?: Transform<aws.iam.RolePolicyArgs>;
    function?: Transform<aws.lambda.FunctionArgs>;
    events?: Transform<aws.lambda.FunctionEventInvokeConfigArgs>;
}

/** Further tries of a call that nobody waits for and that failed, after one and two minutes. */
const maxRetries = 2;
/** Seconds after which such a call is given up: enough for three calls of 15 minutes, and ticks come again within the hour. */
const maxEventAgeSeconds = 3600;

/** One handler in Lambda with a role, a policy and a log group of its own. */
export class LambdaFunction extends pulumi.ComponentResource {
    /** The function itself: exists only while its role's policy does, so depending on it is enough to be able to call it. */
    public readonly function: aws.lambda.Function;
    public readonly role: aws.iam.Role;
    public readonly functionArn: pulumi.Output<string>;
    public readonly functionName: pulumi.Output<string>;
    public readonly logGroupName: pulumi.Output<string>;
    public readonly timeoutSeconds: number;
    /** What must exist for whoever calls it without waiting: the function, and who is told when the call fails. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:LambdaFunction", name, {}, opts);
        const logs = this.createLogGroup(name, args);
        this.role = this.createRole(name, args);
        const policy = this.createPolicy(name, args, logs);
        this.function = this.createFunction(name, args, logs, policy);
        this.functionArn = this.function.arn;
        this.functionName = this.function.name;
        this.logGroupName = logs.name;
        this.timeoutSeconds = args.timeoutSeconds;
        this.ready = [this.function, ...this.report(name, args)];
        this.registerOutputs({ functionArn: this.functionArn, functionName: this.functionName });
    }

    private createLogGroup(name: string, { logRetentionDays, transform }: LambdaFunctionArgs): aws.cloudwatch.LogGroup {
        const args = { retentionInDays: logRetentionDays };
        return new aws.cloudwatch.LogGroup(...transformed(transform?.logGroup, `${name}-logs`, args, { parent: this }));
    }

    private createRole(name: string, { physicalName, transform }: LambdaFunctionArgs): aws.iam.Role {
        const args = { name: physicalName, assumeRolePolicy: trustDocument(["lambda.amazonaws.com"]) };
        return new aws.iam.Role(...transformed(transform?.role, `${name}-role`, args, { parent: this }));
    }

    private createPolicy(
        name: string,
        { statements, reportTo, deadLettersArn, network, transform }: LambdaFunctionArgs,
        logs: aws.cloudwatch.LogGroup,
    ): aws.iam.RolePolicy {
        const report = reportTo === undefined ? [] : [invokeStatement("Report", reportTo.functionArn)];
        const bury =
            deadLettersArn === undefined
                ? []
                : [{ sid: "Bury", actions: ["sqs:SendMessage"], resources: [deadLettersArn] }];
        const connect = network === undefined ? [] : networkStatements();
        const policy = pulumi
            .all([statements ?? [], logStatement(logs.arn)])
            .apply(([own, log]) => policyDocument([...own, log, ...report, ...bury, ...connect]));
        const args = { role: this.role.name, policy };
        return new aws.iam.RolePolicy(...transformed(transform?.policy, `${name}-policy`, args, { parent: this }));
    }

    private createFunction(
        name: string,
        {
            handler,
            sourceType,
            layerPackages,
            description,
            timeoutSeconds,
            memoryMegabytes,
            network,
            layers,
            environment,
            physicalName,
            deadLettersArn,
            transform,
        }: LambdaFunctionArgs,
        logs: aws.cloudwatch.LogGroup,
        policy: aws.iam.RolePolicy,
    ): aws.lambda.Function {
        const args: aws.lambda.FunctionArgs = {
            name: physicalName,
            description,
            role: this.role.arn,
            code: handlerArchive({ handler, sourceType, layerPackages }),
            handler: "index.handler",
            runtime: "nodejs22.x",
            architectures: ["arm64"],
            timeout: timeoutSeconds,
            memorySize: memoryMegabytes ?? defaultMegabytes,
            loggingConfig: { logFormat: "JSON", logGroup: logs.name },
            environment: environment && { variables: environment },
            layers: layers === undefined || layers.length === 0 ? undefined : [...layers],
            vpcConfig: network && {
                subnetIds: [...network.subnetIds],
                securityGroupIds: [...network.securityGroupIds],
            },
            deadLetterConfig: deadLettersArn === undefined ? undefined : { targetArn: deadLettersArn },
        };
        const opts = { parent: this, dependsOn: [policy] };
        return new aws.lambda.Function(...transformed(transform?.function, `${name}-function`, args, opts));
    }

    private report(name: string, { reportTo, transform }: LambdaFunctionArgs): pulumi.Resource[] {
        if (reportTo === undefined) {
            return [];
        }
        const destination = { destination: reportTo.functionArn };
        const args: aws.lambda.FunctionEventInvokeConfigArgs = {
            functionName: this.functionName,
            maximumRetryAttempts: maxRetries,
            maximumEventAgeInSeconds: maxEventAgeSeconds,
            destinationConfig: { onFailure: destination, onSuccess: destination },
        };
        const opts = { parent: this };
        return [
            new aws.lambda.FunctionEventInvokeConfig(...transformed(transform?.events, `${name}-events`, args, opts)),
        ];
    }
}
