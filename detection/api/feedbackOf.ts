import { ownedBy } from "../store/creation";
import type { FeedbackAbout, FeedbackEntry } from "../store/feedback";
import type { GroupRecord } from "../store/groupRecord";
import type { DetectorRecord, MetricSetRecord } from "../store/records";
import { detectorArn } from "./arns";
import type { ApiContext } from "./context";
import { notFound } from "./errors";
import type { Requests } from "./schemas";
import { dimensionPairs, timeSeriesId } from "./timeSeries";

/** A group with the run that found it. */
interface FoundGroup {
    readonly record: DetectorRecord;
    readonly run: string;
    readonly metricSet: MetricSetRecord;
    readonly group: GroupRecord;
}

/** What a request says of a group's series, as it is kept. Throws ResourceNotFoundException for a series that the group does not affect. */
export function feedbackOf(
    { place, now }: Pick<ApiContext, "place" | "now">,
    { record, run, metricSet, group }: FoundGroup,
    { TimeSeriesId, IsAnomaly }: Requests["PutFeedback"]["AnomalyGroupTimeSeriesFeedback"],
): { readonly about: FeedbackAbout; readonly entry: FeedbackEntry; readonly combination: number } {
    const arn = detectorArn(place, record.name);
    const member = group.members.find(
        ({ values }) => timeSeriesId(arn, group.measure, dimensionPairs(metricSet.dimensions, values)) === TimeSeriesId,
    );
    if (member === undefined) throw notFound("TimeSeries", TimeSeriesId);
    const { combination, values, weight, severity, peak } = member;
    const { id, measure, start, end } = group;
    return {
        about: { group: id, run, ...ownedBy(record), measure, dimensions: metricSet.dimensions, start, end },
        entry: { timeSeriesId: TimeSeriesId, values, isAnomaly: IsAnomaly, at: now(), weight, severity, peak },
        combination,
    };
}
