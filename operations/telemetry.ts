import { metricCatalogue, type MetricName, metricNamespace } from "./metricCatalogue";

/** What a log line is about: names and numbers that people search by; no secrets, no rows. */
export interface About {
    readonly detector?: string;
    readonly source?: string;
    /** The window, written `2026-01-01T00:00:00Z/2026-01-01T01:00:00Z`. */
    readonly window?: string;
    readonly [key: string]: string | number | boolean | undefined;
}

/** Values measured at one time. */
export type Measured = Partial<Readonly<Record<MetricName, number>>>;

/** One thing that happened: what is logged of it, and measured. */
export interface Happening {
    /** For people, without a full stop. */
    readonly message: string;
    readonly about: About;
    /** @default "INFO" */
    readonly level?: "INFO" | "WARN" | "ERROR";
    readonly metrics?: Measured;
}

/**
 * A happening as one line of a function's log: JSON with `level`, `message` and what it is about. With metrics it is in CloudWatch's
 * embedded metric format, so that CloudWatch takes them out of the line by itself and no function calls it. `at` is in milliseconds since
 * 1970, `stack` is `<project>/<stack>`.
 */
export function logLine(
    { message, about, level = "INFO", metrics = {} }: Happening,
    stack: string,
    at: number,
): string {
    const names = Object.keys(metrics) as MetricName[];
    const embedded = {
        _aws: {
            Timestamp: at,
            CloudWatchMetrics: [
                {
                    Namespace: metricNamespace,
                    Dimensions: [["stack"]],
                    Metrics: names.map((name) => ({ Name: name, Unit: metricCatalogue[name].unit })),
                },
            ],
        },
    };
    return JSON.stringify({
        ...(names.length === 0 ? {} : embedded),
        timestamp: new Date(at).toISOString(),
        level,
        message,
        stack,
        ...about,
        ...metrics,
    });
}

/** Tells of what happens. */
export type Tell = (happening: Happening) => void;

/**
 * Tells by lines on a stream, a function's standard output: the runtime takes what `console` prints for text and would wrap it, and
 * CloudWatch would then find no metrics in it.
 */
export function openTelemetry(stack: string, out: { write(text: string): unknown }, now: () => number): Tell {
    return (happening) => void out.write(`${logLine(happening, stack, now())}\n`);
}
