import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deployHalfOf, type SourceConfig } from "../sources/deploy";
import type { Attachment, BucketArns, FunctionNeeds, Statement } from "../sources/metricSource";
import { keys, objectStatements, policyDocument, trustDocument } from "./grants";
import { LambdaFunction, type LambdaFunctionTransform } from "./lambdaFunction";
import { createLayer } from "./layer";
import type { MetricBucket } from "./metricBucket";
import type { NetworkedFunction, NetworkEndpoints } from "./networkEndpoints";
import type { Site } from "./site";
import { type Transform, transformed } from "./transform";

/** Seconds that one call of an extractor may take where its source needs no more: it starts, asks or cancels, and never waits for rows. */
export const defaultTimeoutSeconds = 60;

export interface SourceArgs {
    site: Site;
    bucket: MetricBucket;
    /** Logical name, as in `lookout:sources`. */
    source: string;
    config: SourceConfig;
    /**
     * Limits that a check before a backfill holds detectors to, where they differ from its own.
     * @default its own
     */
    limits?: Readonly<Partial<Record<string, number>>>;
    /** The function that attaches what the database needs; asked for only where the source has something to attach. */
    attachSource: () => LambdaFunction;
    /**
     * Ways out of the VPC that the extractor runs in.
     * @default none: its subnets have their own
     */
    endpoints?: NetworkEndpoints | undefined;
    /** Last word on each child resource. */
    transform?: {
        extractor?: LambdaFunctionTransform;
        unloadRole?: Transform<aws.iam.RoleArgs>;
        unloadPolicy?: Transform<aws.iam.RolePolicyArgs>;
        attachPolicy?: Transform<aws.iam.RolePolicyArgs>;
        attach?: Transform<aws.lambda.InvocationArgs>;
        layer?: Transform<aws.lambda.LayerVersionArgs>;
    };
}

/** The extractor of a source as endpoints are made for it; undefined where it runs in no VPC. */
export function networkedExtractor(site: Site, source: string, config: SourceConfig): NetworkedFunction | undefined {
    const half = deployHalfOf(config);
    const network = half.needs?.(config).network;
    if (network === undefined) return undefined;
    const statements = site.place.apply((place) => half.statements(config, place));
    return { source, roleName: extractorName(site, source), network, statements };
}

/** Physical name of an extractor and its role: the machines may call it by pattern, and databases know its role's name. */
const extractorName = (site: Site, source: string): string => site.functionName(`extract-${source}`);

/** One database: the function that extracts from it, and the role by which it writes into the bucket itself. */
export class Source extends pulumi.ComponentResource {
    public readonly extractor: LambdaFunction;
    /** What must exist for as long as a detector extracts from the source. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: SourceArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:Source", name, {}, opts);
        const attachment = deployHalfOf(args.config).attachment(args.config);
        const attached = attachment && this.attach(name, args, attachment);
        this.extractor = this.createExtractor(name, args, attached?.roleArn);
        this.ready = [this.extractor.function, ...(args.endpoints?.ready ?? []), ...(attached?.ready ?? [])];
        this.registerOutputs({ extractor: this.extractor.functionName });
    }

    private createExtractor(
        name: string,
        args: SourceArgs,
        unloadRoleArn: pulumi.Output<string> | undefined,
    ): LambdaFunction {
        const { site, bucket, source, config, limits, endpoints, transform } = args;
        const half = deployHalfOf(config);
        const needs = half.needs?.(config) ?? {};
        const statements = site.place.apply((place): readonly Statement[] => [
            ...objectStatements(bucket, {
                read: [keys.ledger],
                write: [keys.tickets, keys.backtest, keys.live],
                delete: [keys.tickets],
            }),
            ...half.statements(config, place),
            ...(half.bucketStatements?.(bucketArns(bucket)) ?? []),
        ]);
        const functionArgs = {
            handler: "extract",
            sourceType: config.type,
            layerPackages: needs.layerPackages,
            description: `Starts, follows and cancels extractions from the source ${source}`,
            timeoutSeconds: needs.timeoutSeconds ?? defaultTimeoutSeconds,
            memoryMegabytes: needs.memoryMegabytes,
            network: needs.network,
            layers: [...(needs.layers ?? []), ...this.createLayer(name, args, needs)],
            physicalName: extractorName(site, source),
            environment: {
                LOOKOUT_BUCKET: bucket.bucketName,
                LOOKOUT_LIMITS: JSON.stringify(limits ?? {}),
                LOOKOUT_SOURCE: pulumi.jsonStringify({ name: source, config, unloadRoleArn }),
                // The SDK's own variable for where a service is, instead of the name that is everybody's.
                ...(endpoints?.secretsUrl && { AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsUrl }),
            },
            statements,
            logRetentionDays: site.logRetentionDays,
            transform: transform?.extractor,
        };
        return new LambdaFunction(`${name}-extractor`, functionArgs, { parent: this });
    }

    /** The ARN of the layer that is made for the extractor, if any is. */
    private createLayer(
        name: string,
        { site, source, transform }: SourceArgs,
        { layerPath }: FunctionNeeds,
    ): pulumi.Output<string>[] {
        if (layerPath === undefined) return [];
        const layerName = site.functionName(`layer-${source}`);
        const layerArgs = { layerName, path: layerPath, source, transform: transform?.layer };
        return [createLayer(`${name}-layer`, layerArgs, { parent: this }).arn];
    }

