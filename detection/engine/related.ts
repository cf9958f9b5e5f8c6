/** How another measure hangs together with a group. */
export interface RelatedMeasure {
    readonly measure: number;
    /** A cause left its course first, an effect after. */
    readonly relation: "cause" | "effect";
    /** Intervals between the two, 0 or more. */
    readonly lag: number;
    /** Of a cause, the part of the group's deviation that it explains, 0 to 1; what no cause explains is unknown. Of an effect, 0. */
    readonly share: number;
}

/** What measures did before, during and after a group. */
export interface Deviations {
    /** For each measure, its total's deviation over the same slice in each interval, in half-widths of its band; NaN for a gap. */
    readonly byMeasure: readonly Float64Array[];
    /** The group's measure. */
    readonly target: number;
    /** Indices of the group's first and last interval. */
    readonly start: number;
    readonly end: number;
}

/** Intervals before the start and after the end in which a cause or an effect is looked for. */
export const relatedReach = 6;
/** Deviation that a measure must reach to be related to anything: the edge of its band. */
const leastPeak = 1;
/** A deviation has begun where it grew beyond this, on its way to its peak. */
const onsetLevel = 0.5;
/** Least likeness of two courses, as a correlation. */
const leastLikeness = 0.6;
/** Peaks that differ by less than this part are taken for equal. */
const sameSize = 0.01;

/**
 * The measures that left their course together with a group's. Time tells causes from effects: who began first is the cause. Of two that
 * began in the same interval the larger deviation is the cause, and of two equal ones the measure that comes first in the metric set. Causes
 * first, by what they explain.
 */
export function relatedMeasures(deviations: Deviations): RelatedMeasure[] {
    const { byMeasure, target, start, end } = deviations;
    const course = byMeasure[target]!;
    const [from, to] = [Math.max(0, start - relatedReach), Math.min(course.length - 1, end + relatedReach)];
    const ours = peakOf(course, from, to);
    if (ours === undefined) return [];
    const candidates: Candidate[] = [];
    byMeasure.forEach((other, measure) => {
        const theirs = measure === target ? undefined : peakOf(other, from, to);
        if (theirs === undefined || theirs.size < leastPeak) return;
        const lead = ours.onset - theirs.onset;
        const shifted = shiftedBy(other, lead, from, to);
        if (likeness(course.subarray(from, to + 1), shifted) < leastLikeness) return;
        const isCause = lead !== 0 ? lead > 0 : isLarger(theirs.size, ours.size, measure < target);
        candidates.push({ measure, relation: isCause ? "cause" : "effect", lag: Math.abs(lead), shifted });
    });
    return withShares(course.slice(from, to + 1), candidates);
}

interface Candidate extends Omit<RelatedMeasure, "share"> {
    /** The other's course, moved so that both begin together. */
    readonly shifted: Float64Array;
}

/** A deviation's largest size, and the interval in which it began to grow to it. */
function peakOf(course: Float64Array, from: number, to: number): { size: number; onset: number } | undefined {
    let at = -1;
    for (let i = from; i <= to; i++)
        if (!Number.isNaN(course[i]!) && (at < 0 || Math.abs(course[i]!) > Math.abs(course[at]!))) at = i;
    if (at < 0) return undefined;
    let onset = at;
    while (onset > from && Math.abs(course[onset - 1]!) >= onsetLevel && isSameSide(course[onset - 1]!, course[at]!))
        onset--;
    return { size: Math.abs(course[at]!), onset };
}

const isSameSide = (one: number, other: number): boolean => one > 0 === other > 0;

function isLarger(one: number, other: number, ifEqual: boolean): boolean {
    if (Math.abs(one - other) <= sameSize * Math.max(one, other)) return ifEqual;
    return one > other;
}

/** The intervals `from` to `to` as the course was `lead` intervals before them; NaN beyond its ends. */
function shiftedBy(course: Float64Array, lead: number, from: number, to: number): Float64Array {
    return Float64Array.from({ length: to - from + 1 }, (_, i) => course[from + i - lead] ?? NaN);
}

/** Correlation of two courses around zero, whichever way they go; of no common interval, 0. */
function likeness(one: Float64Array, other: Float64Array): number {
    const { xx, xy, yy } = products(one, other);
    return xx > 0 && yy > 0 ? Math.abs(xy) / Math.sqrt(xx * yy) : 0;
}

function products(x: Float64Array, y: Float64Array): { xx: number; xy: number; yy: number; both: number } {
    let [xx, xy, yy, both] = [0, 0, 0, 0];
    for (let i = 0; i < x.length; i++) {
        if (Number.isNaN(x[i]!) || Number.isNaN(y[i]!)) continue;
        xx += x[i]! * x[i]!;
        xy += x[i]! * y[i]!;
        yy += y[i]! * y[i]!;
        if (Math.abs(x[i]!) >= onsetLevel && Math.abs(y[i]!) >= onsetLevel) both++;
    }
    return { xx, xy, yy, both };
}

/**
 * Divides the group's deviation among its causes, the one that explains most first, each of what those before it left. Of a deviation that
 * lasted n intervals at most n/(n+1) is explained: one odd interval in common may be chance.
 */
function withShares(course: Float64Array, candidates: readonly Candidate[]): RelatedMeasure[] {
    const rest = course.slice();
    const whole = energy(course);
    const waiting = candidates.filter(({ relation }) => relation === "cause");
    const causes: RelatedMeasure[] = [];
    while (waiting.length > 0) {
        const explained = waiting.map(({ shifted }) => products(rest, shifted)).map(({ xy, yy }) => (xy * xy) / yy);
        const best = explained.indexOf(Math.max(...explained));
        const [{ shifted, ...cause }] = waiting.splice(best, 1) as [Candidate];
        const { xy, yy, both } = products(rest, shifted);
        const common = Math.max(1, both || products(course, shifted).both);
        causes.push({ ...cause, share: (explained[best]! / whole) * (common / (common + 1)) });
        for (let i = 0; i < rest.length; i++) if (!Number.isNaN(shifted[i]!)) rest[i]! -= (xy / yy) * shifted[i]!;
    }
    const effects = candidates
        .filter(({ relation }) => relation === "effect")
        .map(({ shifted: _shifted, ...effect }): RelatedMeasure => ({ ...effect, share: 0 }));
    return [...causes, ...effects];
}

const energy = (course: Float64Array): number =>
    course.reduce((sum, value) => (Number.isNaN(value) ? sum : sum + value * value), 0);
