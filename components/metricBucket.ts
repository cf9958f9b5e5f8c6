import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StorageConfig } from "../config/storage";
import { encryptionRule, lifecycleRules } from "./bucketRules";
import { tlsOnlyStatement } from "./grants";
import { type Transform, transformed } from "./transform";

export interface MetricBucketArgs {
    /** Logical names of the detectors: the folders whose extracted rows expire. */
    detectors: readonly string[];
    /** Days that extracted rows are kept (ledger, models and feedback stay); at least the history plus one season. */
    retentionDays: number;
    /** Whether the bucket and what is in it outlive the stack; otherwise destroying the stack empties it. */
    keepData: boolean;
    /** The keys of `lookout:storage`: key, versions and access logs. */
    storage: StorageConfig;
    /** Last word on each child resource. */
    transform?: {
        bucket?: Transform<aws.s3.BucketArgs>;
        publicAccess?: Transform<aws.s3.BucketPublicAccessBlockArgs>;
        ownership?: Transform<aws.s3.BucketOwnershipControlsArgs>;
        encryption?: Transform<aws.s3.BucketServerSideEncryptionConfigurationArgs>;
        lifecycle?: Transform<aws.s3.BucketLifecycleConfigurationArgs>;
        policy?: Transform<aws.s3.BucketPolicyArgs>;
        versioning?: Transform<aws.s3.BucketVersioningArgs>;
        logging?: Transform<aws.s3.BucketLoggingArgs>;
    };
}

/** Private, encrypted bucket that holds extracted rows, the ledger, and the detection service's store. */
export class MetricBucket extends pulumi.ComponentResource {
    public readonly bucketName: pulumi.Output<string>;
    public readonly bucketArn: pulumi.Output<string>;
    /** ARN of the key that its objects are encrypted with; undefined for S3's own. */
    public readonly keyArn: string | undefined;
    /** What must exist for as long as anybody uses the bucket. */
    public readonly ready: readonly pulumi.Resource[];

    constructor(name: string, args: MetricBucketArgs, opts?: pulumi.ComponentResourceOptions) {
        super("lookout:components:MetricBucket", name, {}, opts);
        // What protects the bucket stays with it when it stays.
        const child = { parent: this, retainOnDelete: args.keepData };
        const bucket = new aws.s3.Bucket(
            ...transformed(args.transform?.bucket, `${name}-bucket`, { forceDestroy: !args.keepData }, child),
        );
        const protection = createProtection(name, bucket, args, child);
        const records = createRecords(name, bucket, args, child);
        const lifecycle = new aws.s3.BucketLifecycleConfiguration(
            ...transformed(
                args.transform?.lifecycle,
                `${name}-lifecycle`,
                {
                    bucket: bucket.id,
                    rules: lifecycleRules(args.detectors, args.retentionDays, args.storage.versioning),
                },
                // Rules for old versions are for a bucket that has them.
                { ...child, dependsOn: records },
            ),
        );
        if (args.keepData) {
            const text =
                "The bucket and its data are kept when this stack is destroyed. To have them deleted, set lookout:keepData to false and run `pulumi up` before `pulumi destroy`.";
            void pulumi.log.info(text, bucket);
        }
        this.bucketName = bucket.bucket;
        this.bucketArn = bucket.arn;
        this.keyArn = args.storage.kmsKeyArn;
        this.ready = [bucket, lifecycle, ...protection, ...records];
        this.registerOutputs({ bucketName: this.bucketName, bucketArn: this.bucketArn });
    }
}

function createProtection(
    name: string,
    bucket: aws.s3.Bucket,
    { storage, transform }: MetricBucketArgs,
    child: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    const block = {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    };
    const publicAccess = new aws.s3.BucketPublicAccessBlock(
        ...transformed(transform?.publicAccess, `${name}-public-access`, { bucket: bucket.id, ...block }, child),
    );
    const ownership = new aws.s3.BucketOwnershipControls(
        ...transformed(
            transform?.ownership,
            `${name}-ownership`,
            { bucket: bucket.id, rule: { objectOwnership: "BucketOwnerEnforced" } },
            child,
        ),
    );
    const encryption = new aws.s3.BucketServerSideEncryptionConfiguration(
        ...transformed(
            transform?.encryption,
            `${name}-encryption`,
            { bucket: bucket.id, rules: [encryptionRule(storage)] },
            child,
        ),
    );
    const policy = new aws.s3.BucketPolicy(
        // S3 refuses two changes of a bucket's access at the same time.
        ...transformed(
            transform?.policy,
            `${name}-policy`,
            { bucket: bucket.id, policy: tlsOnly(bucket.arn) },
            {
                ...child,
                dependsOn: [publicAccess, ownership],
            },
        ),
    );
    return [publicAccess, ownership, encryption, policy];
}

/** What is kept of the past: old versions, and who read and wrote what. */
function createRecords(
    name: string,
    bucket: aws.s3.Bucket,
    { storage, transform }: MetricBucketArgs,
    child: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    const records: pulumi.Resource[] = [];
    if (storage.versioning) {
        const args = { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } };
        records.push(
            new aws.s3.BucketVersioning(...transformed(transform?.versioning, `${name}-versions`, args, child)),
        );
    }
    if (storage.accessLogs !== undefined) {
        const { bucket: targetBucket, prefix: targetPrefix } = storage.accessLogs;
        const args = { bucket: bucket.id, targetBucket, targetPrefix };
        records.push(new aws.s3.BucketLogging(...transformed(transform?.logging, `${name}-access-logs`, args, child)));
    }
    return records;
}

function tlsOnly(bucketArn: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [tlsOnlyStatement("s3:*", [bucketArn, pulumi.interpolate`${bucketArn}/*`])],
    });
}
