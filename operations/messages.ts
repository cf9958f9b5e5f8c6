import { formatInstant } from "../pipeline/windows";
import type { Message } from "./incidents";
import type { EmptyHistory, RunEnd } from "./runEnds";
import { subject } from "./subject";

const kindNames = { live: "live data", backfill: "history" } as const;

/** The message about a run's end, in plain text: what failed, on what, what was found, what to do. */
export function messageOf(end: RunEnd, stack: string): Message {
    const what = `${end.detector} (${kindNames[end.kind]})`;
    return end.failure === undefined
        ? { subject: subject(`Lookout: ${what} works again`), text: recoveryText(end, stack) }
        : { subject: subject(`Lookout: ${what} failed`), text: failureText(end, end.failure, stack) };
}

function failureText(end: RunEnd, failure: { error: string; message: string }, stack: string): string {
    const found = failure.error === "WindowsFailed" ? failure.message : `${failure.error}: ${failure.message}`;
    return [
        `Extracting ${kindNames[end.kind]} for the detector "${end.detector}" of the stack ${stack} failed.`,
        "",
        found,
        "",
        remedy(end, `${failure.error} ${failure.message}`),
        "You will be told once more, when it works again.",
        ...(end.execution === null ? [] : ["", `Execution: ${end.execution}`]),
    ].join("\n");
}

function recoveryText(end: RunEnd, stack: string): string {
    return [
        `Extracting ${kindNames[end.kind]} for the detector "${end.detector}" of the stack ${stack} works again.`,
        ...(end.summary === undefined ? [] : ["", end.summary]),
    ].join("\n");
}

/** What to do, by the first error that the text names; and what happens by itself. */
function remedy({ detector, kind }: RunEnd, text: string): string {
    const [, advice] = advices.find(([name]) => text.includes(name)) ?? [];
    const after =
        kind === "live"
            ? "The windows that failed are set aside and tried again at later ticks; later windows go on, and nothing is lost."
            : "What was extracted is kept; the rest is tried again by itself at later ticks, at least once a day. Run " +
              '"pulumi up" only when the configuration has to change.';
    return [...(advice === undefined ? [] : [advice(detector)]), after].join("\n");
}

const advices: readonly (readonly [error: string, advice: (detector: string) => string])[] = [
    ["QueryError", (detector) => `What to do: correct lookout:detectors.${detector}.query and run "pulumi up".`],
    ["DataError", (detector) => `What to do: correct lookout:detectors.${detector}.query, or the rows it reads.`],
    ["RecordError", () => "What to do: restore the object that the message names in the bucket, or delete it."],
    ["NotFoundError", () => "What to do: create what is missing, or correct the name in the stack's configuration."],
    ["ConfigError", () => 'What to do: correct the configuration and run "pulumi up".'],
    ["SourceBusyError", () => "What to do: see that the database runs, can be reached, and is not overloaded."],
    ["ExtractionTimeout", () => "What to do: make the query faster, or history.chunk shorter."],
];

/** The warning that a backfill found no row at all. */
export function emptyHistoryMessage({ detector, source, window }: EmptyHistory, stack: string): Message {
    const key = `lookout:detectors.${detector}`;
    return {
        subject: subject(`Lookout: ${detector} (history) has no rows`),
        text: [
            `Warning about the detector "${detector}" of the stack ${stack}: the query gave no rows between ` +
                `${formatInstant(window.start)} and ${formatInstant(window.end)} from the source "${source}"; the detector ` +
                "starts without history and learns from live windows only.",
            "",
            "What to check:",
            `  ${key}.query: does it give rows in this stretch, for the database user of the source?`,
            `  lookout:sources.${source}.sourceTimeZone: is it the zone of a timestamp column that names none?`,
            `  ${key}.history: does it cover days that the database has rows of?`,
            'What you correct is extracted anew by "pulumi up". You are not told of this history again.',
        ].join("\n"),
    };
}
