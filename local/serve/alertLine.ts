/** An alert that was told, as it is kept. */
export interface SentAlert {
    /** ARN of the topic or function. */
    readonly target: string;
    /** Whether the target was called; false where none can be reached. */
    readonly isSent: boolean;
    readonly subject?: string;
    /** Message or payload. */
    readonly text: string;
}

/** An alert in one line for people. */
export function alertLine({ target, isSent, subject, text }: SentAlert): string {
    const what = subject ?? payloadLine(text) ?? text.split("\n", 1)[0] ?? "";
    return `alert ${isSent ? "sent to" : "for"} ${target}${isSent ? "" : " (not called)"}: ${what}`;
}

interface Payload {
    readonly alertName?: unknown;
    readonly anomalyScore?: unknown;
    readonly timestamp?: unknown;
    readonly impactedMetric?: { readonly metricName?: unknown };
}

/** What a JSON payload tells, undefined for any other text. */
function payloadLine(text: string): string | undefined {
    try {
        const { alertName, anomalyScore, timestamp, impactedMetric } = JSON.parse(text) as Payload;
        return `${String(alertName)}: anomaly in ${String(impactedMetric?.metricName)} at ${String(timestamp)}, severity ${String(anomalyScore)}`;
    } catch {
        return undefined;
    }
}
