/** Something is on its way to where it has to be: asking again in a moment may help. */
export class UnsettledError extends Error {
    override readonly name = "UnsettledError";
}

/** Milliseconds between tries: 47 s in all, so that with the work itself a life-cycle call ends within a minute. */
export const retryDelaysMs: readonly number[] = [1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000];

/**
 * Does something idempotent again until it succeeds, while it fails for a reason that passes: permissions that have just been given
 * and are not known everywhere, throttling, a concurrent change, a state that is changing. Rejects with the last failure.
 */
export async function patiently<T>(
    act: () => Promise<T>,
    pause: (ms: number) => Promise<void>,
    delaysMs: readonly number[] = retryDelaysMs,
): Promise<T> {
    for (let tries = 0; ; tries += 1) {
        try {
            return await act();
        } catch (error) {
            const delay = delaysMs[tries];
            if (delay === undefined || !mayPass(error)) throw error;
            await pause(delay);
        }
    }
}

const passingNames: ReadonlySet<string> = new Set([
    "UnsettledError",
    "AccessDeniedException",
    "AccessDenied",
    "ConflictException",
    // Deleted between two looks.
    "ResourceNotFoundException",
    "TooManyRequestsException",
    "ThrottlingException",
]);
const passingStatuses: ReadonlySet<number> = new Set([403, 429]);

function mayPass(error: unknown): boolean {
    if (!(error instanceof Error)) return false;
    const { httpStatusCode } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
    return passingNames.has(error.name) || (httpStatusCode !== undefined && passingStatuses.has(httpStatusCode));
}
