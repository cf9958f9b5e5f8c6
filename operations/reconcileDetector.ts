import type { ReconcileEvent } from "../pipeline/detectorRequest";
import { generationOf } from "../pipeline/query";
import { bringUpDetector } from "./bringUpDetector";
import { deleteDetector } from "./deleteDetector";
import { patiently } from "./patience";
import { detectorArnOf, type ReconcilerWorld } from "./reconciler";

/** What an invocation leaves in the program's state. */
export interface Reconciled {
    readonly detectorArn: string;
    readonly generation: string;
}

/**
 * Brings one detector to what the program wants, or takes it away. Compares what is wanted with what the detection service and the
 * store say, so it may be sent twice, at once, or after a failure half-way; never waits for extracting or learning. Throws
 * ConfigError when the detector belongs to another stack, and the last failure when something does not settle within a minute.
 */
export async function reconcileDetector(world: ReconcilerWorld, event: ReconcileEvent): Promise<Reconciled> {
    const { tf, ...request } = event;
    const detectorArn = detectorArnOf(world, request.detectorName);
    const generation = generationOf(request.spec);
    const wanted = { request, detectorArn, generation, before: tf.prev_input ?? undefined };
    const act = tf.action === "delete" ? deleteDetector : bringUpDetector;
    await patiently(() => act(world, wanted), world.pause);
    return { detectorArn, generation };
}
