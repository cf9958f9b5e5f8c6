import type { History, Scores } from "./engine";
import { scoreOf } from "./shape";
import { evidenceIndex, verdictIndex } from "./verdicts";

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
    /** Positions of the first and the last interval of what was confirmed. @default the position alone */
    readonly span?: { readonly from: number; readonly to: number };
}

/** A value as it was judged. */
export interface JudgedValue {
    readonly series: number;
    readonly scaled: number;
    readonly evidence: number;
    /** 0 to 100. */
    readonly severity: number;
}

/** What marks do to values that are there already. */
export interface FeedbackEffect<V> {
    /** Values that would be told of, and would be no more. */
    readonly lowered: readonly V[];
    /** Values that were lowered, and would be told of again. */
    readonly restored: readonly V[];
}

/** A value is like a marked one up to this many times its size. */
export const likeness = 1.25;

const anomalous = verdictIndex("anomalous");
const lowered = verdictIndex("lowered by feedback");

/** True for verdicts of values that were anomalous by themselves, so that feedback counts for them. */
export const isSized = (verdict: number): boolean => verdict === anomalous || verdict === lowered;

/** Evidence that a single value's deviation says nothing about: the whole kind is alike. */
const sizeless = new Set([evidenceIndex("variance"), evidenceIndex("flat line")]);

/**
 * Lowers anomalies like those that were marked as none to half their severity, which is below 50: they stay visible, and are not told of. Like
 * is what the same series does in the same direction, up to 1.25 times the marked size; for a change of variance or a flat line, the same
 * series by the same evidence. What is like a confirmed anomaly, from 1/1.25 of its size up, is never lowered.
 */
export function applyFeedback(marks: readonly FeedbackMark[], scores: Scores): void {
    for (const [series, own] of bySeries(marks)) {
        if (scores.verdict[series] !== anomalous) continue;
        const value = { scaled: scores.scaled[series]!, evidence: scores.evidence[series]! };
        if (!isLowered(own, value)) continue;
        const severity = scores.severity[series]! / 2;
        scores.severity[series] = severity;
        scores.score[series] = scoreOf(severity);
        scores.verdict[series] = lowered;
    }
}

/**
 * What a change of the marks would do to values that were anomalous by themselves (`severity` as it was before feedback, or as it is now):
 * shown to a user before the change is made.
 */
export function previewFeedback<V extends JudgedValue>(
    marks: readonly FeedbackMark[],
    changed: readonly FeedbackMark[],
    values: readonly V[],
): FeedbackEffect<V> {
    const [before, after] = [bySeries(marks), bySeries(changed)];
    const was = (value: V): boolean => isLowered(before.get(value.series) ?? [], value);
    const willBe = (value: V): boolean => isLowered(after.get(value.series) ?? [], value);
    return {
        lowered: values.filter((value) => !was(value) && willBe(value)),
        restored: values.filter((value) => was(value) && !willBe(value)),
    };
}

/** History without the anomalies that were confirmed: they are gaps, so that nothing is learned from them. The input stays as it is. */
export function withoutConfirmed(marks: readonly FeedbackMark[], history: History): Float64Array {
    const confirmed = marks.filter(({ isAnomaly }) => isAnomaly);
    if (confirmed.length === 0) return history.values;
    const { first, length } = history;
    const values = history.values.slice();
    for (const { series, position, span = { from: position, to: position } } of confirmed) {
        const from = Math.max(0, span.from - first);
        const to = Math.min(length - 1, span.to - first);
        if (from <= to) values.fill(NaN, series * length + from, series * length + to + 1);
    }
    return values;
}

const known = new WeakMap<readonly FeedbackMark[], Map<number, FeedbackMark[]>>();

function bySeries(marks: readonly FeedbackMark[]): Map<number, FeedbackMark[]> {
    const before = known.get(marks);
    if (before !== undefined) return before;
    const sorted = new Map<number, FeedbackMark[]>();
    for (const mark of marks) {
        const own = sorted.get(mark.series);
        if (own === undefined) sorted.set(mark.series, [mark]);
        else own.push(mark);
    }
    known.set(marks, sorted);
    return sorted;
}

/** True when some mark of the series says that such a value is no anomaly, and none says that it is one. */
function isLowered(marks: readonly FeedbackMark[], value: Pick<JudgedValue, "scaled" | "evidence">): boolean {
    const isDenied = marks.some((mark) => !mark.isAnomaly && isLike(mark, value, (size, marked) => size <= marked));
    if (!isDenied) return false;
    const isAbove = (size: number, marked: number): boolean => size * likeness * likeness >= marked;
    return !marks.some((mark) => mark.isAnomaly && isLike(mark, value, isAbove));
}

/** `compare` is given the value's size and 1.25 times the marked size. */
function isLike(
    mark: FeedbackMark,
    value: Pick<JudgedValue, "scaled" | "evidence">,
    compare: (size: number, limit: number) => boolean,
): boolean {
    if (sizeless.has(mark.evidence) || sizeless.has(value.evidence)) return mark.evidence === value.evidence;
    const isSameSide = Math.sign(mark.scaled) === Math.sign(value.scaled) && value.scaled !== 0;
    return isSameSide && compare(Math.abs(value.scaled), likeness * Math.abs(mark.scaled));
}
