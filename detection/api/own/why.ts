import { z } from "zod";
import { pointsBeforeScoring } from "../../engine/shape";
import { isOwnedBy } from "../../store/creation";
import { openFeedback, valuesBy } from "../../store/feedback";
import { learned, scored } from "../../store/stretch";
import { readScores, type ScoredPosition } from "../../worker/readScores";
import { combinationKey } from "../../worker/rowTable";
import type { ApiContext } from "../context";
import { invalidField } from "../errors";
import { parseIntervalTime } from "../intervalTime";
import { intervalTime } from "../members";
import { readRun, type ReadRun } from "../readRun";
import { ownCall } from "./call";
import { shownGroup, shownGroupOf } from "./groupShapes";
import { point, pointOf, type Point } from "./judgement";
import { mustFindMetric, type Metric } from "./metric";
import { metricMembers, timeOf } from "./ownMembers";
import { sentenceOf, type Circumstances } from "./sentences";

const request = z.strictObject({
    ...metricMembers,
    Timestamp: intervalTime.describe("Any instant of the interval, ISO 8601 or `2020-12-05T01:00Z[UTC]`."),
});

const answer = z.object({
    point: point.optional().describe("Absent when nothing is kept of the interval."),
    sentence: z.string().describe('Such as "expected 120 to 160, was 148: inside the band".'),
    progress: z
        .object({ points: z.int(), needed: z.int() })
        .describe("Points that the metric has now, and those that it needs for full confidence."),
    group: shownGroup.optional().describe("The group that the metric's anomaly is part of."),
    feedback: z
        .array(z.object({ groupId: z.uuid(), isAnomaly: z.boolean(), timestamp: z.iso.datetime() }))
        .describe("What was said of anomalies of this metric."),
});

export const why = ownCall({
    summary: "Why a value was reported, or why not, in one sentence",
    description: "One metric in one interval: its verdict in words, with what stands behind it.",
    request,
    answer,
    handle: (context, asked) => {
        const at = parseIntervalTime(asked.Timestamp, "Timestamp");
        return readRun(context, asked.AnomalyDetectorArn, async (run) => {
            if (run === undefined) return untold("the detector has not learned anything yet");
            const metric = await mustFindMetric(run, asked);
            const position = run.calendar.positionOf(at);
            if (position >= run.calendar.positionOf(run.progress.scoredThrough))
                throw invalidField(
                    "Timestamp",
                    `lies after what has been scored, up to ${timeOf(run.progress.scoredThrough)}`,
                );
            const [scores] = await readScores(run, { first: position, last: position, series: [metric.series] });
            const progress = (await run.store.seriesPoints(run.progress))[metric.series]!;
            if (scores === undefined) return { ...untold("nothing is kept of this interval"), progress };
            return { ...(await tell(context, run, { metric, scores })), progress };
        });
    },
});

const untold = (sentence: string) => ({ sentence, progress: { points: 0, needed: 0 }, feedback: [] });

async function tell(
    context: ApiContext,
    run: ReadRun,
    { metric, scores }: { readonly metric: Metric; readonly scores: ScoredPosition },
) {
    const start = run.calendar.startOf(scores.position);
    const shown = pointOf(start, scores);
    const feedback = await feedbackOn(context, run, metric);
    const { points, needed } = (await run.store.seriesPoints(run.progress))[metric.series]!;
    const { options } = run.record;
    const sentence = sentenceOf(shown, {
        ...failureOf(scores),
        progress: { points, needed, scoredFrom: pointsBeforeScoring },
        options: options?.measures[run.metricSet.measures[metric.measure]!.name],
        events: eventsAt(run, metric, start),
        feedback: feedback.filter(({ isAnomaly }) => !isAnomaly).map(({ timestamp }) => timestamp),
    });
    return { point: shown, sentence, feedback, ...(await groupOf(run, metric, shown, start)) };
}

/** Why the interval's data could not be used. */
function failureOf({ outcome }: ScoredPosition): Pick<Circumstances, "failure"> {
    return outcome === learned || outcome === scored ? {} : { failure: outcome };
}

/** The known events that a metric's interval lies in, as they are to be told. */
function eventsAt({ record, metricSet, calendar }: ReadRun, metric: Metric, start: number): string[] {
    const position = calendar.positionOf(start);
    return (record.options?.events ?? [])
        .filter(({ from, to, measure, dimensions = {} }) => {
            const isThen = calendar.positionOf(from) <= position && position <= calendar.positionOf(to - 1);
            const isOfMeasure = measure === undefined || measure === metricSet.measures[metric.measure]!.name;
            return (
                isThen &&
                isOfMeasure &&
                metricSet.dimensions.every((name, d) => (dimensions[name] ?? metric.values[d]) === metric.values[d])
            );
        })
        .map(({ from, to }) => `${timeOf(from)} to ${timeOf(to)}`);
}

/** What was said of a metric's anomalies, the latest first. */
async function feedbackOn({ objects, cache }: ApiContext, { record, metricSet }: ReadRun, metric: Metric) {
    const said = await openFeedback(objects, record.name).all(cache.feedback);
    const measure = metricSet.measures[metric.measure]!.name;
    const key = combinationKey(metric.values);
    return said
        .filter((one) => isOwnedBy(one, record) && one.measure === measure)
        .flatMap(({ group, dimensions, entries }) => entries.map((entry) => ({ ...entry, group, dimensions })))
        .filter((entry) => {
            const values = valuesBy(metricSet.dimensions, entry, entry);
            return values !== undefined && combinationKey(values) === key;
        })
        .sort((one, other) => other.at - one.at)
        .map(({ group, isAnomaly, at }) => ({ groupId: group, isAnomaly, timestamp: new Date(at).toISOString() }));
}

/** The group of the metric's measure in that interval, when the metric is in it. */
async function groupOf({ groups, progress, metricSet }: ReadRun, metric: Metric, { verdict }: Point, start: number) {
    if (verdict !== "anomalous") return {};
    const measures = [metricSet.measures[metric.measure]!.name];
    const page = await groups.page(progress, { filter: { from: start, to: start + 1, measures }, size: 10 });
    for (const summary of page.groups) {
        const whole = await groups.find(progress, summary.id);
        if (whole?.members.some(({ combination }) => combination === metric.combination))
            return { group: shownGroupOf(metricSet, summary) };
    }
    return {};
}
