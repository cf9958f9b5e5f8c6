import { aheadAt, type Clock } from "./clock";
import { exponential } from "./logarithm";
import { monthSlotsOf } from "./month";

/** What never changes in a detector's engine: its interval, and the slots that time of day and week fall into. */
export interface Shape {
    /** Seconds, at least 60. */
    readonly intervalSeconds: number;
    /** Measures of each combination of dimension values; series `c * measures + m` is measure `m` of combination `c`. */
    readonly measures: number;
    /** Intervals in one cycle: a day, or a week for intervals of a day and more. */
    readonly cycle: number;
    /** Slots of the short profile: parts of the day, or weekdays for intervals of a day and more. */
    readonly shortSlots: number;
    /** Slots of the week profile, which holds what the short one leaves over; 0 where the short one is a week already. */
    readonly weekSlots: number;
    /** Days of the month that may have an effect of their own; 0 for other intervals than a day. */
    readonly monthSlots: number;
    /** Subtracted from every score, so that one threshold means equally many false alarms per hour at any interval up to one; 0 above. */
    readonly correction: number;
    /** When clocks are put forward and back, for the slots of intervals below a day. */
    readonly clock: Clock;
}

const daySeconds = 86_400;
const weekSeconds = 7 * daySeconds;

/** Throws RangeError for an interval below a minute or a number of measures below one. Intervals of a day and more have no use for a clock. */
export function shapeOf(intervalSeconds: number, measures: number, clock: Clock = []): Shape {
    if (!Number.isInteger(intervalSeconds) || intervalSeconds < 60)
        throw new RangeError(`interval of ${intervalSeconds} s; the engine takes whole seconds from 60 up`);
    if (!Number.isInteger(measures) || measures < 1)
        throw new RangeError(`${measures} measures; the engine takes at least 1`);
    const isDaily = intervalSeconds >= daySeconds;
    const perDay = Math.max(1, Math.round(daySeconds / intervalSeconds));
    return {
        intervalSeconds,
        measures,
        cycle: isDaily ? Math.max(1, Math.round(weekSeconds / intervalSeconds)) : perDay,
        shortSlots: isDaily ? 7 : Math.min(144, perDay),
        weekSlots: isDaily ? 0 : Math.min(168, perDay * 7),
        monthSlots: monthSlotsOf(intervalSeconds),
        correction: Math.max(0, Math.log10(3600 / intervalSeconds)),
        clock: isDaily ? [] : clock,
    };
}

/**
 * Start of a position by the clock, in seconds. A position is an interval's ordinal: its start, in seconds since 1970 (for intervals of a day
 * and more of the clock that days begin by), divided by the interval.
 */
export function clockSeconds(shape: Shape, position: number): number {
    const seconds = position * shape.intervalSeconds;
    return shape.clock.length === 0 ? seconds : seconds + aheadAt(shape.clock, seconds);
}

/** Slot of the short profile for a position. */
export function shortSlot(shape: Shape, position: number): number {
    const span = shape.weekSlots === 0 ? weekSeconds : daySeconds;
    return slotWithin(clockSeconds(shape, position), span, shape.shortSlots);
}

/** Slot of the week profile; 0 where there is none. */
export function weekSlot(shape: Shape, position: number): number {
    return shape.weekSlots === 0 ? 0 : slotWithin(clockSeconds(shape, position), weekSeconds, shape.weekSlots);
}

function slotWithin(seconds: number, span: number, slots: number): number {
    const within = ((seconds % span) + span) % span;
    return Math.floor((within * slots) / span);
}

/** Largest magnitude of a value; what is beyond, infinity included, counts as this much. */
const largestValue = 1e30;

/** A value as it is learned from and judged; NaN stays. */
export const bounded = (value: number): number =>
    value > largestValue ? largestValue : value < -largestValue ? -largestValue : value;

/** Severity of a score in −log10 of a probability: 0 at 0, 50 at 3, 68 at 5, 90 at 10, below 100 always. */
export function severityOf(score: number): number {
    return score <= 0 ? 0 : 100 * (1 - 1 / exponential((Math.LN10 / 10) * Math.min(score, highestScore)));
}

/** The score of a severity below 100: what `severityOf` was given. */
export const scoreOf = (severity: number): number => -10 * Math.log10(1 - severity / 100);

/** A score counts as anomalous from here: severity 50, a value outside its band. */
export const anomalousScore = 3.0103;

/** No evidence is taken for stronger than this. */
export const highestScore = 30;

/** Points of a series before it is scored. */
export const pointsBeforeScoring = 40;

/** Points of a series for full confidence. */
export const pointsForConfidence = 300;
