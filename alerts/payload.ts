import { dimensionPairs, timeSeriesId } from "../detection/api/timeSeries";
import { formatIntervalTime } from "../detection/api/intervalTime";
import { eventIdOf } from "./outbox";
import type { Notice } from "./notice";
import type { Telling } from "./texts";

/** ARNs of what a message is about. */
export interface NoticeArns {
    readonly alertArn: string;
    readonly detectorArn: string;
}

/** Bytes that SNS and an event of Lambda take, less some room for what goes beside the message. */
const largestPayload = 250_000;

/**
 * The alert as the managed service sent it, which functions and queues that were written for that service read. Shows as many of the
 * affected series as a message may be long, the most affected first.
 */
export function payloadOf(telling: Telling, arns: NoticeArns): string {
    for (let count = telling.notice.series.length; ; count = Math.floor(count / 2)) {
        const text = JSON.stringify(payload(telling, arns, count));
        if (Buffer.byteLength(text) <= largestPayload || count === 0) return text;
    }
}

function payload({ notice, alert, link }: Telling, arns: NoticeArns, count: number) {
    return {
        anomalyDetectorArn: arns.detectorArn,
        anomalyScore: notice.change === "withdrawn" ? 0 : notice.severity,
        // Functions were written that take it for granted: it is there also where there is no page to open.
        consoleUrl: link ?? "",
        anomalyGroupId: notice.group,
        alertName: alert.name,
        alertArn: arns.alertArn,
        alertEventId: eventIdOf(arns.alertArn, notice),
        alertDescription: alert.description ?? null,
        impactedMetric: {
            metricName: notice.measure,
            dimensionContribution: contributionsOf(notice),
            relevantTimeSeries: notice.series.slice(0, count).map(({ values, value }) => {
                const pairs = dimensionPairs(notice.dimensions, values);
                return {
                    timeSeriesId: timeSeriesId(arns.detectorArn, notice.measure, pairs),
                    dimensions: pairs.map(([dimensionName, dimensionValue]) => ({ dimensionName, dimensionValue })),
                    metricValue: value,
                };
            }),
        },
        timestamp: formatIntervalTime(notice.end, notice.timeZone),
        // Beside what the managed service sent: only where there is something to say.
        ...(notice.change === undefined ? {} : { change: notice.change }),
    };
}

function contributionsOf({ dimensions, contributions }: Notice) {
    return dimensions
        .map((dimensionName, d) => ({
            dimensionName,
            dimensionValueContributions: contributions[d]!.map(({ value, share }) => ({
                dimensionValue: value,
                valueContribution: share,
            })),
        }))
        .sort((one, other) => (one.dimensionName < other.dimensionName ? -1 : 1));
}
