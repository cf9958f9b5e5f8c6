import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { readEnvironment } from "../config/environment";
import { detectorArn, partitionOf } from "../detection/api/arns";
import { lambdaDispatch } from "../detection/api/dispatch";
import { dispatchDue } from "../detection/api/tick";
import { openDetectorStore } from "../detection/store/detectors";
import { openS3ObjectStore } from "../objects/s3ObjectStore";

const { bucket, region, account, worker } = readEnvironment(process.env, ["bucket", "region", "account", "worker"]);
const place = { partition: partitionOf(region), region, accountId: account };
const detectors = openDetectorStore(openS3ObjectStore(new S3Client({ region }), bucket));
const dispatch = lambdaDispatch(new LambdaClient({ region }), {
    functionName: worker,
    arnOf: (detector) => detectorArn(place, detector),
});

/** Has every detector with work left looked after: the safety net behind the commits, and the clock of foreign data. */
export const handler = async (): Promise<{ dispatched: string[] }> => ({
    dispatched: await dispatchDue(detectors, dispatch),
});
