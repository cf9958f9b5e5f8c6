import { z } from "zod";
import { metricSetOfRun, type DetectorStatus } from "../../store/records";
import { learned, scored } from "../../store/stretch";
import { openCalendar } from "../../worker/calendar";
import { readScores } from "../../worker/readScores";
import { mustReadDetector, runOf, type ApiContext } from "../context";
import { formatIntervalTime, parseIntervalTime } from "../intervalTime";
import { makeToken, readToken } from "../paging";
import type { Requests } from "../schemas";

/** States in which intervals that are due will be scored. */
const running: readonly DetectorStatus[] = ["LEARNING", "ACTIVE"];

/**
 * How each interval's scoring went, newest first; `Timestamp` is the interval's start. Intervals that are due and not scored yet are
 * pending. What was learned only is no execution.
 */
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
    const { interval, timeZone, offsetSeconds } = metricSetOfRun(record.metricSet, progress);
    const calendar = openCalendar(interval, timeZone);
    const [oldest, next] = [calendar.positionOf(progress.scoredFrom), calendar.positionOf(progress.scoredThrough)];
    const due = running.includes(record.status) ? calendar.positionOf(context.now() - offsetSeconds * 1000) : next;
    const newest = Math.max(next, due) - 1;
    const last = wanted === undefined ? Math.min(newest, (before ?? Infinity) - 1) : calendar.positionOf(wanted);
    const first = wanted === undefined ? Math.max(oldest, last - request.MaxResults + 1) : last;
    if (last < oldest || first > newest) return { ExecutionList: [] };
    const scores = await readScores({ store, calendar, progress }, { first, last, series: [] });
    const outcomes = new Map(scores.map(({ position, outcome }) => [position, outcome]));
    const positions = Array.from({ length: last - first + 1 }, (_, i) => last - i);
    return {
        ExecutionList: positions
            .map((position) => ({ position, outcome: position < next ? outcomes.get(position) : notYet }))
            .filter(({ outcome }) => outcome !== undefined && outcome !== learned)
            .map(({ position, outcome }) => ({
                Timestamp: formatIntervalTime(calendar.startOf(position), timeZone),
                ...statusOf(outcome!),
            })),
        NextToken: wanted === undefined && first > oldest ? makeToken(subject, first, context.now()) : undefined,
    };
}

/** Stands for the outcome of an interval that is due and not scored yet. */
const notYet = null;

function statusOf(outcome: string | null): { readonly Status: string; readonly FailureReason?: string } {
    if (outcome === notYet) return { Status: "PENDING" };
    return outcome === scored ? { Status: "COMPLETED" } : { Status: "FAILED", FailureReason: outcome.slice(0, 256) };
}
