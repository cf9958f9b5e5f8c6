import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deployHalfOf, type SourceConfig } from "../sources/deploy";
import type { Attachment, BucketArns, Statement } from "../sources/metricSource";
import { keys, objectStatements, policyDocument, trustDocument } from "./grants";
import { LambdaFunction, type LambdaFunctionTransform } from "./lambdaFunction";
import type { MetricBucket } from "./metricBucket";
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
    /** Last word on each child resource. */
    transform?: {
        extractor?: LambdaFunctionTransform;
        unloadRole?: Transform<aws.iam.RoleArgs>;
        unloadPolicy?: Transform<aws.iam.RolePolicyArgs>;
        attachPolicy?: Transform<aws.iam.RolePolicyArgs>;
        attach?: Transform<aws.lambda.InvocationArgs>;
    };
}

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
        this.ready = [this.extractor.function, ...(attached?.ready ?? [])];
        this.registerOutputs({ extractor: this.extractor.functionName });
    }

    private createExtractor(
        name: string,
        { site, bucket, source, config, limits, transform }: SourceArgs,
        unloadRoleArn: pulumi.Output<string> | undefined,
    ): LambdaFunction {
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
        const args = {
            handler: "extract",
            sourceType: config.type,
            layerPackages: needs.layerPackages,
            description: `Starts, follows and cancels extractions from the source ${source}`,
            timeoutSeconds: needs.timeoutSeconds ?? defaultTimeoutSeconds,
            memoryMegabytes: needs.memoryMegabytes,
            network: needs.network,
            layers: needs.layers,
            // Definitions name it, the machines may call it by pattern, and databases know its role's name.
            physicalName: site.functionName(`extract-${source}`),
            environment: {
                LOOKOUT_BUCKET: bucket.bucketName,
                LOOKOUT_LIMITS: JSON.stringify(limits ?? {}),
                LOOKOUT_SOURCE: pulumi.jsonStringify({ name: source, config, unloadRoleArn }),
            },
            statements,
            logRetentionDays: site.logRetentionDays,
            transform: transform?.extractor,
        };
        return new LambdaFunction(`${name}-extractor`, args, { parent: this });
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
