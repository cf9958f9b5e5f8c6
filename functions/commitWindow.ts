import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { openDetection } from "../detection/client";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { commitEvent, commitWindow } from "../pipeline/commit";
import { committedOutcome, readEvent } from "../pipeline/run";

const environment = readEnvironment(process.env, ["bucket", "region", "endpoint", "endpointSigning"]);
const { bucket, region, endpoint, endpointSigning } = environment;
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const detection = openDetection({ endpoint, signing: endpointSigning, region });
const world = { store, advance: (detectorArn: string) => detection.advance(detectorArn) };

/** Makes a window count whose extraction has finished, and has the detection service score it. */
export const handler = async (event: unknown) =>
    z.encode(committedOutcome, await commitWindow(world, readEvent(commitEvent, event, "commitWindow")));
