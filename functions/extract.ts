import { S3Client } from "@aws-sdk/client-s3";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { attemptEvent, handleAttempt } from "../pipeline/attempt";
import { readEvent } from "../pipeline/run";
import { openExtractor } from "../sources/run";

const { bucket, source, region } = readEnvironment(process.env, ["bucket", "source", "region"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const extractor = openExtractor(source, region);

/** Starts, follows and cancels the extractions of one source; called by the state machines. */
export const handler = (event: unknown): ReturnType<typeof handleAttempt> =>
    handleAttempt(readEvent(attemptEvent, event, "extract"), { extractor, store, bucket });
