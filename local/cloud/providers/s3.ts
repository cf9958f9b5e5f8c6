import { text, type Core, type Kind, type Values } from "./kind";

/** Kinds that hang on a bucket and hold nothing but their inputs; one of each at most for a bucket. */
const satellites = [
    "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "bucketPolicy:BucketPolicy",
    "bucketVersioning:BucketVersioning",
    "bucketOwnershipControls:BucketOwnershipControls",
    "bucketLogging:BucketLogging",
];

export function s3Kinds(core: Core): Kind[] {
    return [bucketKind(core), ...satellites.map((name) => satelliteKind(core, `aws:s3/${name}`))];
}

function bucketKind(core: Core): Kind {
    return {
        type: "aws:s3/bucket:Bucket",
        name: { property: "bucket" },
        outputs: (_inputs, id) => bucketOutputs(core, id),
        create: async ({ id }) => core.wire.buckets.create(id),
        delete: async ({ id, inputs }) => {
            if (inputs.forceDestroy !== true && !(await core.wire.buckets.isEmpty(id))) {
                throw new Error(`BucketNotEmpty: the bucket ${id} you tried to delete is not empty`);
            }
            await core.wire.buckets.remove(id);
        },
    };
}

function bucketOutputs({ partition, region }: Core, id: string): Values {
    return {
        arn: `arn:${partition}:s3:::${id}`,
        region,
        bucketRegion: region,
        bucketDomainName: `${id}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
        hostedZoneId: "Z3AQBSTGFYJSTF",
    };
}

function satelliteKind(core: Core, type: string): Kind {
    const requireBucket = (inputs: Values): void => {
        const bucket = text(inputs, "bucket");
        if (core.resources.find("aws:s3/bucket:Bucket", bucket) === undefined) {
            throw new Error(`NoSuchBucket: the bucket ${bucket} does not exist`);
        }
    };
    return {
        type,
        replacedBy: ["bucket"],
        id: (inputs) => text(inputs, "bucket"),
        create: ({ inputs }) => requireBucket(inputs),
        update: ({ inputs }) => requireBucket(inputs),
    };
}
