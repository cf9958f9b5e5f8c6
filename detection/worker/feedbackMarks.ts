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
    return marksOf(work, await readOwn(work), combinations);
}

/** What people said of the detector's own anomalies. */
export async function readOwn({ record, services, detector }: Work): Promise<FeedbackRecord[]> {
    const found = await openFeedback(services.buckets.store, detector).all(services.cache.feedback);
    return found.filter((one) => isOwnedBy(one, record));
}

/** The marks that had been made before an instant, or all of them, on the series of combinations. */
export function marksOf(
    { calendar, metricSet }: Pick<Work, "calendar" | "metricSet">,
    own: readonly FeedbackRecord[],
    combinations: readonly (readonly string[])[],
    before = Infinity,
): FeedbackMark[] {
    if (own.length === 0) return [];
    const places = new Map(combinations.map((values, place) => [combinationKey(values), place]));
    const measures = metricSet.measures.map(({ name }) => name);
    const marksIn = ({ measure, entries, ...group }: FeedbackRecord): FeedbackMark[] =>
        entries.flatMap((entry) => {
            const { isAnomaly, peak, at } = entry;
            if (at >= before) return [];
            const values = valuesBy(metricSet.dimensions, group, entry);
            const place = values && places.get(combinationKey(values));
            const m = measures.indexOf(measure);
            if (place === undefined || m < 0 || peak === undefined) return [];
            const series = place * measures.length + m;
            const span = { from: calendar.positionOf(group.start), to: calendar.positionOf(group.end) };
            const { scaled, evidence } = peak;
            return [{ series, position: calendar.positionOf(peak.at), isAnomaly, scaled, evidence, span }];
        });
    return own.flatMap(marksIn);
}
