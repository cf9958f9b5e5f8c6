import { z } from "zod";
import { isSized, previewFeedback as effectOf } from "../../engine/feedback";
import { isOwnedBy } from "../../store/creation";
import { openFeedback, withEntry, type FeedbackRecord } from "../../store/feedback";
import { marksOf } from "../../worker/feedbackMarks";
import { readScores } from "../../worker/readScores";
import type { ApiContext } from "../context";
import { invalid, invalidField, notFound } from "../errors";
import { feedbackOf } from "../feedbackOf";
import { parseIntervalTime } from "../intervalTime";
import { readRun, type ReadRun } from "../readRun";
import { requests } from "../schemas";
import { ownCall } from "./call";
import { point, pointOf, type Point } from "./judgement";
import { stretchMembers, time, timeOf } from "./ownMembers";

/** Intervals that are looked at, and values that are shown of each kind. */
const mostIntervals = 10_000;
const mostShown = 100;
const usualDays = 28;
const dayMs = 86_400_000;

const request = requests.PutFeedback.extend(stretchMembers);
type Request = z.output<typeof request>;

const answer = z.object({
    startTime: time.describe("Start of the first interval that was looked at."),
    endTime: time.describe("End of the last one."),
    anomalies: z
        .int()
        .describe(
            "Values of the metric that were out of the ordinary by themselves, those that feedback lowered included.",
        ),
    lowered: z.int().describe("Those among them that are told of, and would not be."),
    restored: z.int().describe("Those that feedback keeps from being told, and that would be told of."),
    unknown: z.int().describe("Those that an earlier version scored, of which too little is kept to say."),
    loweredPoints: z.array(point).describe(`As they were judged, the latest first, ${mostShown} at most.`),
    restoredPoints: z.array(point).describe(`As they were judged, the latest first, ${mostShown} at most.`),
    notLearned: z
        .object({ startTime: time, endTime: time })
        .optional()
        .describe(
            "Start of the first and of the last interval that the next activation would not learn from: of a confirmed anomaly.",
        ),
    sentence: z.string(),
});

export const previewFeedback = ownCall({
    summary: "What feedback would change, before it is given",
    description:
        "Takes what `PutFeedback` takes, and keeps nothing of it. It looks at what the metric has done: which of its anomalies would not have " +
        `been told of, and which would have been in spite of earlier feedback. Without \`StartTime\` and \`EndTime\` in the last ${usualDays} days ` +
        `that were scored; ${mostIntervals} intervals at most. What was scored stays as it is when the feedback is given: it counts from the next interval on.`,
    request,
    answer,
    handle: (context, asked) =>
        readRun(context, asked.AnomalyDetectorArn, async (run) => {
            const { AnomalyGroupId } = asked.AnomalyGroupTimeSeriesFeedback;
            const group = await run?.groups.find(run.progress, AnomalyGroupId.toLowerCase());
            if (run === undefined || group === undefined) throw notFound("AnomalyGroup", AnomalyGroupId);
            const found = { ...run, group, run: run.record.run! };
            return preview(context, run, asked, feedbackOf(context, found, asked.AnomalyGroupTimeSeriesFeedback));
        }),
});

async function preview(
    context: ApiContext,
    run: ReadRun,
    asked: Request,
    { about, entry, combination }: ReturnType<typeof feedbackOf>,
): Promise<z.input<typeof answer>> {
    const { metricSet, calendar, record, store, progress } = run;
    const measure = metricSet.measures.findIndex(({ name }) => name === about.measure);
    const span = spanOf(run, asked);
    const odd = await readOdd(run, span, combination * metricSet.measures.length + measure);
    const known = odd.flatMap((value) => (value.scaled === undefined ? [] : [{ ...value, scaled: value.scaled }]));
    const all = await openFeedback(context.objects, record.name).all(context.cache.feedback);
    const said = all.filter((one) => isOwnedBy(one, record));
    const combinations = await store.combinations(progress);
    const marks = (records: readonly FeedbackRecord[]) => marksOf(run, records, combinations);
    const current = said.find(({ group }) => group === about.group);
    const others = said.filter((one) => one !== current);
    const effect = effectOf(marks(said), marks([...others, withEntry(current, about, entry)]), known);
    const found = {
        startTime: timeOf(calendar.startOf(span.first)),
        endTime: timeOf(calendar.startOf(span.last + 1)),
        anomalies: odd.length,
        lowered: effect.lowered.length,
        restored: effect.restored.length,
        unknown: odd.length - known.length,
    };
    return {
        ...found,
        loweredPoints: latest(effect.lowered),
        restoredPoints: latest(effect.restored),
        ...(entry.isAnomaly ? { notLearned: { startTime: timeOf(about.start), endTime: timeOf(about.end) } } : {}),
        sentence: sentenceOf(found),
    };
}

/** The values of a series that were anomalous by themselves, as they were judged. */
async function readOdd(run: ReadRun, span: Span, series: number) {
    const scores = await readScores(run, { ...span, series: [series] });
    return scores.flatMap((one) => {
        const { evidence, severity, scaled, verdict } = one.points[0]!;
        const shown = pointOf(run.calendar.startOf(one.position), one);
        return isSized(verdict) ? [{ series, evidence, severity, scaled, shown }] : [];
    });
}

/** Positions of a first and a last interval. */
interface Span {
    readonly first: number;
    readonly last: number;
}

/** Positions of the first and last interval to look at. */
function spanOf({ calendar, progress }: ReadRun, { StartTime, EndTime }: Request): Span {
    const end = EndTime === undefined ? progress.scoredThrough : parseIntervalTime(EndTime, "EndTime");
    const through = Math.min(end, progress.scoredThrough);
    const last = calendar.positionOf(through - 1);
    const usual = Math.max(calendar.positionOf(through - usualDays * dayMs), last - mostIntervals + 1);
    const wanted = StartTime === undefined ? usual : calendar.positionOf(parseIntervalTime(StartTime, "StartTime"));
    if (wanted > calendar.positionOf(end - 1) + 1) throw invalidField("EndTime", "must not be before StartTime");
    const first = Math.max(wanted, calendar.positionOf(progress.since));
    if (last - first >= mostIntervals)
        throw invalid(`The stretch has ${last - first + 1} intervals; ${mostIntervals} at most.`);
    return { first, last: Math.max(first - 1, last) };
}

const latest = (values: readonly { readonly shown: Point }[]): Point[] =>
    values
        .slice(-mostShown)
        .reverse()
        .map(({ shown }) => shown);

interface Found {
    readonly startTime: string;
    readonly anomalies: number;
    readonly lowered: number;
    readonly restored: number;
    readonly unknown: number;
}

function sentenceOf({ startTime, anomalies, lowered, restored, unknown }: Found): string {
    const doubt = unknown === 0 ? "" : `; of ${unknown} too little is kept to say`;
    return (
        `of ${anomalies} anomalies of this metric since ${startTime}, ${lowered} would not be told of any more, ` +
        `and ${restored} would be told of again${doubt}`
    );
}
