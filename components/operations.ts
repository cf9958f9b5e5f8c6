import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { keys, objectStatements } from "./grants";
import { LambdaFunction, type LambdaFunctionTransform } from "./lambdaFunction";
import type { MetricBucket } from "./metricBucket";
import { queuePolicy } from "./queuePolicy";
import type { Site } from "./site";
import { topicPolicy as topicPolicyDocument } from "./topicPolicy";
import { type Transform, transformed } from "./transform";

export interface OperationsArgs {
    site: Site;
    bucket: MetricBucket;
    /**
     * Address that is told of failed runs and of recoveries; AWS asks it to confirm the subscription.
     * @default nobody: the topic has no subscriber
     */
    email?: string;
    /** ARNs of the state machines whose failed executions are told of. */
    machineArns: readonly pulumi.Input<string>[];
    /** Last word on each child resource. */
    transform?: {
        topic?: Transform<aws.sns.TopicArgs>;
        deadLetters?: Transform<aws.sqs.QueueArgs>;
        deadLettersPolicy?: Transform<aws.sqs.QueuePolicyArgs>;
        topicPolicy?: Transform<aws.sns.TopicPolicyArgs>;
        subscription?: Transform<aws.sns.TopicSubscriptionArgs>;
        notify?: LambdaFunctionTransform;
        rule?: Transform<aws.cloudwatch.EventRuleArgs>;
        target?: Transform<aws.cloudwatch.EventTargetArgs>;
        permission?: Transform<aws.lambda.PermissionArgs>;
    };
}

/** Seconds that dead letters are kept: as long as SQS keeps anything. */
export const letterSeconds = 14 * 86_400;

/** Tells people when a run fails and when it works again: a topic, the notifier, and the rule that sees executions end badly. */
export class Operations extends pulumi.ComponentResource {
    public readonly topicArn: pulumi.Output<string>;
    /**
     * Called by the state machines, which can say more about an error than the event of their failed execution, and by Lambda
     * with the outcome of calls that nobody waited for.
     */
    public readonly notify: LambdaFunction;
    /**
     * The queue of ticks that could not be delivered, or that failed for good, for which the next tick makes up; and of failed executions that
     * the notifier could not be told of.
     */
    public readonly deadLetters: aws.sqs.Queue;
    /** What must exist for as long as anybody is to be told. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: OperationsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:Operations", name, {}, opts);
        const topic = new aws.sns.Topic(...transformed(args.transform?.topic, `${name}-topic`, {}, { parent: this }));
        const topicPolicy = new aws.sns.TopicPolicy(
            ...transformed(
                args.transform?.topicPolicy,
                `${name}-topic-policy`,
                { arn: topic.arn, policy: topicPolicyDocument(topic.arn, args.site) },
                { parent: this },
            ),
        );
        this.subscribe(name, args, topic);
        const queueArgs = { messageRetentionSeconds: letterSeconds, sqsManagedSseEnabled: true };
        this.deadLetters = new aws.sqs.Queue(
            ...transformed(args.transform?.deadLetters, `${name}-dead-letters`, queueArgs, { parent: this }),
        );
        this.notify = createNotify(name, args, topic, this);
        this.watchExecutions(name, args);
        this.topicArn = topic.arn;
        this.ready = [topic, topicPolicy, this.deadLetters, this.notify.function];
        this.registerOutputs({ topicArn: this.topicArn });
    }

    private subscribe(name: string, { email, transform }: OperationsArgs, topic: aws.sns.Topic): void {
        if (email === undefined) {
            const text =
                "Nobody is told when a run fails: no address is configured. Set one with `pulumi config set --path 'lookout:operations.email' you@example.com`, or subscribe to the topic that this stack gives as operationsTopicArn.";
            void pulumi.log.warn(text, this);
            return;
        }
        const args = { topic: topic.arn, protocol: "email", endpoint: email };
        new aws.sns.TopicSubscription(...transformed(transform?.subscription, `${name}-email`, args, { parent: this }));
    }

    /** A machine's own Catch does not see everything: exceeded data limits, timeouts and aborts arrive only as events. */
    private watchExecutions(name: string, { machineArns, transform }: OperationsArgs): void {
        const child = { parent: this };
        const rule = new aws.cloudwatch.EventRule(
            ...transformed(
                transform?.rule,
                `${name}-failed-executions`,
                {
                    description: "Executions of the extraction machines that ended badly",
                    eventPattern: pulumi.jsonStringify({
                        source: ["aws.states"],
                        "detail-type": ["Step Functions Execution Status Change"],
                        detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: machineArns },
                    }),
                },
                child,
            ),
        );
        const permission = new aws.lambda.Permission(
            ...transformed(
                transform?.permission,
                `${name}-notify-permission`,
                {
                    action: "lambda:InvokeFunction",
                    function: this.notify.functionName,
                    principal: "events.amazonaws.com",
                    sourceArn: rule.arn,
                },
                child,
            ),
        );
        const policy = this.letIn(name, rule, transform?.deadLettersPolicy);
        const target = {
            rule: rule.name,
            arn: this.notify.functionArn,
            deadLetterConfig: { arn: this.deadLetters.arn },
        };
        const opts = { ...child, dependsOn: [permission, policy] };
        new aws.cloudwatch.EventTarget(...transformed(transform?.target, `${name}-notify-target`, target, opts));
    }

    /** The rule puts an event that it could not deliver into the queue by the queue's leave, not by a role. */
    private letIn(
        name: string,
        rule: aws.cloudwatch.EventRule,
        transform: Transform<aws.sqs.QueuePolicyArgs> | undefined,
    ): aws.sqs.QueuePolicy {
        const policy = queuePolicy(this.deadLetters.arn, [{ service: "events.amazonaws.com", sourceArn: rule.arn }]);
        const args = { queueUrl: this.deadLetters.url, policy };
        return new aws.sqs.QueuePolicy(
            ...transformed(transform, `${name}-dead-letters-policy`, args, { parent: this }),
        );
    }
}

function createNotify(
    name: string,
    { site, bucket, transform }: OperationsArgs,
    topic: aws.sns.Topic,
    parent: pulumi.Resource,
): LambdaFunction {
    return new LambdaFunction(
        `${name}-notify`,
        {
            handler: "notify",
            description: "Tells of what failed, once per incident, and of recoveries",
            timeoutSeconds: 30,
            logRetentionDays: site.logRetentionDays,
            environment: {
                LOOKOUT_BUCKET: bucket.bucketName,
                LOOKOUT_STACK: site.title,
                LOOKOUT_TOPIC: topic.arn,
            },
            statements: [
                ...objectStatements(bucket, { write: [keys.operations] }),
                { sid: "Tell", actions: ["sns:Publish"], resources: [topic.arn] },
            ],
            transform: transform?.notify,
        },
        { parent },
    );
}
