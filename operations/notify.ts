import { type IncidentWorld, tellOnce } from "./incidents";
import { messageOf } from "./messages";
import { type NotifyEvent, runEndOf } from "./runEnds";

/** Tells the operators how a run ended, if that is news. `stack` is named in the message. */
export async function notify(
    world: IncidentWorld,
    event: NotifyEvent,
    stack: string,
): Promise<{ readonly told: boolean }> {
    const end = runEndOf(event);
    return { told: end !== undefined && (await tellOnce(world, end, messageOf(end, stack))) };
}
