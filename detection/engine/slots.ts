import { monthSlot } from "./month";
import { clockSeconds, shortSlot, weekSlot, type Shape } from "./shape";

/** Where an interval lies in the day and the week. Filled anew for each interval, once for all series. */
export interface Slots {
    position: number;
    /** Of the detector that they are for. */
    shape: Shape | undefined;
    /** Slot of the short profile, and of the week's; 0 where there is none. */
    short: number;
    week: number;
    /** Slot of the day of the month; 0 where days of the month mean nothing. */
    month: number;
    /** Intervals that share a slot, and which of them this one is, from 0. */
    shortVisits: number;
    shortVisit: number;
    weekVisits: number;
    weekVisit: number;
}

export const createSlots = (): Slots => ({
    position: NaN,
    shape: undefined,
    short: 0,
    week: 0,
    month: 0,
    shortVisits: 1,
    shortVisit: 0,
    weekVisits: 1,
    weekVisit: 0,
});

/** Fills the slots of a position; nothing is to be done when they are of it already, and of a detector of the same shape. */
export function fillSlots(slots: Slots, shape: Shape, position: number): Slots {
    if (slots.position === position && slots.shape === shape) return slots;
    slots.position = position;
    slots.shape = shape;
    slots.short = shortSlot(shape, position);
    slots.shortVisits = Math.max(1, shape.cycle / shape.shortSlots);
    const ordinal = clockSeconds(shape, position) / shape.intervalSeconds;
    slots.shortVisit = Math.floor(within(ordinal, shape.cycle) % slots.shortVisits);
    slots.month = shape.monthSlots > 0 ? monthSlot(position) : 0;
    slots.week = weekSlot(shape, position);
    slots.weekVisits = shape.weekSlots > 0 ? Math.max(1, (7 * shape.cycle) / shape.weekSlots) : 1;
    slots.weekVisit = Math.floor(within(ordinal, 7 * shape.cycle) % slots.weekVisits);
    return slots;
}

/** Slots of consecutive positions, for histories whose series all have the same. */
export const slotsFrom = (shape: Shape, first: number, length: number): Slots[] =>
    Array.from({ length }, (_, i) => fillSlots(createSlots(), shape, first + i));

const within = (position: number, span: number): number => ((position % span) + span) % span;
