import { z } from "zod";
import { learned, scored } from "../../store/stretch";
import { openCalendar } from "../../worker/calendar";
import { readScores } from "../../worker/readScores";
import { mustReadDetector, runOf, type ApiContext } from "../context";
import { formatIntervalTime, parseIntervalTime } from "../intervalTime";
import { makeToken, readToken } from "../paging";
import type { Requests } from "../schemas";

/** How each interval's scoring went, newest first; `Timestamp` is the interval's start. What was learned only is no execution. */
export async function describeAnomalyDetectionExecutions(
    context: ApiContext,
    request: Requests["DescribeAnomalyDetectionExecutions"],
) {
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    const subject = `DescribeAnomalyDetectionExecutions ${record.name} ${request.Timestamp ?? ""}`;
    const before = readToken(request.NextToken, { subject, schema: z.int(), now: context.now() });
    const wanted = request.Timestamp === undefined ? undefined : parseIntervalTime(request.Timestamp, "Timestamp");
    const store = runOf(context, record)?.store;
    const progress = (await store?.progress())?.record;
    if (store === undefined || progress === undefined || record.metricSet === undefined) return { ExecutionList: [] };
    const { interval, timeZone } = record.metricSet;
    const calendar = openCalendar(interval, timeZone);
    const oldest = calendar.positionOf(progress.scoredFrom);
    const newest = calendar.positionOf(progress.scoredThrough) - 1;
    const last = wanted === undefined ? Math.min(newest, (before ?? Infinity) - 1) : calendar.positionOf(wanted);
    const first = wanted === undefined ? Math.max(oldest, last - request.MaxResults + 1) : last;
    const run = { store, calendar, progress };
    const intervals = first < oldest ? [] : await readScores(run, { first, last, series: [] });
    const hasMore = wanted === undefined && first > oldest;
    return {
        ExecutionList: intervals
            .filter(({ outcome }) => outcome !== learned)
            .reverse()
            .map(({ position, outcome }) => ({
                Timestamp: formatIntervalTime(calendar.startOf(position), timeZone),
                Status: outcome === scored ? "COMPLETED" : "FAILED",
                FailureReason: outcome === scored ? undefined : outcome.slice(0, 256),
            })),
        NextToken: hasMore ? makeToken(subject, first, context.now()) : undefined,
    };
}
