import { z } from "zod";
import { openOutbox } from "../alerts/outbox";
import { readEnvironment } from "../config/environment";
import { dispatchTick } from "../detection/api/tick";
import { openHome } from "../detection/aws/home";
import { openDetectorStore } from "../detection/store/detectors";
import { ticked } from "../operations/happenings";
import { openTelemetry } from "../operations/telemetry";
import { readEvent } from "../pipeline/run";

const environment = readEnvironment(process.env, ["bucket", "region", "account", "worker", "stack"]);
const { buckets, dispatch } = openHome(environment);
const tell = openTelemetry(environment.stack, process.stdout, () => Date.now());
const world = {
    detectors: openDetectorStore(buckets.store),
    outbox: openOutbox(buckets.store),
    ownBucket: buckets.own,
    dispatch,
};
const tickEvent = z.object({ scheduledTime: z.iso.datetime(), everySeconds: z.int().positive() });

/** Has every detector with work left looked after, and alerts that were not delivered told again. */
export const handler = async (event: unknown): Promise<object> => {
    const { scheduledTime, everySeconds } = readEvent(tickEvent, event, "detectionTick");
    const scheduled = Date.parse(scheduledTime);
    const done = await dispatchTick(world, { now: scheduled, everyMs: everySeconds * 1000 });
    ticked({ dispatched: done.dispatched.length }, { scheduled, now: Date.now() }).forEach(tell);
    return done;
};
