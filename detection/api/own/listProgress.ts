import { z } from "zod";
import { pointsBeforeScoring } from "../../engine/shape";
import type { DetectorRecord } from "../../store/records";
import { detectorStatus } from "../../store/records";
import { pointsNeeded } from "../../worker/pointsNeeded";
import { detectorArn, measureName, paging } from "../members";
import { makeToken, readToken } from "../paging";
import { readRun, type ReadRun } from "../readRun";
import { arrival, readShownArrival } from "./arrivalShape";
import { ownCall } from "./call";
import { mustFindMeasure } from "./metric";
import { byDimension, dimensionValues, nextToken } from "./ownMembers";

const counted = {
    points: z.int().describe("Points had: intervals with a value."),
    needed: z.int().describe("Points needed."),
};

const request = z.strictObject({
    ...detectorArn,
    MetricName: measureName.optional().describe("Only metrics of this measure."),
    ...paging,
});

const answer = z.object({
    detector: z
        .object({ status: detectorStatus, ...counted, sentence: z.string() })
        .describe("Intervals with data, and those that it takes to be ACTIVE."),
    arrival: arrival
        .optional()
        .describe(
            "How the rows come that the stack extracts. Absent for data that others write, and before the first live window.",
        ),
    total: z.int().describe("Metrics of the detector, or of the measure asked for."),
    metrics: z.array(
        z.object({
            measure: z.string(),
            dimensions: dimensionValues,
            ...counted,
            isScored: z.boolean().describe(`True from ${pointsBeforeScoring} points on: bands are wide at first.`),
            sentence: z.string(),
        }),
    ),
    nextToken,
});

export const listProgress = ownCall({
    summary: "Points needed and had while learning, for the detector and for each metric",
    description: "Metrics are in the order in which they appeared, those of one combination of values together.",
    request,
    answer,
    handle: (context, { AnomalyDetectorArn, MetricName, MaxResults, NextToken }) => {
        const subject = `listProgress ${AnomalyDetectorArn} ${MetricName ?? ""}`;
        const after = readToken(NextToken, { subject, schema: z.int().min(0), now: context.now() });
        return readRun(context, AnomalyDetectorArn, async (run, record) => {
            const detector = detectorProgress(record, run);
            const shown = await readShownArrival(context, record);
            const head = shown === undefined ? { detector } : { detector, arrival: shown };
            if (run === undefined) return { ...head, total: 0, metrics: [] };
            const series = seriesOf(run, MetricName);
            const from = after ?? 0;
            const metrics = await progressOf(run, series.slice(from, from + MaxResults));
            const next = from + MaxResults;
            const token = next < series.length ? makeToken(subject, next, context.now()) : undefined;
            return { ...head, total: series.length, metrics, nextToken: token };
        });
    },
});

function detectorProgress({ status, interval }: DetectorRecord, run: ReadRun | undefined) {
    const needed = pointsNeeded(run?.metricSet.interval ?? interval);
    const points = run?.progress.points ?? 0;
    const sentence =
        points < needed
            ? `has ${points} of the ${needed} intervals with data that it needs`
            : `has learned enough (${points} intervals with data)`;
    return { status, points, needed, sentence };
}

/** Indices of the series of all measures, or of one. */
function seriesOf({ metricSet, progress }: ReadRun, measure: string | undefined): number[] {
    const width = metricSet.measures.length;
    const all = Array.from({ length: progress.combinations * width }, (_, series) => series);
    if (measure === undefined) return all;
    const wanted = mustFindMeasure(metricSet, measure);
    return all.filter((series) => series % width === wanted);
}

async function progressOf({ store, progress, metricSet }: ReadRun, series: readonly number[]) {
    const combinations = await store.combinations(progress);
    const known = await store.seriesPoints(progress);
    const width = metricSet.measures.length;
    return series.map((one) => {
        const { points, needed } = known[one]!;
        const isScored = points >= pointsBeforeScoring;
        return {
            measure: metricSet.measures[one % width]!.name,
            dimensions: byDimension(metricSet.dimensions, combinations[Math.floor(one / width)]!),
            points,
            needed,
            isScored,
            sentence: sentenceOf(points, needed, isScored),
        };
    });
}

function sentenceOf(points: number, needed: number, isScored: boolean): string {
    if (points >= needed) return `has all of the ${needed} points that it needs`;
    const judged = isScored ? "judged within a wide band" : `judged from ${pointsBeforeScoring} on`;
    return `still learning: has ${points} of ${needed} points, ${judged}`;
}
