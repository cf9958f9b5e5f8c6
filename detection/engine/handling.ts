/** What is known of an interval beside its values. */
export interface Handling {
    /**
     * By measure: subtracted from scores beside the interval's own correction, in powers of ten; below 0 for a measure that is to be
     * judged more readily. Absent: 0.
     */
    readonly correction?: Float64Array;
    /** By series: 0 for a value that is judged, and not learned from. Absent: all are learned from. */
    readonly taught?: Uint8Array;
}
