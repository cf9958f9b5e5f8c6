import type { Chance } from "./chance";
import type { Affected, EventType, TrueEvent } from "./dataSet";
import type { Plan } from "./plan";

/** An event as it is planned: its truth, and the relative change that it brings to a measure of a combination. */
export interface PlannedEvent {
    readonly truth: TrueEvent;
    /** Measure that it begins in; those that follow it change with it. */
    readonly root: number;
    readonly members: readonly number[];
    /** Factor on the root measure's mean in an interval; 1 outside the event. */
    factor(interval: number): number;
    /** A measure that stands alone, and is pulled along some intervals later; absent for most events. */
    readonly echo?: { readonly measure: number; factor(interval: number): number };
}

/** What the events have to know about the series that they change. */
export interface EventSite {
    readonly combinations: readonly (readonly string[])[];
    /** Relative standard deviation of a series' noise in an interval without event. */
    noiseOf(combination: number, measure: number, interval: number): number;
}

/** Strength that makes a series' change a finding, in standard deviations over up to four intervals. */
export const detectable = 4;

/** The events of a set in the order of their time: a few in the learned part, the others spread over the rest. */
export function planEvents(plan: Plan, site: EventSite, chance: Chance): PlannedEvent[] {
    const spans = [
        ...slots(0, plan.learnIntervals, plan.learnedEvents, chance),
        ...slots(plan.learnIntervals, plan.intervals, plan.scoredEvents, chance),
    ];
    return spans.map(({ from, room }, id) => planEvent(plan, site, { id: id + 1, from, room }, chance));
}

/** Starts that leave each event room of its own, at an odd place within it. */
function slots(from: number, to: number, count: number, chance: Chance): { from: number; room: number }[] {
    const room = Math.floor((to - from) / Math.max(1, count));
    return Array.from({ length: count }, (_, n) => {
        const late = Math.floor(room * chance.between(0.1, 0.6));
        return { from: from + n * room + late, room: room - late };
    });
}

function planEvent(
    plan: Plan,
    site: EventSite,
    { id, from, room }: { id: number; from: number; room: number },
    chance: Chance,
): PlannedEvent {
    const type = chance.pick(plan.types);
    const length = Math.max(1, Math.min(Math.floor(room * 0.7), lengthOf(type, plan, chance)));
    const cause = causeOf(plan, site.combinations, chance);
    const members = site.combinations.flatMap((values, c) => (isWithin(values, cause) ? [c] : []));
    const root = chance.whole(0, plan.measures.length - 1);
    const to = from + length - 1;
    const size = sizeOf(type, { site, members, root, from, length }, chance);
    const shape = shapeOf(type, size, length);
    const factor = (interval: number): number => (interval < from || interval > to ? 1 : 1 + shape(interval - from));
    const echo = echoOf(plan, root, { from, to, room }, chance);
    const measures = [...followersOf(plan, root), ...(echo === undefined ? [] : followersOf(plan, echo.measure))];
    const affected = members.flatMap((combination) =>
        measures.map((measure): Affected => {
            const lag = echo !== undefined && followersOf(plan, echo.measure).includes(measure) ? echo.lag : 0;
            const change = lag > 0 ? echo!.factor(from + lag) - 1 : meanChange(factor, from, length);
            const noise = site.noiseOf(combination, measure, from);
            const detectability = (Math.abs(change) / noise) * Math.sqrt(Math.min(length, 4));
            return { combination, measure, detectability, from: from + lag, to: to + lag };
        }),
    );
    const last = Math.max(...affected.map((one) => one.to));
    const isScored = from >= plan.learnIntervals && affected.some((one) => one.detectability >= detectable);
    const truth = { id, type, cause, from, to: last, measures, affected, effect: Math.abs(size), isScored };
    return { truth, root, members, factor, ...(echo === undefined ? {} : { echo }) };
}

/** Measures that change when one does: itself and those that follow it, in turn. */
function followersOf(plan: Plan, root: number): number[] {
    return plan.measures.flatMap((_, m) => {
        for (let at: number | undefined = m; at !== undefined; at = plan.measures[at]!.follows)
            if (at === root) return [m];
        return [];
    });
}

