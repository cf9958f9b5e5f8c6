import * as pulumi from "@pulumi/pulumi";

/** Types of the program's resources that take tags. A test fails for a type that is neither here nor known to take none. */
export const taggedTypes: ReadonlySet<string> = new Set([
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    "aws:iam/role:Role",
    "aws:lambda/function:Function",
    "aws:s3/bucket:Bucket",
    "aws:sfn/stateMachine:StateMachine",
    "aws:sns/topic:Topic",
    "aws:sqs/queue:Queue",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);

/**
 * Has every resource that is created from now on, and that takes tags, carry these; what a resource is given of its own wins. Two
 * stacks in one account, and the bill, are told apart by them.
 */
export function tagResources(tags: Readonly<Record<string, pulumi.Input<string>>>): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
        if (!taggedTypes.has(type)) return undefined;
        const { tags: own } = props as { readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>> };
        return { props: { ...props, tags: pulumi.output(own).apply((given) => ({ ...tags, ...given })) }, opts };
    });
}