    private attach(
        name: string,
        args: SourceArgs,
        attachment: Attachment,
    ): { roleArn: pulumi.Output<string>; ready: readonly pulumi.Resource[] } {
        const { source, config, transform } = args;
        const child = { parent: this };
        const { role, policy } = this.createUnloadRole(name, args, attachment);
        const attachSource = args.attachSource();
        const statements = args.site.place.apply((place): readonly Statement[] => [
            ...attachment.statements(place),
            { sid: "PassUnloadRole", actions: ["iam:PassRole"], resources: [role.arn] },
        ]);
        const attachPolicy = new aws.iam.RolePolicy(
            ...transformed(
                transform?.attachPolicy,
                // Another database is another policy: the old one goes only after the role was taken away from the old database.
                `${name}-attach-policy-${digest(config)}`,
                { role: attachSource.role.name, policy: policyDocument(statements) },
                child,
            ),
        );
        const attach = new aws.lambda.Invocation(
            ...transformed(
                transform?.attach,
                `${name}-attach`,
                {
                    functionName: attachSource.functionName,
                    lifecycleScope: "CRUD",
                    input: pulumi.jsonStringify({ source, config, roleArn: role.arn }),
                },
                { ...child, deleteBeforeReplace: true, dependsOn: [attachPolicy, attachSource.function, policy] },
            ),
        );
        return { roleArn: role.arn, ready: [policy, attach] };
    }

    /** The role that the database assumes to write a window's rows. */
    private createUnloadRole(name: string, { bucket, transform }: SourceArgs, { principals }: Attachment) {
        const child = { parent: this };
        const assumeRolePolicy = trustDocument(principals);
        const role = new aws.iam.Role(
            ...transformed(transform?.unloadRole, `${name}-unload-role`, { assumeRolePolicy }, child),
        );
        const statements = [
            ...objectStatements(bucket, { write: [keys.backtest, keys.live] }),
            {
                sid: "FindBucket",
                actions: ["s3:GetBucketLocation", "s3:GetEncryptionConfiguration"],
                resources: [bucket.bucketArn],
            },
        ];
        const policy = new aws.iam.RolePolicy(
            ...transformed(
                transform?.unloadPolicy,
                `${name}-unload-policy`,
                { role: role.name, policy: policyDocument(statements) },
                { ...child, dependsOn: [...bucket.ready] },
            ),
        );
        return { role, policy };
    }
}

const bucketArns = ({ bucketArn }: MetricBucket): BucketArns => ({
    arn: bucketArn,
    objects: (pattern) => pulumi.interpolate`${bucketArn}/${pattern}`,
});

function digest(config: SourceConfig): string {
    return createHash("sha256").update(JSON.stringify(config)).digest("hex").slice(0, 8);
}
