import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { openExecutions } from "../pipeline/executions";
import { readEvent } from "../pipeline/run";
import { requireAllPlanned, runTick, tickEvent } from "../pipeline/tick";

const { bucket, region, liveMachine, backfillMachine } = readEnvironment(process.env, [
    "bucket",
    "region",
    "liveMachine",
    "backfillMachine",
]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const executions = openExecutions(new SFNClient({ region }));

/** Plans every detector of an interval; called by the interval's schedule with the scheduled time. */
export const handler = async (event: unknown) => {
    const tick = readEvent(tickEvent, event, "planLive");
    const result = await runTick({ store, executions, machineArn: liveMachine, backfillMachine }, tick);
    requireAllPlanned(result);
    return { ...result, failed: [] };
};
