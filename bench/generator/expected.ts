import type { Chance } from "./chance";
import { start, type Plan } from "./plan";

/** What a set's series would be without noise and without events, relative to their levels; and what a calendar adds to it. */
export interface Expected {
    /** Size of each combination, 1 for the middle one. */
    readonly sizes: Float64Array;
    /** Factor of a combination in an interval: trend, season and calendar. */
    at(combination: number, interval: number): number;
    /** Stretches in which the calendar alone moved the values, in a way that could not be learned. */
    readonly surprises: readonly { readonly from: number; readonly to: number }[];
}

const daySeconds = 86_400;

export function expectedOf(plan: Plan, combinations: readonly (readonly string[])[], chance: Chance): Expected {
    const sizes = Float64Array.from(combinations, () => Math.pow(10, plan.unevenness * (chance.between(0, 1) - 0.5)));
    const peaks = perValue(plan, combinations, () => chance.between(-2.5, 2.5));
    const weekends = perValue(plan, combinations, () => chance.between(-0.1, 0.1));
    const calendar = calendarOf(plan, chance);
    const perDay = daySeconds / plan.intervalSeconds;
    const [hourOfPeak, second] = [chance.between(12, 19), chance.between(0, 0.15)];
    const at = (combination: number, interval: number): number => {
        const day = Math.floor(interval / perDay);
        const trend = 1 + (plan.growth * interval) / plan.intervals;
        const isWeekend = (day + 4) % 7 >= 5;
        const week = isWeekend ? plan.weekendFactor * (1 + weekends[combination]!) : 1;
        const yearly = perDay > 1 ? 1 : 1 + 0.08 * Math.sin((2 * Math.PI * day) / 365);
        const hour = (24 * (interval % perDay)) / perDay;
        const turn = (2 * Math.PI * (hour - hourOfPeak - peaks[combination]!)) / 24;
        const daily = perDay > 1 ? 1 + plan.dayAmplitude * (Math.cos(turn) + second * Math.cos(2 * turn)) : 1;
        return trend * week * yearly * Math.max(0.05, daily) * calendar.factors[interval]!;
    };
    return { sizes, at, surprises: calendar.surprises };
}

/** For each combination the sum of what its dimension values draw. */
function perValue(plan: Plan, combinations: readonly (readonly string[])[], draw: () => number): Float64Array {
    const drawn = plan.dimensions.map(({ values }) => new Map(values.map((value) => [value, draw()])));
    return Float64Array.from(combinations, (values) =>
        values.reduce((sum, value, d) => sum + drawn[d]!.get(value)! / plan.dimensions.length, 0),
    );
}

/** What the day of the month does to a day. */
function monthFactor({ monthEnds, monthStarts }: Plan, day: number): number {
    const dayOfMonth = (ahead: number): number => new Date(start + (day + ahead) * daySeconds * 1000).getUTCDate();
    if (dayOfMonth(2) <= 2) return monthEnds;
    return dayOfMonth(0) === 1 ? monthStarts : 1;
}

/** Month ends, which can be learned, and holidays and promotions, which cannot. */
function calendarOf(plan: Plan, chance: Chance): Pick<Expected, "surprises"> & { readonly factors: Float64Array } {
    const factors = new Float64Array(plan.intervals).fill(1);
    const perDay = daySeconds / plan.intervalSeconds;
    const days = Math.floor(plan.intervals / perDay);
    const surprises: { from: number; to: number }[] = [];
    const surprise = (day: number, length: number, factor: number): void => {
        const [from, to] = [day * perDay, Math.min(plan.intervals, (day + length) * perDay) - 1];
        for (let i = from; i <= to; i++) factors[i] = factors[i]! * factor;
        surprises.push({ from, to });
    };
    for (let n = 0; n < plan.holidays; n++) surprise(chance.whole(0, days - 1), 1, chance.between(0.4, 0.8));
    for (let n = 0; n < plan.promotions; n++)
        surprise(chance.whole(0, days - 4), chance.whole(1, 3), chance.between(1.2, 1.8));
    if (perDay === 1) for (let i = 0; i < plan.intervals; i++) factors[i] = factors[i]! * monthFactor(plan, i);
    return { factors, surprises };
}
