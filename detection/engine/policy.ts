import type { Scores } from "./engine";
import type { Handling } from "./handling";
import type { EngineOptions, KnownEvent, MeasureOptions, Sensitivity } from "./options";
import { anomalousScore } from "./shape";
import { verdictIndex } from "./verdicts";

/*
 * What a user knows and the values cannot tell, applied around the engine: before it judges (events that are not to be learned from,
 * sensitivity) and after it (events that are not to be reported, direction, minimum effect). The band stays what the series is expected to
 * keep to; a value outside it that is of no interest has severity 0 and a verdict that says why.
 */

/** Series and what is known about them; part of a detector. */
export interface Known {
    /** Dimension values of each combination. */
    readonly combinations: readonly (readonly string[])[];
    readonly options: EngineOptions;
}

/** Powers of ten by which evidence has to be stronger: a tenth of the alarms, and five times as many. */
const corrections: Record<Sensitivity, number> = { low: 1, medium: 0, high: -0.7 };

/** How the engine is to treat an interval's values. `measures` is the number of series of each combination. */
export function handlingOf(known: Known, position: number, measures: number): Handling {
    const { options } = known;
    const correction = options.measures.some(({ sensitivity = "medium" }) => corrections[sensitivity] !== 0)
        ? Float64Array.from({ length: measures }, (_, m) => corrections[options.measures[m]?.sensitivity ?? "medium"])
        : undefined;
    const events = eventsAt(options.events, position);
    if (events.length === 0) return correction === undefined ? {} : { correction };
    const taught = new Uint8Array(known.combinations.length * measures).fill(1);
    for (const event of events) eachSeries(known, event, measures, (series) => (taught[series] = 0));
    return correction === undefined ? { taught } : { correction, taught };
}

/** Takes severity from what is of no interest, and writes into its verdict why. */
export function applyPolicy(known: Known, position: number, measures: number, scores: Scores): void {
    const { combinations, options } = known;
    options.measures.forEach((measure, m) => {
        if (m >= measures || !hasLimits(measure)) return;
        for (let series = m; series < combinations.length * measures; series += measures) {
            const reason = uninteresting(measure, scores, series);
            if (reason !== undefined) silence(scores, series, reason);
        }
    });
    for (const event of eventsAt(options.events, position))
        eachSeries(known, event, measures, (series) => silence(scores, series, knownEvent));
}

/** History as it may be learned from: values of known events become gaps. The input stays as it is, and is returned where none lies in it. */
export function withoutEvents(
    known: Known,
    measures: number,
    history: { readonly first: number; readonly length: number; readonly values: Float64Array },
): Float64Array {
    const { first, length } = history;
    const events = known.options.events.filter(({ from, to }) => from < first + length && to >= first);
    if (events.length === 0) return history.values;
    const values = history.values.slice();
    for (const event of events) {
        const from = Math.max(0, event.from - first);
        const to = Math.min(length, event.to - first + 1);
        eachSeries(known, event, measures, (series) => values.fill(NaN, series * length + from, series * length + to));
    }
    return values;
}

const belowEffect = verdictIndex("below minimum effect");
const otherDirection = verdictIndex("other direction");
const knownEvent = verdictIndex("known event");

const hasLimits = ({ direction = "both", minimumEffect }: MeasureOptions): boolean =>
    direction !== "both" || minimumEffect?.absolute !== undefined || minimumEffect?.relative !== undefined;

/** Verdict for a deviation that is of no interest; undefined for one that is. */
function uninteresting(measure: MeasureOptions, scores: Scores, series: number): number | undefined {
    const { direction = "both", minimumEffect: least } = measure;
    const expected = scores.expected[series]!;
    const deviation = scores.value[series]! - expected;
    if ((direction === "up" && deviation < 0) || (direction === "down" && deviation > 0)) return otherDirection;
    const size = Math.abs(deviation);
    const isSmall = size < (least?.absolute ?? 0) || size < (least?.relative ?? 0) * Math.abs(expected);
    return isSmall ? belowEffect : undefined;
}

function silence(scores: Scores, series: number, verdict: number): void {
    if (scores.score[series]! >= anomalousScore) scores.verdict[series] = verdict;
    scores.score[series] = 0;
    scores.severity[series] = 0;
}

const eventsAt = (events: readonly KnownEvent[], position: number): readonly KnownEvent[] =>
    events.length === 0 ? events : events.filter(({ from, to }) => from <= position && position <= to);

/** Visits the series that an event concerns. */
function eachSeries(known: Known, event: KnownEvent, measures: number, visit: (series: number) => void): void {
    known.combinations.forEach((values, c) => {
        if (event.values?.some((value, d) => value !== null && value !== values[d]) === true) return;
        for (let m = 0; m < measures; m++)
            if (event.measure === undefined || event.measure === m) visit(c * measures + m);
    });
}
