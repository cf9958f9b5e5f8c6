import { z } from "zod";
import type { ObjectStore } from "../objects/objectStore";
import { updateDocument } from "../pipeline/documents";
import { incidentKey } from "../pipeline/objectLayout";
import type { WindowKind } from "../pipeline/records";

/** `_operations/<detector>.json`: the last incident of one kind of run. */
const incidentRecord = z.object({
    /** False once a run of the kind has succeeded again. */
    open: z.boolean(),
    /** Whether the message about the present state has been sent. */
    told: z.boolean(),
    /** ARN of the last execution that failed; null where only its planning was heard of. */
    execution: z.string().nullable(),
    error: z.string(),
    message: z.string(),
});
type Incident = z.output<typeof incidentRecord>;

/** How a run ended, as far as incidents go. */
export interface RunEnd {
    readonly detector: string;
    readonly kind: WindowKind;
    /** ARN of the execution, where it is known. */
    readonly execution: string | null;
    /** Undefined when it succeeded. */
    readonly failure?: { readonly error: string; readonly message: string };
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
 * Sends the message unless it has been said already: one when runs of a kind begin to fail, one when they succeed again. The same
 * failure may be heard of several times, from the machine and from the event of its failed execution, also late. A failure is told
 * even when the store cannot be used. True when the message was sent.
 */
export async function tellOnce(world: IncidentWorld, end: RunEnd, message: Message): Promise<boolean> {
    const key = incidentKey(end.detector, end.kind);
    let incident: Incident;
    try {
        incident = await updateDocument(world.store, key, incidentRecord, (before) => afterRun(before, end));
    } catch (error) {
        // Whoever cannot even be noted down has to be told all the more; a success is not worth that.
        if (end.failure === undefined) throw error;
        await world.publish(message);
        return true;
    }
    if (incident.told) return false;
    // Between sending and noting it a crash means a second message: better than none.
    await world.publish(message);
    await updateDocument(world.store, key, incidentRecord, (current = incident) =>
        current.open === incident.open ? { ...current, told: true } : current,
    );
    return true;
}

function afterRun(before: Incident | undefined, { execution, failure }: RunEnd): Incident {
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
