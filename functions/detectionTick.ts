import { z } from "zod";
import { openOutbox } from "../alerts/outbox";
import { readEnvironment } from "../config/environment";
import { dispatchTick } from "../detection/api/tick";
import { openHome } from "../detection/aws/home";
import { openDetectorStore } from "../detection/store/detectors";
import { readEvent } from "../pipeline/run";

const { buckets, dispatch } = openHome(readEnvironment(process.env, ["bucket", "region", "account", "worker"]));
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
    return dispatchTick(world, { now: Date.parse(scheduledTime), everyMs: everySeconds * 1000 });
};
