/** A dimension and the values that it takes. */
export interface Dimension {
    readonly name: string;
    readonly values: readonly string[];
}

/** What an event does to a series over its time. */
export type EventType = "spike" | "dip" | "outage" | "level_shift" | "ramp" | "burst";

/** A series that an event changed. */
export interface Affected {
    /** Index of the combination and of the measure. */
    readonly combination: number;
    readonly measure: number;
    /** Size of the change in standard deviations of the series' noise, over up to four intervals together. */
    readonly detectability: number;
    /** First and last interval of the change in this series. */
    readonly from: number;
    readonly to: number;
}

/** One thing that went wrong, and all that it changed. */
export interface TrueEvent {
    readonly id: number;
    readonly type: EventType;
    /** By dimension: the value that it concerns, null for all of them. */
    readonly cause: readonly (string | null)[];
    /** First and last interval. */
    readonly from: number;
    readonly to: number;
    /** Measures from the one that it began in to those that followed. */
    readonly measures: readonly number[];
    readonly affected: readonly Affected[];
    /** Relative size of the change where it is largest, without its sign. */
    readonly effect: number;
    /** False where it lies in the part that is learned from. */
    readonly isScored: boolean;
}

/** Intervals of a series in which an alert is neither right nor wrong. */
export interface Ignored {
    readonly series: number;
    readonly from: number;
    readonly to: number;
}

/** Business-like data with the truth about them. Series `c * measures + m` is measure m of combination c. */
export interface DataSet {
    readonly name: string;
    readonly intervalSeconds: number;
    /** Start of the first interval, in milliseconds since 1970; a midnight, UTC. */
    readonly start: number;
    readonly intervals: number;
    /** Intervals at the beginning that may be learned from before scoring starts. */
    readonly learnIntervals: number;
    readonly dimensions: readonly Dimension[];
    readonly measures: readonly string[];
    readonly combinations: readonly (readonly string[])[];
    /** `values[series * intervals + i]`; NaN where there is no row. */
    readonly values: Float64Array;
    readonly events: readonly TrueEvent[];
    readonly ignored: readonly Ignored[];
}

/** Position of the first interval as the engine counts them. */
export const firstPosition = (set: DataSet): number => Math.round(set.start / (set.intervalSeconds * 1000));
