import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { readEnvironment } from "../config/environment";
import { openDetection } from "../detection/client";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { activateDetector, activateEvent, type Activation } from "../operations/activateDetector";
import { openDetectorService } from "../operations/detectorService";
import { openExecutions } from "../pipeline/executions";
import { readEvent } from "../pipeline/run";

const environment = readEnvironment(process.env, ["bucket", "region", "endpoint", "endpointSigning"]);
const { bucket, region, endpoint, endpointSigning } = environment;
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const service = openDetectorService(openDetection({ endpoint, signing: endpointSigning, region }));
const { isRunning } = openExecutions(new SFNClient({ region }));

/** Takes one step towards a detector that learns a finished backfill; the machine asks again until it does. */
export const handler = async (event: unknown): Promise<Activation> =>
    activateDetector({ store, bucket, service, isRunning }, readEvent(activateEvent, event, "activateDetector").run);
