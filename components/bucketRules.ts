import type * as aws from "@pulumi/aws";
import type { StorageConfig } from "../config/storage";
import { livePrefix } from "../pipeline/objectLayout";

/** Days after which parts of an upload that was never finished are thrown away. */
const abortedUploadDays = 7;
/** Days that versions stay which were overwritten or deleted. */
const oldVersionDays = 30;

/** With a key of the user's own, S3 asks KMS once for many objects, not for each. */
export function encryptionRule({
    kmsKeyArn,
}: StorageConfig): aws.types.input.s3.BucketServerSideEncryptionConfigurationRule {
    return kmsKeyArn === undefined
        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
        : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
              bucketKeyEnabled: true,
          };
}

type LifecycleRule = aws.types.input.s3.BucketLifecycleConfigurationRule;

/**
 * Only extracted rows expire, folder by folder: a rule for all the rest would take ledgers and models with it. S3 takes up to
 * 1,000 rules, which is some 500 detectors.
 */
export function lifecycleRules(
    detectors: readonly string[],
    retentionDays: number,
    hasVersions = false,
): LifecycleRule[] {
    const expired = detectors.flatMap((detector) => [
        { id: `${detector}-backtest`, prefix: `${detector}/backtest/` },
        { id: `${detector}-live`, prefix: livePrefix(detector) },
    ]);
    return [
        {
            id: "aborted-uploads",
            status: "Enabled",
            filter: { prefix: "" },
            abortIncompleteMultipartUpload: { daysAfterInitiation: abortedUploadDays },
        },
        ...(hasVersions ? [oldVersions] : []),
        ...expired.map(({ id, prefix }) => ({
            id,
            status: "Enabled",
            filter: { prefix },
            expiration: { days: retentionDays },
        })),
    ];
}

/** The mark that a delete leaves goes with the last version below it. */
const oldVersions: LifecycleRule = {
    id: "old-versions",
    status: "Enabled",
    filter: { prefix: "" },
    noncurrentVersionExpiration: { noncurrentDays: oldVersionDays },
    expiration: { expiredObjectDeleteMarker: true },
};
