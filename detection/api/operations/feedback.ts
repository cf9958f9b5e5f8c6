import { z } from "zod";
import { isOwnedBy } from "../../store/creation";
import { openFeedback } from "../../store/feedback";
import { mustReadDetector, type ApiContext } from "../context";
import { feedbackOf } from "../feedbackOf";
import { makeToken, pageAfter, readToken } from "../paging";
import type { Requests } from "../schemas";
import { mustReadGroup } from "./anomalies";

/** Says whether a series of a group was a real anomaly, in place of what was said of it before. */
export async function putFeedback(context: ApiContext, request: Requests["PutFeedback"]) {
    const said = request.AnomalyGroupTimeSeriesFeedback;
    const found = await mustReadGroup(context, request.AnomalyDetectorArn, said.AnomalyGroupId);
    const { about, entry } = feedbackOf(context, found, said);
    await openFeedback(context.objects, found.record.name).put(about, entry);
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