function lengthOf(type: EventType, plan: Plan, chance: Chance): number {
    const isDaily = plan.intervalSeconds >= 86_400;
    const perHour = Math.max(1, 3600 / plan.intervalSeconds);
    if (type === "spike") return chance.whole(1, isDaily ? 1 : 3);
    if (type === "level_shift")
        return isDaily ? chance.whole(10, 20) : Math.round(chance.between(30, 90) * Math.sqrt(perHour));
    if (type === "ramp") return isDaily ? chance.whole(4, 10) : Math.round(chance.between(6, 20) * Math.sqrt(perHour));
    return isDaily ? chance.whole(1, 4) : Math.round(chance.scale(1, 12) * Math.sqrt(perHour));
}

/** A third one cell, half the values of a dimension, some pairs where there are three, the rest everything. */
function causeOf(plan: Plan, combinations: readonly (readonly string[])[], chance: Chance): readonly (string | null)[] {
    const values = chance.pick(combinations);
    const count = values.length;
    const draw = chance.between(0, 1);
    const fixed = draw < 0.33 ? count : draw < 0.8 ? 1 : draw < 0.9 ? Math.min(2, count) : 0;
    const dimensions = values.map((_, d) => ({ d, rank: chance.between(0, 1) })).sort((a, b) => a.rank - b.rank);
    const kept = new Set(dimensions.slice(0, fixed).map(({ d }) => d));
    return values.map((value, d) => (kept.has(d) ? value : null));
}

export const isWithin = (values: readonly string[], cause: readonly (string | null)[]): boolean =>
    cause.every((value, d) => value === null || value === values[d]);

/** A relative change that the clearest of the series shows by four to thirty standard deviations, as far as the type allows. */
function sizeOf(
    type: EventType,
    at: { site: EventSite; members: readonly number[]; root: number; from: number; length: number },
    chance: Chance,
): number {
    if (type === "outage") return -chance.between(0.85, 1);
    const { site, members, root, from, length } = at;
    const least = Math.min(...members.map((c) => site.noiseOf(c, root, from))) / Math.sqrt(Math.min(length, 4));
    const wanted = least * chance.scale(5, 30);
    // A rare count cannot fall by as much as it takes to be seen.
    const isUp = type === "spike" || (type !== "dip" && (least * 5 > 0.9 || chance.happens(0.5)));
    return isUp ? Math.min(12, Math.max(0.1, wanted)) : -Math.min(0.9, Math.max(0.1, wanted));
}

/** Relative change by the interval within the event. */
function shapeOf(type: EventType, size: number, length: number): (i: number) => number {
    if (type === "ramp") return (i) => (size * (i + 1)) / length;
    if (type === "burst") return (i) => (i % 2 === 0 ? size : size / 3);
    return () => size;
}

function meanChange(factor: (interval: number) => number, from: number, length: number): number {
    const seen = Math.min(length, 4);
    let sum = 0;
    // A ramp is at its height at its end.
    for (let i = length - seen; i < length; i++) sum += factor(from + i) - 1;
    return sum / seen;
}

interface Echo {
    readonly measure: number;
    readonly lag: number;
    factor(interval: number): number;
}

/** A slow answer costs orders: a rise of an average sometimes pulls down a measure that stands in the middle of a funnel. */
function echoOf(
    plan: Plan,
    root: number,
    { from, to, room }: { from: number; to: number; room: number },
    chance: Chance,
): Echo | undefined {
    const isPulled = chance.happens(0.5);
    const measure = plan.measures.findIndex(({ follows, kind }) => follows !== undefined && kind === "count");
    const lag = chance.whole(1, 2);
    const drop = chance.between(0.3, 0.6);
    if (!isPulled || plan.measures[root]!.kind !== "average" || measure < 0 || to + lag >= from + room)
        return undefined;
    const factor = (interval: number): number => (interval < from + lag || interval > to + lag ? 1 : 1 - drop);
    return { measure, lag, factor };
}
