import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { ledgersCompacted, ticked } from "../operations/happenings";
import { openTelemetry } from "../operations/telemetry";
import { compactLedgers, requireAllCompacted } from "../pipeline/compaction";
import { openExecutions } from "../pipeline/executions";
import { readEvent } from "../pipeline/run";
import { type Lag, requireAllPlanned, runTick, tickEvent } from "../pipeline/tick";

const { bucket, region, stack, liveMachine, backfillMachine } = readEnvironment(process.env, [
    "bucket",
    "region",
    "stack",
    "liveMachine",
    "backfillMachine",
]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const executions = openExecutions(new SFNClient({ region }));

const tell = openTelemetry(stack, process.stdout, () => Date.now());

/** Plans every detector of an interval, then compacts what is due of their ledgers; called by the interval's schedule with the scheduled time. */
export const handler = async (event: unknown) => {
    const tick = readEvent(tickEvent, event, "planLive");
    const lags: Lag[] = [];
    const behind = (lag: Lag) => lags.push(lag);
    const { interval, scheduledTime: scheduled } = tick;
    // A tick may come late, and then means its own time; of one from the future the windows are not over yet.
    const due = { interval, scheduledTime: Math.min(scheduled, Math.floor(Date.now() / 1000) * 1000) };
    const result = await runTick({ store, executions, machineArn: liveMachine, backfillMachine, behind }, due);
    ticked({ interval, started: result.started.length }, { scheduled, now: Date.now() }, lags).forEach(tell);
    // Behind the planning, which it must not hold up.
    const compaction = await compactLedgers(store, { interval, now: due.scheduledTime });
    ledgersCompacted(interval, compaction).forEach(tell);
    requireAllPlanned(result);
    requireAllCompacted(compaction);
    return { ...result, failed: [] };
};
