/** What a user said about one value of one series. */
export interface FeedbackMark {
    readonly series: number;
    readonly position: number;
    /** True confirms the anomaly, false says that there was none. */
    readonly isAnomaly: boolean;
    /** Deviation of then, in usual deviations of the series, signed. */
    readonly scaled: number;
    /** What spoke for it then, by its index in `evidenceNames`. */
    readonly evidence: number;
}
