/** What waiting goes by; a test puts its own in. */
export interface Clock {
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Waits so many milliseconds. */
    readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** One stretch of time that all statements of a call share, however many they are. */
export interface Patience {
    /** How long it is, in seconds. */
    readonly seconds: number;
    /** What is left of it, in milliseconds; never less than nothing. */
    readonly leftMs: () => number;
    /** Looks, once at least, until there is something to see; undefined when the time is over before. */
    readonly until: <Seen>(look: () => Promise<Seen | undefined>) => Promise<Seen | undefined>;
}

/** Milliseconds between two looks: few at first, since most statements are quick, then no more than this. */
const firstPauseMs = 50;
const longestPauseMs = 500;

/** Begins a stretch of time. It goes by the clock, so that what the looks themselves take is part of it. */
export function patienceOf({ now, sleep }: Clock, seconds: number): Patience {
    const end = now() + seconds * 1000;
    const leftMs = (): number => Math.max(0, end - now());
    return {
        seconds,
        leftMs,
        until: async (look) => {
            for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
                const seen = await look();
                if (seen !== undefined || leftMs() === 0) {
                    return seen;
                }
                await sleep(Math.min(pauseMs, leftMs()));
            }
        },
    };
}
