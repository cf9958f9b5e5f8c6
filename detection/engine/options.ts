/** What a user knows about a detector's measures that their values cannot tell. Without any, `noOptions`, one configuration serves all series. */
export interface EngineOptions {
    /** By measure; a missing one has the defaults. */
    readonly measures: readonly MeasureOptions[];
    /** Stretches of time that are neither learned from nor reported. */
    readonly events: readonly KnownEvent[];
}

export interface MeasureOptions {
    /** Side of the expected value on which a deviation is of interest. @default "both" */
    readonly direction?: Direction;
    /** Least deviation from the expected value that is of interest; both limits hold where both are given. @default any */
    readonly minimumEffect?: MinimumEffect;
    /** How readily an interval is called anomalous. @default "medium" */
    readonly sensitivity?: Sensitivity;
    /** The measure is one measure's value divided by another's, and judged with the size of the other in mind. @default none */
    readonly ratio?: RatioOptions;
}

export type Direction = "up" | "down" | "both";
export type Sensitivity = "low" | "medium" | "high";

export interface MinimumEffect {
    /** In the measure's own unit; above 0. */
    readonly absolute?: number;
    /** Part of the expected value's size, 0.1 for a tenth; above 0. */
    readonly relative?: number;
}

/** Indices of the two measures that a ratio comes from. */
export interface RatioOptions {
    readonly numerator: number;
    readonly denominator: number;
}

/** A stretch of time that is known to be out of the ordinary: a sale, an outage, a migration. */
export interface KnownEvent {
    /** Positions of the first and the last interval. */
    readonly from: number;
    readonly to: number;
    /** Index of the measure that it concerns. @default all of them */
    readonly measure?: number;
    /** Dimension values that it concerns, null for any; by dimension. @default all of them */
    readonly values?: readonly (string | null)[];
}

/** No measure is special and no event is known. */
export const noOptions: EngineOptions = { measures: [], events: [] };
