import type { z } from "zod";
import { openCalendar } from "../../worker/calendar";
import { readScores } from "../../worker/readScores";
import { combinationKey } from "../../worker/rowTable";
import { mustReadDetector, runOf, type ApiContext } from "../context";
import { invalid, invalidField, notFound } from "../errors";
import { parseIntervalTime } from "../intervalTime";
import type { ownRequests } from "../schemas";

/** Most intervals that one `explain` answers. */
const mostPoints = 10_000;

/** Asks for the windows to be scored that have been committed since. Accepted, not done, when this answers. */
export async function advanceDetector(context: ApiContext, request: z.output<typeof ownRequests.advance>) {
    const { name } = await mustReadDetector(context, request.AnomalyDetectorArn);
    await context.dispatch({ job: "advance", detector: name });
    return {};
}

/** Value, expectation, band and severity of one metric over a stretch of time, oldest first. */
export async function explainMetric(context: ApiContext, request: z.output<typeof ownRequests.explain>) {
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    const store = runOf(context, record)?.store;
    const progress = (await store?.progress())?.record;
    const { metricSet } = record;
    if (store === undefined || progress === undefined || metricSet === undefined) return { points: [] };
    const measure = metricSet.measures.findIndex(({ name }) => name === request.MetricName);
    if (measure < 0) throw notFound("TimeSeries", request.MetricName);
    const missing = metricSet.dimensions.find((name) => request.Dimensions[name] === undefined);
    if (missing !== undefined) throw invalidField(`Dimensions.${missing}`, "is required");
    const key = combinationKey(metricSet.dimensions.map((name) => request.Dimensions[name]!));
    const combinations = await store.combinations(progress.combinations);
    const combination = combinations.findIndex((values) => combinationKey(values) === key);
    if (combination < 0) throw notFound("TimeSeries", JSON.stringify(request.Dimensions));
    const calendar = openCalendar(metricSet.interval, metricSet.timeZone);
    const first = calendar.positionOf(parseIntervalTime(request.StartTime, "StartTime"));
    const last = calendar.positionOf(parseIntervalTime(request.EndTime, "EndTime") - 1);
    if (last - first >= mostPoints)
        throw invalid(`The stretch has ${last - first + 1} intervals; ${mostPoints} at most.`);
    const series = [combination * metricSet.measures.length + measure];
    const scores = await readScores({ store, calendar, progress }, { first, last, series });
    return {
        points: scores.map(({ position, points: [point] }) => ({
            timestamp: new Date(calendar.startOf(position)).toISOString().replace(/\.\d+Z$/, "Z"),
            value: finite(point!.value),
            expected: finite(point!.expected),
            lower: finite(point!.lower),
            upper: finite(point!.upper),
            severity: Math.round(point!.severity * 100) / 100,
        })),
    };
}

/** Null for none. Expectations are kept to about seven digits; no more are shown. */
const finite = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(7)) : null);
