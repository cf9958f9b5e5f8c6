/** Names under which AWS services report that they are throttled, or fail for a while. */
const names: ReadonlySet<string> = new Set([
    "InternalServerException",
    "InternalServiceError",
    "RequestLimitExceeded",
    "RequestTimeout",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "RequestThrottled",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TimeoutError",
    "TooManyRequestsException",
]);

/** Whether a call of an AWS service was throttled, failed on the service's side, or was never answered. */
export function isTransient(error: unknown): boolean {
    if (!(error instanceof Error)) {
        return false;
    }
    const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
    const status = $metadata?.httpStatusCode;
    const network = typeof code === "string" && /^(E[A-Z_]+|UND_ERR_\w+)$/.test(code);
    return names.has(error.name) || network || status === 429 || (status !== undefined && status >= 500);
}
