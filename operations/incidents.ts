import { z } from "zod";
import type { ObjectStore } from "../objects/objectStore";
import { readDocument, updateDocument, writeDocument } from "../pipeline/documents";
import type { Failure } from "../pipeline/failure";

/** The last incident of one thing that is done again and again, such as the live runs of a detector. */
const incidentRecord = z.object({
    /** False once it has succeeded again. */
    open: z.boolean(),
    /** Whether the message about the present state has been sent. */
    told: z.boolean(),
    /** What failed last: ARN of an execution, id of a call; null where only a run's planning was heard of. */
    execution: z.string().nullable(),
    error: z.string(),
    message: z.string(),
});
type Incident = z.output<typeof incidentRecord>;

/** How something ended, as far as incidents go. */
export interface Ending {
    /** Key of its incident's record. */
    readonly incident: string;
    /** ARN of the execution or id of the call, where it is known: hearing of the same one again is no news. */
    readonly execution: string | null;
    /** Undefined when it succeeded. */
    readonly failure?: Failure;
}

/** A message for the operators. */
export interface Message {
    /** At most 100 characters, ASCII: what the topic allows. */
    readonly subject: string;
    readonly text: string;
}

export interface IncidentWorld {
    readonly store: ObjectStore;
    readonly publish: (message: Message) => Promise<void>;
}

/**
 * Sends the message unless it has been said already: one when things begin to fail, one when they succeed again. The same failure may
 * be heard of several times, from the machine and from the event of its failed execution, also late. A failure is told even when the
 * store cannot be used. The message is made from what was found last, empty where nothing was. True when the message was sent.
 */
export async function tellOnce(
    world: IncidentWorld,
    end: Ending,
    messageOf: (before: string) => Message,
): Promise<boolean> {
    const key = end.incident;
    let incident: Incident;
    try {
        incident = await updateDocument(world.store, key, incidentRecord, (before) => afterEnd(before, end));
    } catch (error) {
        // Whoever cannot even be noted down has to be told all the more; a success is not worth that.
        if (end.failure === undefined) throw error;
        const message = messageOf("");
        await world.publish({ ...message, text: `${message.text}\n\n${cannotBeNoted}` });
        return true;
    }
    if (incident.told) return false;
    // Between sending and noting it a crash means a second message: better than none.
    await world.publish(messageOf(incident.message));
    await updateDocument(world.store, key, incidentRecord, (current = incident) =>
        current.open === incident.open ? { ...current, told: true } : current,
    );
    return true;
}

const cannotBeNoted =
    "The stack's bucket could not be used to note that you were told: until it can, you are told of every failure, and of no recovery.";

function afterEnd(before: Incident | undefined, { execution, failure }: Ending): Incident {
    if (failure !== undefined) {
        if (before !== undefined && isHeardOf(before, execution)) return before;
        const told = before?.open === true && before.told;
        return { open: true, told, execution: execution ?? before?.execution ?? null, ...failure };
    }
    if (before === undefined) return { open: false, told: true, execution: null, error: "", message: "" };
    return before.open ? { ...before, open: false, told: false } : before;
}

/** An event of an execution may arrive after a later one has succeeded, and must not open the incident again. */
const isHeardOf = (before: Incident, execution: string | null): boolean =>
    execution !== null && before.execution === execution;

/** What was warned of last. */
const warningRecord = z.object({ of: z.string() });

/**
 * Sends a warning unless the last one with this key was of the same thing. Two at once may both be sent: better than none. True when
 * the message was sent.
 */
export async function warnOnce(world: IncidentWorld, key: string, of: string, message: Message): Promise<boolean> {
    if ((await readDocument(world.store, key, warningRecord))?.value.of === of) return false;
    await world.publish(message);
    await writeDocument(world.store, key, warningRecord, { of });
    return true;
}
