/** What became known of some hours, in which everything has healed in the end. */
export interface Told {
    /** Subjects of the messages to the operators, in order. */
    readonly heard: readonly string[];
    /** Names of live runs that ended badly. */
    readonly failedRuns: readonly string[];
    /** Windows that were committed after a run had failed on them. */
    readonly failedWindows: number;
}

/** What messages about live runs call them. */
const live = "orders (live data)";

/**
 * Of each thing that failed, one message says so and one that it works again, by turns; nothing else is told; and who was told of a run, or
 * not, is told rightly. Throws an Error that says what is wrong.
 */
export function requireTold({ heard, failedRuns, failedWindows }: Told): void {
    const open = new Set<string>();
    const failed = new Set<string>();
    const wrong = (text: string): Error => new Error(`${text}; the operators heard: ${heard.join("; ") || "nothing"}`);
    for (const subject of heard) {
        const [, what, news] = /^(.*) (failed|works again)$/.exec(subject) ?? [];
        if (what === undefined || news === undefined) throw wrong(`"${subject}" is no news of an incident`);
        if (open.has(what) === (news === "failed")) throw wrong(`"${subject}" was told out of turn`);
        if (news === "failed") {
            open.add(what);
            failed.add(what);
        } else open.delete(what);
    }
    if (open.size > 0) throw wrong(`never told to work again: ${[...open].join(", ")}`);
    const happened = failedRuns.length > 0 || failedWindows > 0;
    if (happened && !failed.has(live))
        throw wrong(`nobody was told of ${failedRuns.join(", ")} and ${failedWindows} windows that failed`);
    if (!happened && failed.has(live)) throw wrong("a failure was told of, and nothing had failed");
}
