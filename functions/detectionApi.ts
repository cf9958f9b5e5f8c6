import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { handle } from "hono/aws-lambda";
import { readEnvironment } from "../config/environment";
import { createDetectionApi } from "../detection/api/app";
import { detectorArn, partitionOf } from "../detection/api/arns";
import { lambdaDispatch } from "../detection/api/dispatch";
import { openDetectorStore } from "../detection/store/detectors";
import { createRunCache } from "../detection/store/runs";
import { openS3ObjectStore } from "../objects/s3ObjectStore";

const { bucket, region, account, worker } = readEnvironment(process.env, ["bucket", "region", "account", "worker"]);
const place = { partition: partitionOf(region), region, accountId: account };
const objects = openS3ObjectStore(new S3Client({ region }), bucket);
const app = createDetectionApi(
    {
        place,
        objects,
        detectors: openDetectorStore(objects),
        cache: createRunCache(),
        dispatch: lambdaDispatch(new LambdaClient({ region }), {
            functionName: worker,
            arnOf: (detector) => detectorArn(place, detector),
        }),
        now: () => Date.now(),
    },
    (error) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
);

/** The detection service's API behind a function URL. */
export const handler = handle(app);
