import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { runEnded } from "../operations/happenings";
import { openTelemetry } from "../operations/telemetry";
import { closeEvent, closeRun } from "../pipeline/closeRun";
import { readEvent, runResult } from "../pipeline/run";

const { bucket, region, stack } = readEnvironment(process.env, ["bucket", "region", "stack"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const tell = openTelemetry(stack, process.stdout, () => Date.now());

/** Draws up what a run came to and gives its lease back. */
export const handler = async (event: unknown) => {
    const closing = readEvent(closeEvent, event, "closeRun");
    const result = await closeRun(store, closing, Date.now());
    tell(runEnded(closing.run, result));
    return z.encode(runResult, result);
};
