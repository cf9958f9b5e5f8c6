import { z } from "zod";
import { isOwnedBy, ownedBy } from "../../store/creation";
import { openFeedback } from "../../store/feedback";
import { detectorArn } from "../arns";
import { mustReadDetector, type ApiContext } from "../context";
import { notFound } from "../errors";
import { makeToken, pageAfter, readToken } from "../paging";
import type { Requests } from "../schemas";
import { dimensionPairs, timeSeriesId } from "../timeSeries";
import { mustReadGroup } from "./anomalies";

/** Says whether a series of a group was a real anomaly, in place of what was said of it before. */
export async function putFeedback(context: ApiContext, request: Requests["PutFeedback"]) {
    const { AnomalyGroupId, TimeSeriesId, IsAnomaly } = request.AnomalyGroupTimeSeriesFeedback;
    const { record, group, metricSet, run } = await mustReadGroup(context, request.AnomalyDetectorArn, AnomalyGroupId);
    const arn = detectorArn(context.place, record.name);
    const member = group.members.find(
        ({ values }) => timeSeriesId(arn, group.measure, dimensionPairs(metricSet.dimensions, values)) === TimeSeriesId,
    );
    if (member === undefined) throw notFound("TimeSeries", TimeSeriesId);
    const { values, weight, severity, peak } = member;
    await openFeedback(context.objects, record.name).put(
        {
            group: group.id,
            run,
            ...ownedBy(record),
            measure: group.measure,
            dimensions: metricSet.dimensions,
            start: group.start,
            end: group.end,
        },
        { timeSeriesId: TimeSeriesId, values, isAnomaly: IsAnomaly, at: context.now(), weight, severity, peak },
    );
    return {};
}

/** What was said of a group's series, or of one of them; a series of which nothing was said is not listed. */
export async function getFeedback(context: ApiContext, request: Requests["GetFeedback"]) {
    const { AnomalyGroupId, TimeSeriesId } = request.AnomalyGroupTimeSeriesFeedback;
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    const group = AnomalyGroupId.toLowerCase();
    const subject = `GetFeedback ${record.name} ${group} ${TimeSeriesId ?? ""}`;
    const after = readToken(request.NextToken, { subject, schema: z.string(), now: context.now() });
    const found = await openFeedback(context.objects, record.name).read(group);
    const isOurs = found !== undefined && isOwnedBy(found, record);
    // Feedback outlives the run that it was given on; a group of which nothing was said has to exist.
    if (!isOurs) await mustReadGroup(context, request.AnomalyDetectorArn, group);
    const entries = (isOurs ? found.entries : [])
        .filter((entry) => TimeSeriesId === undefined || entry.timeSeriesId === TimeSeriesId)
        .sort((one, other) => (one.timeSeriesId < other.timeSeriesId ? -1 : 1));
    const { page, next } = pageAfter(entries, (entry) => entry.timeSeriesId, { after, size: request.MaxResults });
    return {
        AnomalyGroupTimeSeriesFeedback: page.map(({ timeSeriesId: TimeSeriesId, isAnomaly: IsAnomaly }) => ({
            TimeSeriesId,
            IsAnomaly,
        })),
        NextToken: next === undefined ? undefined : makeToken(subject, next, context.now()),
    };
}
