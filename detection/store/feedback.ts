import { z } from "zod";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument, updateDocument } from "../../pipeline/documents";
import { isOwnedBy, type Creation } from "./creation";
import { peakRecord } from "./groupRecord";
import { instant } from "./instant";
import { feedbackKey, feedbackPrefix } from "./layout";

/** What somebody said of one affected series of a group. */
export const feedbackEntry = z.object({
    timeSeriesId: z.string(),
    /** One value for each dimension, in the record's order. */
    values: z.array(z.string()),
    isAnomaly: z.boolean(),
    /** When it was said. */
    at: instant,
    /** Of the series in the group: its part in it, its severity, 0 to 100, and its worst interval. */
    weight: z.number(),
    severity: z.number(),
    peak: peakRecord.optional(),
});
export type FeedbackEntry = z.output<typeof feedbackEntry>;

/** All that was said of one group. The group's own members are copied: it may be of a run that is gone. */
export const feedbackRecord = z.object({
    version: z.literal(1),
    group: z.uuid(),
    /** The run that found the group, and the detector's creation. */
    run: z.string(),
    detectorId: z.string().optional(),
    detectorCreatedAt: instant,
    measure: z.string(),
    /** The dimensions that the entries give values of, in their order; absent in what earlier versions wrote. */
    dimensions: z.array(z.string()).optional(),
    /** Starts of the group's first and last interval. */
    start: instant,
    end: instant,
    entries: z.array(feedbackEntry),
});
export type FeedbackRecord = z.output<typeof feedbackRecord>;
/** What a record tells of its group. */
export type FeedbackAbout = Omit<FeedbackRecord, "version" | "entries">;

/** An entry's values in the order of a metric set's dimensions; undefined when it was given on a metric of other dimensions. */
export function valuesBy(
    dimensions: readonly string[],
    { dimensions: given = dimensions }: { readonly dimensions?: readonly string[] },
    { values }: Pick<FeedbackEntry, "values">,
): readonly string[] | undefined {
    const isSame = given.length === dimensions.length && given.every((name) => dimensions.includes(name));
    return isSame ? dimensions.map((name) => values[given.indexOf(name)]!) : undefined;
}

/** What was said of a group, with one more entry in place of an earlier one of the same series; what was said of an earlier detector goes. */
export function withEntry(
    current: FeedbackRecord | undefined,
    about: FeedbackAbout,
    entry: FeedbackEntry,
): FeedbackRecord {
    const isSame = current !== undefined && isOwnedBy(current, creationOf(about));
    const others = (isSame ? current.entries : []).filter(({ timeSeriesId }) => timeSeriesId !== entry.timeSeriesId);
    return { ...about, version: 1, entries: [...others, entry] };
}

/** What people said of a detector's groups, a document for each group. */
export interface FeedbackStore {
    read(group: string): Promise<FeedbackRecord | undefined>;
    /** Adds an entry, in place of an earlier one of the same series. `about` tells of the group. */
    put(about: FeedbackAbout, entry: FeedbackEntry): Promise<void>;
    /** All of it, by group. Documents whose tag is in `known` are not read again; pass the same map each time. */
    all(known?: Map<string, FeedbackRecord>): Promise<FeedbackRecord[]>;
}

/** The detector's creation as a record names it. */
const creationOf = ({
    detectorId,
    detectorCreatedAt,
}: Pick<FeedbackRecord, "detectorId" | "detectorCreatedAt">): Creation => ({
    id: detectorId,
    createdAt: detectorCreatedAt,
});

export function openFeedback(objects: ObjectStore, detector: string): FeedbackStore {
    const read = async (group: string) =>
        (await readDocument(objects, feedbackKey(detector, group), feedbackRecord))?.value;
    return {
        read,
        put: async (about, entry) => {
            await updateDocument(objects, feedbackKey(detector, about.group), feedbackRecord, (current) =>
                withEntry(current, about, entry),
            );
        },
        all: async (known = new Map()) => {
            const found: FeedbackRecord[] = [];
            const seen = new Set<string>();
            for await (const { key, etag } of objects.list(feedbackPrefix(detector))) {
                seen.add(`${key} ${etag}`);
                const record = known.get(`${key} ${etag}`) ?? (await readDocument(objects, key, feedbackRecord))?.value;
                if (record === undefined) continue;
                known.set(`${key} ${etag}`, record);
                found.push(record);
            }
            // Versions that there are no more; the map holds those of other detectors too.
            for (const version of known.keys())
                if (version.startsWith(feedbackPrefix(detector)) && !seen.has(version)) known.delete(version);
            return found;
        },
    };
}
