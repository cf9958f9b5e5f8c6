import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { backfillEvent, type BackfillRun, beginBackfill } from "../pipeline/backfill";
import { openExecutions } from "../pipeline/executions";
import { readEvent } from "../pipeline/run";

const { bucket, region } = readEnvironment(process.env, ["bucket", "region"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const { isRunning } = openExecutions(new SFNClient({ region }));

/** Plans the windows of one backfill execution; the first state of its machine. */
export const handler = async (event: unknown): Promise<BackfillRun> =>
    beginBackfill({ store, isRunning }, readEvent(backfillEvent, event, "planBackfill"));
