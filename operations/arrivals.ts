import type { ArrivalEvent } from "../pipeline/arrivalRecord";
import { arrivalIncidentKey } from "../pipeline/objectLayout";
import type { Run, RunResult } from "../pipeline/run";
import { formatWindow } from "../pipeline/windows";
import type { Ending, Message } from "./incidents";
import { subject } from "./subject";

/** Whether the rows of a detector's newest window came as usual: a failure when they did not. */
export interface Arrival extends Ending {
    readonly detector: string;
    readonly source: string;
    readonly event?: ArrivalEvent;
}

/** What a closed run says of its rows' arrival; undefined when it says nothing. */
export function arrivalOf({ detector, source }: Run, { arrival }: RunResult): Arrival | undefined {
    if (arrival === undefined) return undefined;
    const end = { detector, source, incident: arrivalIncidentKey(detector), execution: null };
    if (arrival === null) return end;
    return { ...end, event: arrival, failure: { error: "RowsMissing", message: sentenceOf(arrival) } };
}

/** The message that rows do not come, or come again. */
export function arrivalMessage({ detector, source, event }: Arrival, stack: string): Message {
    if (event === undefined)
        return {
            subject: subject(`Lookout: ${detector} has rows again`),
            text: `Rows of the detector "${detector}" of the stack ${stack} come again as usual.`,
        };
    const key = `lookout:detectors.${detector}`;
    const few = event.kind === "empty" ? "no" : "few";
    return {
        subject: subject(`Lookout: ${detector} has ${few} rows, severity ${event.severity}`),
        text: [
            `Rows of the detector "${detector}" of the stack ${stack} do not come as usual. Severity: ${event.severity} of 100.`,
            "",
            sentenceOf(event),
            "The query went well: what is missing is missing in the database. No measure is taken to have fallen to zero for it.",
            "",
            "What to check:",
            `  what writes the rows of the source "${source}": has it stopped, or is it late?`,
            `  ${key}.offset and ${key}.lateness: do they leave the rows time enough to come? lookout status shows how long they take.`,
            "You will be told once more, when they come again.",
        ].join("\n"),
    };
}

/** What was found, in a sentence. */
function sentenceOf({ window, kind, rows, usual }: ArrivalEvent): string {
    const found = kind === "empty" ? "has no rows" : `has ${rows} rows`;
    return `The window ${formatWindow(window)} ${found}; such a window usually has ${Number(usual.toPrecision(3))}.`;
}
