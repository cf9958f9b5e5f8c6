import { z } from "zod";
import { emptyHistoryKey } from "../pipeline/objectLayout";
import { arrivalMessage, arrivalOf } from "./arrivals";
import { callEndOf, callRecord } from "./callEnds";
import { callMessage } from "./callMessages";
import { type IncidentWorld, tellOnce, warnOnce } from "./incidents";
import { emptyHistoryMessage, messageOf } from "./messages";
import { type RunEnd, runEndOf, runEvent } from "./runEnds";

/** What the notifier is called with: how a run ended, or a call that nobody waited for. */
export const notifyEvent = z.union([callRecord, runEvent]);
export type NotifyEvent = z.output<typeof notifyEvent>;

/** Tells the operators how something ended, if that is news. `stack` is named in the message. */
export async function notify(
    world: IncidentWorld,
    event: NotifyEvent,
    stack: string,
): Promise<{ readonly told: boolean }> {
    if ("requestContext" in event) {
        const call = callEndOf(event);
        return { told: call !== undefined && (await tellOnce(world, call, () => callMessage(call, stack))) };
    }
    const run = runEndOf(event);
    const toldOfRun = run !== undefined && (await tellOfRun(world, run, stack));
    const arrival = "result" in event ? arrivalOf(event.run, event.result) : undefined;
    const toldOfRows =
        arrival !== undefined && (await tellOnce(world, arrival, (before) => arrivalMessage(arrival, stack, before)));
    return { told: toldOfRun || toldOfRows };
}

async function tellOfRun(world: IncidentWorld, run: RunEnd, stack: string): Promise<boolean> {
    const told = await tellOnce(world, run, () => messageOf(run, stack));
    if (run.emptyHistory === undefined) return told;
    const { detector, generation } = run.emptyHistory;
    const warning = emptyHistoryMessage(run.emptyHistory, stack);
    return (await warnOnce(world, emptyHistoryKey(detector), generation, warning)) || told;
}
