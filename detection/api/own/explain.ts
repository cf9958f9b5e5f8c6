import { z } from "zod";
import { intervalTime } from "../members";
import { invalid, invalidField } from "../errors";
import { parseIntervalTime } from "../intervalTime";
import { readRun } from "../readRun";
import { readScores } from "../../worker/readScores";
import { ownCall } from "./call";
import { point, pointOf } from "./judgement";
import { mustFindMetric } from "./metric";
import { metricMembers } from "./ownMembers";

/** Most intervals that one call answers. */
const mostPoints = 10_000;

export const explain = ownCall({
    summary: "Expected value, band and verdict of one metric over a stretch of time",
    description:
        `Oldest first, ${mostPoints} intervals at most; intervals that were neither learned from nor scored are left out. ` +
        "Before anything was learned there are no points.",
    request: z.strictObject({
        ...metricMembers,
        StartTime: intervalTime.describe("First instant, ISO 8601 or `2020-12-05T01:00Z[UTC]`."),
        EndTime: intervalTime.describe("End, exclusive."),
    }),
    answer: z.object({ points: z.array(point) }),
    handle: (context, request) =>
        readRun(context, request.AnomalyDetectorArn, async (run) => {
            const [start, end] = [
                parseIntervalTime(request.StartTime, "StartTime"),
                parseIntervalTime(request.EndTime, "EndTime"),
            ];
            if (end < start) throw invalidField("EndTime", "must not be before StartTime");
            if (run === undefined) return { points: [] };
            const { series } = await mustFindMetric(run, request);
            const { calendar } = run;
            const [first, last] = [calendar.positionOf(start), calendar.positionOf(end - 1)];
            if (last - first >= mostPoints)
                throw invalid(`The stretch has ${last - first + 1} intervals; ${mostPoints} at most.`);
            const scores = await readScores(run, { first, last, series: [series] });
            return { points: scores.map((one) => pointOf(calendar.startOf(one.position), one)) };
        }),
});
