import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../sources/metricSource";
import { detectorNameLimit, functionNameLimit, machineNameLimit, physicalName, prefixLimit } from "./names";

/** The deployment's own coordinates: which stack it is, and where it goes. Asked once, handed to every component. */
export class Site {
    readonly project = pulumi.getProject();
    readonly stack = pulumi.getStack();
    /** Beginning of every physical name. */
    private readonly prefix = physicalName(prefixLimit, this.project, this.stack);
    /** Partition, region and account of the default provider. */
    readonly place: pulumi.Output<Place>;
    /** Days that the functions' log lines are kept. */
    readonly logRetentionDays: number;

    constructor({ logRetentionDays }: { logRetentionDays: number }) {
        this.logRetentionDays = logRetentionDays;
        this.place = pulumi
            .all([aws.getPartitionOutput(), aws.getRegionOutput(), aws.getCallerIdentityOutput()])
            .apply(([partition, region, identity]) => ({
                partition: partition.partition,
                region: region.region,
                accountId: identity.accountId,
            }));
    }

    /** `<project>/<stack>`, as the functions know themselves. */
    get title(): string {
        return `${this.project}/${this.stack}`;
    }

    /** URN of the stack resource; marks what belongs to this stack at the detection service. */
    get stackUrn(): string {
        return `urn:pulumi:${this.stack}::${this.project}::pulumi:pulumi:Stack::${this.project}-${this.stack}`;
    }

    /** Physical name of a function, or of its role, that others must know before it exists. */
    functionName(role: string): string {
        return physicalName(functionNameLimit, this.prefix, role);
    }

    machineName(role: string): string {
        return physicalName(machineNameLimit, this.prefix, role);
    }

    /** Name of a detector at the detection service, unless the configuration names it. */
    detectorName(name: string): string {
        return physicalName(detectorNameLimit, this.prefix, name);
    }

    /** ARN of a function, or a pattern for several. */
    functionArn(functionName: string): pulumi.Output<string> {
        return this.arn("lambda", `function:${functionName}`);
    }

    roleArn(roleName: string): pulumi.Output<string> {
        return this.place.apply(({ partition, accountId }) => `arn:${partition}:iam::${accountId}:role/${roleName}`);
    }

    machineArn(machineName: string): pulumi.Output<string> {
        return this.arn("states", `stateMachine:${machineName}`);
    }

    /** ARN pattern of a machine's executions. */
    executionsArn(machineName: string): pulumi.Output<string> {
        return this.arn("states", `execution:${machineName}:*`);
    }

    detectorArn(detectorName: string): pulumi.Output<string> {
        return this.arn("lookoutmetrics", `AnomalyDetector:${detectorName}`);
    }

    private arn(service: string, resource: string): pulumi.Output<string> {
        return this.place.apply(
            ({ partition, region, accountId }) => `arn:${partition}:${service}:${region}:${accountId}:${resource}`,
        );
    }
}
