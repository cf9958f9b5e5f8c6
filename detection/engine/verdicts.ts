/** What spoke loudest for a score, by the index that is kept for each value. Saved: append, never reorder. */
export const evidenceNames = ["none", "jump", "drift", "variance", "flat line", "record", "count", "scope"] as const;
export type EvidenceName = (typeof evidenceNames)[number];

/** Why a value is reported, or is not, by the index that is kept for each value. Saved: append, never reorder. */
export const verdictNames = [
    /** There is no value. */
    "gap",
    /** Too few points of the series to judge by. */
    "learning",
    /** Within its band. */
    "expected",
    /** Outside its band. */
    "anomalous",
    /** Outside its band, by less than the measure's minimum effect. */
    "below minimum effect",
    /** Outside its band, on the side that is of no interest. */
    "other direction",
    /** Outside its band, in the time of a known event. */
    "known event",
    /** Outside its band, but like something that was marked as no anomaly. */
    "lowered by feedback",
] as const;
export type VerdictName = (typeof verdictNames)[number];

/** Index of a piece of evidence. */
export const evidenceIndex = (name: EvidenceName): number => evidenceNames.indexOf(name);

/** Index of a verdict. */
export const verdictIndex = (name: VerdictName): number => verdictNames.indexOf(name);
