const minuteMs = 60_000;

/** Milliseconds that one try may take: what a function that is told may, and what Lambda's own clients wait for an answer. */
export const longestSendMs = 5 * minuteMs;

/** Milliseconds for which a notice is its sender's alone: longer than a try can take, so that no two are made at once. */
export const leaseMs = longestSendMs + minuteMs;

/** Calls that Lambda makes of a job that fails; as many tries of a notice come that way, and the others with the ticks. */
export const lambdaCalls = 3;

/** Tries after which a notice becomes a dead letter: some two hours after the first. */
export const mostTries = 8;

/**
 * Milliseconds from a failure to the try after this many: nearly a minute, and twice as long each time. A little less than Lambda waits before it
 * repeats a failed call, so that its second and third call find something to do.
 */
export const delayMs = (tries: number): number => 2 ** (tries - 1) * minuteMs - 10_000;
