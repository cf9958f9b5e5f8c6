import { openRandom, type Random } from "./random";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Some dimension values, by dimension; a dimension that is not named stands for all its values. */
export type Scope = Readonly<Record<string, string>>;

/** What is done to the views of every pair in a scope. */
export type Change =
    /** Adds (or takes away) views per full hour, in each pair. */
    | { readonly kind: "shift"; readonly views: number }
    /** Leaves this share of the views, such as 0.1 for nine tenths lost. */
    | { readonly kind: "scale"; readonly share: number };

/** An anomaly that is put into the sample data on purpose. Instants are milliseconds since 1970. */
export interface Injection {
    /** A full hour. */
    readonly start: number;
    /** To the minute; the last hour is changed by the part of it that is covered. */
    readonly end: number;
    readonly scope: Scope;
    readonly change: Change;
}

export interface InjectionPlan {
    readonly from: number;
    readonly to: number;
    /** Hours between the end of one injection and the start of the next, drawn between these two. */
    readonly gapHours: readonly [number, number];
    /** Scopes of which each stands for one incident; they are spread evenly over the stretch. */
    readonly incidents: readonly Incident[];
    readonly dimensions: Readonly<Record<string, readonly string[]>>;
    readonly seed: number;
}

/** Something that hits a whole platform or marketplace at once. */
export interface Incident {
    readonly scope: Scope;
    /** Share of the views that is left. */
    readonly share: number;
    readonly minutes: number;
}

/**
 * Draws the injections of a stretch of time. One follows the other after a gap, so that no two overlap and each can be told from
 * the next. Single pairs are shifted by +-100 to 600 views for 1 to 300 minutes, as in the sample this one follows; the incidents
 * come between them at even distances.
 */
export function planInjections(plan: InjectionPlan): Injection[] {
    const random = openRandom(plan.seed);
    const injections: Injection[] = [];
    const incidents = [...plan.incidents];
    const incidentEvery = (plan.to - plan.from) / (incidents.length + 1);
    let nextIncidentAt = plan.from + incidentEvery;
    for (;;) {
        const start = fullHour(injections.at(-1)?.end ?? plan.from) + random.integer(...plan.gapHours) * HOUR_MS;
        const incident = start >= nextIncidentAt ? incidents.shift() : undefined;
        const injection = incident === undefined ? drawSingle(plan, start, random) : spread(incident, start);
        if (fullHour(injection.end) > plan.to) {
            return injections;
        }
        nextIncidentAt += incident === undefined ? 0 : incidentEvery;
        injections.push(injection);
    }
}

/** Part of the hour that begins at `hour` which the injection covers, from 0 to 1. */
export function coverage(injection: Injection, hour: number): number {
    const covered = Math.min(injection.end, hour + HOUR_MS) - Math.max(injection.start, hour);
    return Math.max(0, covered) / HOUR_MS;
}

/** True when the scope pins no other value than these dimension values have. */
export function covers(scope: Scope, values: Scope): boolean {
    return Object.entries(scope).every(([dimension, value]) => values[dimension] === value);
}

function drawSingle({ dimensions }: InjectionPlan, start: number, random: Random): Injection {
    const pair = Object.entries(dimensions).map(([dimension, values]) => [dimension, random.pick(values)] as const);
    const sign = random.pick([-1, 1]);
    return {
        start,
        end: start + random.integer(1, 300) * MINUTE_MS,
        scope: Object.fromEntries(pair),
        change: { kind: "shift", views: sign * random.integer(100, 600) },
    };
}

function spread({ scope, share, minutes }: Incident, start: number): Injection {
    return { start, end: start + minutes * MINUTE_MS, scope, change: { kind: "scale", share } };
}

/** The instant itself when it is a full hour, else the next one. */
function fullHour(instant: number): number {
    return Math.ceil(instant / HOUR_MS) * HOUR_MS;
}
