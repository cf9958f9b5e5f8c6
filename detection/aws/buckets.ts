import { S3Client } from "@aws-sdk/client-s3";
import type { STSClient } from "@aws-sdk/client-sts";
import { DataError } from "../../errors";
import { openForeignBucket } from "../../objects/refusals";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import { wayToBucket, type Access } from "../access";
import { detectorArn, sampleArn, type Place } from "../api/arns";
import { clientsByRole, type OnBehalf } from "./roles";
import type { BucketOwner, Buckets } from "../worker/sources";

/** Buckets of S3: the service's own by its own role, others by the role that was given with the data. */
export function openBuckets(own: S3Client, sts: STSClient, place: Place, access: Access): Buckets {
    const clients = clientsByRole(
        sts,
        // The bucket may lie elsewhere; the managed service wanted it in its own region.
        (credentials, region) => new S3Client({ region, followRegionRedirects: true, ...credentials }),
    );
    return {
        own: access.ownBucket,
        store: openS3ObjectStore(own, access.ownBucket),
        open: (bucket, owner) => {
            const way = wayToBucket(access, { bucket, roleArn: owner.roleArn });
            if ("refusal" in way) throw new DataError(way.refusal.message);
            const client = clients(place.region, behalfOf(place, way.roleArn, owner));
            return openForeignBucket({ bucket, roleArn: way.roleArn }, () => openS3ObjectStore(client, bucket));
        },
    };
}

function behalfOf(place: Place, roleArn: string | undefined, { detector }: BucketOwner): OnBehalf | undefined {
    if (roleArn === undefined) return undefined;
    return { roleArn, detectorArn: detector === undefined ? sampleArn(place) : detectorArn(place, detector) };
}
