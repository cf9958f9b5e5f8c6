const minuteMs = 60_000;

/** Tries after which a notice becomes a dead letter: some two hours after the first. */
export const mostTries = 8;

/**
 * Milliseconds until the try after this many: nearly a minute, and twice as long each time. A little less than Lambda waits before it
 * repeats a failed call, so that its second and third call find something to do.
 */
export const delayMs = (tries: number): number => 2 ** (tries - 1) * minuteMs - 10_000;
