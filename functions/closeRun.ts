import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { closeEvent, closeRun } from "../pipeline/closeRun";
import { readEvent, runResult } from "../pipeline/run";

const { bucket, region } = readEnvironment(process.env, ["bucket", "region"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);

/** Draws up what a run came to and gives its lease back. */
export const handler = async (event: unknown) =>
    z.encode(runResult, await closeRun(store, readEvent(closeEvent, event, "closeRun")));
