import type { FeedbackMark } from "../engine/feedback";
import { isOwnedBy } from "../store/creation";
import { openFeedback, valuesBy, type FeedbackRecord } from "../store/feedback";
import { combinationKey } from "./rowTable";
import type { Work } from "./work";

/**
 * What people said of the detector's anomalies, as the engine takes it. Marks of measures and series that there are no more, and of an
 * earlier detector of the name, are left out.
 */
export async function readMarks(work: Work, combinations: readonly (readonly string[])[]): Promise<FeedbackMark[]> {
    const { record, services, calendar, metricSet } = work;
    const found = await openFeedback(services.buckets.store, work.detector).all(services.cache.feedback);
    const own = found.filter((one) => isOwnedBy(one, record));
    if (own.length === 0) return [];
    const places = new Map(combinations.map((values, place) => [combinationKey(values), place]));
    const measures = metricSet.measures.map(({ name }) => name);
    const marksOf = ({ measure, entries, ...group }: FeedbackRecord): FeedbackMark[] =>
        entries.flatMap((entry) => {
            const { isAnomaly, peak } = entry;
            const values = valuesBy(metricSet.dimensions, group, entry);
            const place = values && places.get(combinationKey(values));
            const m = measures.indexOf(measure);
            if (place === undefined || m < 0 || peak === undefined) return [];
            const series = place * measures.length + m;
            const span = { from: calendar.positionOf(group.start), to: calendar.positionOf(group.end) };
            const { scaled, evidence } = peak;
            return [{ series, position: calendar.positionOf(peak.at), isAnomaly, scaled, evidence, span }];
        });
    return own.flatMap(marksOf);
}
