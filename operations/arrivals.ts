import type { ArrivalEvent } from "../pipeline/arrivalRecord";
import { arrivalIncidentKey } from "../pipeline/objectLayout";
import type { Run, RunResult } from "../pipeline/run";
import { formatWindow } from "../pipeline/windows";
import type { Ending, Message } from "./incidents";
import { subject } from "./subject";

/** Whether a detector's rows came as usual: a failure when they are missing, or came late. */
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
    return {
        ...end,
        event: arrival,
        failure: { error: arrival.kind === "late" ? "RowsLate" : "RowsMissing", message: sentenceOf(arrival) },
    };
}

/**
 * The message that rows do not come as usual, or come so again. `before` is what was found last while they did not: one incident may begin
 * with rows that are missing, and end once they have come, late.
 */
export function arrivalMessage({ detector, source, event }: Arrival, stack: string, before = ""): Message {
    if (event === undefined)
        return {
            subject: subject(`Lookout: ${detector} has rows again`),
            text: [
                `Rows of the detector "${detector}" of the stack ${stack} come again as usual.`,
                ...(before === "" ? [] : ["", `Found last: ${before}`]),
            ].join("\n"),
        };
    const key = `lookout:detectors.${detector}`;
    const what = { empty: "has no rows", short: "has few rows", late: "has late rows" }[event.kind];
    return {
        subject: subject(`Lookout: ${detector} ${what}, severity ${event.severity}`),
        text: [
            `Rows of the detector "${detector}" of the stack ${stack} do not come as usual. Severity: ${event.severity} of 100.`,
            "",
            sentenceOf(event),
            event.kind === "late"
                ? "They are extracted and scored by now; anomalies of the window may have been told late, or have changed."
                : "The query went well: what is missing is missing in the database. No measure is taken to have fallen to zero for it.",
            "",
            "What to check:",
            `  what writes the rows of the source "${source}": has it stopped, or is it late?`,
            `  ${key}.offset and ${key}.lateness: do they leave the rows time enough to come? lookout status shows how long they take.`,
            "You will be told once more, when they come as usual.",
        ].join("\n"),
    };
}

/** What was found, in a sentence. */
function sentenceOf({ window, kind, rows, usual, delaySeconds = 0, usualDelaySeconds }: ArrivalEvent): string {
    const found = kind === "empty" ? "has no rows" : `has ${rows} rows`;
    const such = `such a window usually has ${Number(usual.toPrecision(3))}`;
    if (kind !== "late") return `The window ${formatWindow(window)} ${found}; ${such}.`;
    const usually = usualDelaySeconds === undefined ? "" : `, usually ${durationText(usualDelaySeconds)}`;
    return `The window ${formatWindow(window)} got its ${rows} rows ${durationText(delaySeconds)} after its end${usually}.`;
}

/** `45 s`, `12 min`, `3 h 5 min`: in whole minutes from one minute on. */
function durationText(seconds: number): string {
    if (seconds < 60) return `${seconds} s`;
    const all = Math.round(seconds / 60);
    const [hours, minutes] = [Math.floor(all / 60), all % 60];
    return [...(hours > 0 ? [`${hours} h`] : []), ...(minutes > 0 ? [`${minutes} min`] : [])].join(" ");
}
