import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FunctionNetwork, Statement } from "../sources/metricSource";
import type { MetricBucket } from "./metricBucket";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

/** A function that runs in a VPC which endpoints are made in. */
export interface NetworkedFunction {
    /** Logical name of its source. */
    readonly source: string;
    /** Physical name of its role. */
    readonly roleName: string;
    readonly network: FunctionNetwork;
    /** What its role may do beside the stack's bucket. */
    readonly statements: pulumi.Input<readonly Statement[]>;
}

export interface NetworkEndpointsArgs {
    site: Site;
    bucket: Pick<MetricBucket, "bucketArn">;
    /** The VPC that all of them run in, and ask endpoints for. */
    vpcId: string;
    /** The functions that ask for endpoints in it; an interface endpoint stands in the subnets of the first that wants one. */
    functions: readonly NetworkedFunction[];
    /** Last word on each child resource. */
    transform?: NetworkEndpointsTransform;
}

export interface NetworkEndpointsTransform {
    s3?: Transform<aws.ec2.VpcEndpointArgs>;
    secrets?: Transform<aws.ec2.VpcEndpointArgs>;
    securityGroup?: Transform<aws.ec2.SecurityGroupArgs>;
    rule?: Transform<aws.vpc.SecurityGroupIngressRuleArgs>;
}

/** Ways from one VPC to S3 and to Secrets Manager, for functions whose subnets have none; nobody else's way changes. */
export class NetworkEndpoints extends pulumi.ComponentResource {
    /** URL by which the functions reach Secrets Manager; undefined where no endpoint to it is made. */
    public readonly secretsUrl: pulumi.Output<string> | undefined;
    /** What must exist for as long as a detector extracts through it. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: NetworkEndpointsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:NetworkEndpoints", name, {}, opts);
        const s3 = this.createS3(name, args);
        const secrets = this.createSecrets(name, args);
        // A name of the endpoint's own, not the service's: that one is everybody's in the VPC, and can be taken over by one endpoint only.
        this.secretsUrl = secrets?.endpoint.dnsEntries.apply((entries) => `https://${entries[0]?.dnsName ?? ""}`);
        this.ready = [s3, secrets?.endpoint, ...(secrets?.rules ?? [])].filter((one) => one !== undefined);
        this.registerOutputs({});
    }

    private createS3(
        name: string,
        { site, bucket, vpcId, functions, transform }: NetworkEndpointsArgs,
    ): aws.ec2.VpcEndpoint | undefined {
        const routeTableIds = distinct(functions.flatMap(({ network }) => network.endpoints?.routeTableIds ?? []));
        if (routeTableIds.length === 0) return undefined;
        const args: aws.ec2.VpcEndpointArgs = {
            vpcId,
            serviceName: serviceName(site, "s3"),
            vpcEndpointType: "Gateway",
            routeTableIds,
            policy: ownBucketOnly(bucket.bucketArn, rolesOf(site, functions)),
        };
        return new aws.ec2.VpcEndpoint(...transformed(transform?.s3, `${name}-s3`, args, { parent: this }));
    }

    private createSecrets(name: string, args: NetworkEndpointsArgs) {
        const { site, vpcId, transform } = args;
        const functions = args.functions.filter(({ network }) => network.endpoints?.secretsManager === true);
        const [first] = functions;
        if (first === undefined) return undefined;
        const child = { parent: this };
        const group = new aws.ec2.SecurityGroup(
            ...transformed(
                transform?.securityGroup,
                `${name}-secrets`,
                { vpcId, description: `Who may ask for secrets: the extractors of ${site.title}` },
                child,
            ),
        );
        const endpoint = new aws.ec2.VpcEndpoint(
            ...transformed(
                transform?.secrets,
                `${name}-secrets`,
                {
                    vpcId,
                    serviceName: serviceName(site, "secretsmanager"),
                    vpcEndpointType: "Interface",
                    subnetIds: [...first.network.subnetIds],
                    securityGroupIds: [group.id],
                    privateDnsEnabled: false,
                    policy: ownSecretsOnly(site, functions),
                },
                child,
            ),
        );
        return { endpoint, rules: this.createRules(name, group, functions, transform) };
    }

    /** The functions' groups may come in, over TLS; nothing may go out. */
    private createRules(
        name: string,
        group: aws.ec2.SecurityGroup,
        functions: readonly NetworkedFunction[],
        transform: NetworkEndpointsTransform | undefined,
    ): aws.vpc.SecurityGroupIngressRule[] {
        return distinct(functions.flatMap(({ network }) => network.securityGroupIds)).map((from) => {
            const args = {
                securityGroupId: group.id,
                referencedSecurityGroupId: from,
                ipProtocol: "tcp",
                fromPort: 443,
                toPort: 443,
            };
            return new aws.vpc.SecurityGroupIngressRule(
                ...transformed(transform?.rule, `${name}-secrets-${from}`, args, { parent: this }),
            );
        });
    }
}

/** The VPCs that endpoints are wanted in, each with the functions that want them, in the order of the functions. */
export function functionsByVpc(functions: readonly NetworkedFunction[]): Map<string, NetworkedFunction[]> {
    const byVpc = new Map<string, NetworkedFunction[]>();
    for (const one of functions) {
        const { endpoints } = one.network;
        if (endpoints !== undefined) byVpc.set(endpoints.vpcId, [...(byVpc.get(endpoints.vpcId) ?? []), one]);
    }
    return byVpc;
}

const serviceName = (site: Site, service: string): pulumi.Output<string> =>
    site.place.apply(({ region }) => `com.amazonaws.${region}.${service}`);

const rolesOf = (site: Site, functions: readonly NetworkedFunction[]): pulumi.Output<string>[] =>
    functions.map(({ roleName }) => site.roleArn(roleName));

/**
 * Whatever else reaches S3 through these route tables still does, as far as its own rights go: an endpoint's policy gives none. The
 * extractors are held to the stack's bucket.
 */
function ownBucketOnly(bucketArn: pulumi.Input<string>, roles: pulumi.Input<string>[]): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            { Sid: "Others", Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
            {
                Sid: "ExtractorsToTheStacksBucketOnly",
                Effect: "Deny",
                Principal: "*",
                Action: "*",
                NotResource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
                Condition: { ArnEquals: { "aws:PrincipalArn": roles } },
            },
        ],
    });
}

/** Each extractor may have its own secret, as its role's own statements say, and nobody anything else. */
function ownSecretsOnly(site: Site, functions: readonly NetworkedFunction[]): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: functions.map(({ roleName, statements }, index) => {
            const reading = pulumi
                .output(statements)
                .apply((own) => own.filter(({ actions }) => actions.includes("secretsmanager:GetSecretValue")));
            return {
                Sid: `OwnSecret${index}`,
                Effect: "Allow",
                Principal: "*",
                Action: "secretsmanager:GetSecretValue",
                Resource: reading.apply((own) => own.flatMap(({ resources }) => resources)),
                Condition: { ArnEquals: { "aws:PrincipalArn": site.roleArn(roleName) } },
            };
        }),
    });
}

const distinct = (ids: readonly string[]): string[] => [...new Set(ids)];
