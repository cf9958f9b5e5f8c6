import { ApiError } from "./errors";

/** Counts calls; throws TooManyRequestsException for one too many. */
export type Throttle = (now: number) => void;

/**
 * A bucket of tokens: it fills at `callsPerSecond`, holds two seconds' worth, and each call takes one. A second after the last refusal
 * calls pass again. `now` is in milliseconds; a clock that goes back adds nothing.
 */
export function openThrottle(callsPerSecond: number): Throttle {
    const most = Math.max(1, callsPerSecond * 2);
    let tokens = most;
    let filledAt: number | undefined;
    return (now) => {
        const passedMs = Math.max(0, now - (filledAt ?? now));
        tokens = Math.min(most, tokens + (passedMs / 1000) * callsPerSecond);
        filledAt = Math.max(now, filledAt ?? now);
        if (tokens < 1)
            throw new ApiError(
                "TooManyRequestsException",
                `More than ${callsPerSecond} calls a second; wait a moment and try again.`,
            );
        tokens -= 1;
    };
}
