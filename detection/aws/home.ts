import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import type { Access } from "../access";
import { detectorArn, partitionOf, type Place } from "../api/arns";
import { lambdaDispatch, type Dispatch } from "../api/dispatch";
import type { Buckets } from "../worker/sources";
import { openBuckets } from "./buckets";

/** What a function of the service is told of the place that it runs in. */
export interface HomeEnvironment {
    readonly bucket: string;
    readonly region: string;
    readonly account: string;
    /** Name of the worker function. */
    readonly worker: string;
    /** @default nothing beyond the own bucket, which is enough for who only hands on */
    readonly access?: Pick<Access, "roles" | "targets">;
}

/** What the service's functions have in common. */
export interface Home {
    readonly place: Place;
    readonly access: Access;
    readonly buckets: Buckets;
    readonly sts: STSClient;
    /** Hands jobs to the worker function. */
    readonly dispatch: Dispatch;
}

/** Opens the service's home in AWS; calls nothing yet. */
export function openHome({ bucket, region, account, worker, access: beyond }: HomeEnvironment): Home {
    const place = { partition: partitionOf(region), region, accountId: account };
    const access = { ownBucket: bucket, roles: [], targets: [], ...beyond };
    const sts = new STSClient({ region });
    return {
        place,
        access,
        sts,
        buckets: openBuckets(new S3Client({ region }), sts, place, access),
        dispatch: lambdaDispatch(new LambdaClient({ region }), {
            functionName: worker,
            arnOf: (detector) => detectorArn(place, detector),
        }),
    };
}
