import { S3Client } from "@aws-sdk/client-s3";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { attemptEvent, handleAttempt } from "../pipeline/attempt";
import { readEvent } from "../pipeline/run";
import type { Extractor } from "../sources/metricSource";
import { openExtractor } from "../sources/run";

const { bucket, source, region, limits } = readEnvironment(process.env, ["bucket", "source", "region", "limits"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
let extractor: Promise<Extractor> | undefined;

/**
 * Milliseconds before the function's time is over in which a source stops its query and says so: the sign-in that may be under way, and a
 * second connection that does the stopping.
 */
const farewellMs = 30_000;

/** Starts, follows and cancels the extractions of one source; called by the state machines. */
export const handler = async (event: unknown, context: { getRemainingTimeInMillis(): number }) => {
    const attempt = readEvent(attemptEvent, event, "extract");
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - farewellMs));
    extractor ??= openExtractor({ ...source, bucket }, region);
    return handleAttempt(attempt, { extractor: await extractor, store, bucket, signal, limits });
};
