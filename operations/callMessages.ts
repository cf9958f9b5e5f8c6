import type { CallEnd, Job } from "./callEnds";
import type { Message } from "./incidents";
import { subject } from "./subject";

/** The message about a call that nobody waited for, in plain text: what failed, on what, what was found, what to do. */
export function callMessage(end: CallEnd, stack: string): Message {
    const { brief, whole } = titleOf(end.job);
    if (end.failure === undefined) {
        return {
            subject: subject(`Lookout: ${brief} works again`),
            text: `${whole} of the stack ${stack} works again.`,
        };
    }
    const { error, message } = end.failure;
    return {
        subject: subject(`Lookout: ${brief} failed`),
        text: [
            `${whole} of the stack ${stack} failed, ${end.calls === 1 ? "once" : `${end.calls} times in a row`}.`,
            "",
            `${error}: ${message}`,
            "",
            advice(`${error} ${message}`, end.functionName),
            consequence(end.job),
            "You will be told once more, when it works again.",
        ].join("\n"),
    };
}

function titleOf(job: Job): { readonly brief: string; readonly whole: string } {
    switch (job.kind) {
        case "planning":
            return {
                brief: `planning live windows (${job.interval})`,
                whole: `Planning the live windows of the detectors with the interval ${job.interval}`,
            };
        case "scoring":
            return {
                brief: `scoring of ${job.detectorName}`,
                whole: `Learning and scoring of the detector "${job.detectorName}"`,
            };
        case "delivery":
            return {
                brief: `alerts of ${job.detectorName}`,
                whole: `Delivering the alerts of the detector "${job.detectorName}"`,
            };
        case "tick":
            return {
                brief: "detection tick",
                whole: "The detection tick, which has every active detector score what has arrived,",
            };
    }
}

/** What happens by itself. */
function consequence(job: Job): string {
    switch (job.kind) {
        case "planning":
            return "Detectors that could be planned were. The next tick plans the others' windows with its own, and nothing is lost.";
        case "scoring":
            return "Extracted rows are kept. The next window or tick goes on where this stopped, and nothing is left out.";
        case "delivery":
            return "The alert is tried again, later and later, for some two hours; then it becomes a dead letter in the queue that the stack gives as deadLettersUrl.";
        case "tick":
            return "Windows that this stack extracts are still scored as they come. What was left behind, and data that others write, wait for the next tick.";
    }
}

/** What to do, by the first error that the text names. */
function advice(text: string, functionName: string): string {
    const [, known] = advices.find(([pattern]) => pattern.test(text)) ?? [];
    const log = `The log of the function ${functionName} says more.`;
    return known === undefined ? `What to do: see where it failed. ${log}` : `What to do: ${known} ${log}`;
}

const advices: readonly (readonly [pattern: RegExp, advice: string])[] = [
    [
        /UndeliveredError/,
        "see that the alert's topic or function is there and works, and that the service, or the alert's role, may tell it.",
    ],
    [
        /NotFoundError|NoSuchBucket|ResourceNotFound/,
        'create what is missing; "pulumi up --refresh" brings back what belongs to the stack.',
    ],
    [
        /AccessDenied|not authorized/,
        'see which policy refuses it; "pulumi up --refresh" gives the function its own permissions back.',
    ],
    [/timed out|out of memory|OutOfMemory|ended without an answer/i, "give the function more time or memory."],
    [
        /Throttl|TooManyRequests|SlowDown|Rate exceeded/i,
        "see which of the account's limits is reached, and have it raised.",
    ],
];
