import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { openDetection } from "../detection/client";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { windowCommitted } from "../operations/happenings";
import { openTelemetry } from "../operations/telemetry";
import { commitEvent, commitWindow } from "../pipeline/commit";
import { committedOutcome, readEvent } from "../pipeline/run";

const environment = readEnvironment(process.env, ["bucket", "region", "stack", "endpoint", "endpointSigning"]);
const { bucket, region, stack, endpoint, endpointSigning } = environment;
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const detection = openDetection({ endpoint, signing: endpointSigning, region });
const world = { store, advance: (detectorArn: string) => detection.advance(detectorArn), now: () => Date.now() };
const tell = openTelemetry(stack, process.stdout, () => Date.now());

/** Makes a window count whose extraction has finished, and has the detection service score it. */
export const handler = async (event: unknown) => {
    const committing = readEvent(commitEvent, event, "commitWindow");
    const outcome = await commitWindow(world, committing);
    tell(windowCommitted(committing, outcome));
    return z.encode(committedOutcome, outcome);
};
