import { at, numbersOfSeries } from "./numbers";
import { seriesCount, type EngineState } from "./state";
import { setTail } from "./tail";

/*
 * Snapshots of version 1 hold one tail, of the deviation, and a level for each expert. The other tails of such a state begin as those of
 * independent deviations would be; what the series teach corrects them within some hundred values.
 */

/** Values that the tails of version 1 are believed to have seen at most. */
const mostStreamed = 150;
/** Shares of the deviation's tail in that of its mean over some intervals. */
const spreadShare = 0.45;
/** Tail of the least likely run where nothing drifts, in −log10 of a chance. */
const driftTail = { quantile: 1.6, excess: 0.5, mean: 0.25 };

/** Fills a state, whose scalars of today are read already, by what version 1 called otherwise. `old` is by name. */
export function readFirst(state: EngineState, old: ReadonlyMap<string, Float64Array>): void {
    for (let series = 0; series < seriesCount(state); series++) {
        const was = (name: string): number => old.get(name)?.[series] ?? 0;
        state.scalars.slow[series] = state.scalars.level0[series]!;
        state.scalars.lastValue[series] = NaN;
        const { numbers } = state;
        const base = series * numbersOfSeries;
        const shift = was("level2") - state.scalars.level1[series]!;
        shiftWeek(state, series, shift);
        const self = was("selfProduct");
        numbers[base + at.selfProduct] = self > 0 ? 1 : 0;
        numbers[base + at.lagProduct] = self > 0 ? was("lagProduct") / self : 0;
        numbers[base + at.farRun] = was("farRun");
        numbers[base + at.isCount] = was("isCount");
        numbers[base + at.countMean] = state.scalars.level0[series]!;
        numbers[base + at.dispersion] = 1;
        // What never deviated may have been constant for as long as it was seen.
        numbers[base + at.longestFlat] = was("mean") > 0 ? 0 : state.scalars.points[series]!;
        startTails(numbers, base, {
            quantile: was("quantile"),
            excess: was("excess"),
            mean: was("mean"),
            points: state.scalars.points[series]!,
        });
        numbers[base + at.farthest] = numbers[base + at.largestInnovation]! + largestEffect(state, series);
    }
}

function startTails(
    numbers: Float32Array,
    base: number,
    was: {
        readonly quantile: number;
        readonly excess: number;
        readonly mean: number;
        readonly points: number;
    },
): void {
    const { quantile, excess, mean } = was;
    numbers[base + at.streamed] = Math.min(mostStreamed, was.points);
    numbers[base + at.innovationScale] = 1.25 * mean;
    numbers[base + at.slowScale] = mean;
    numbers[base + at.fastScale] = mean;
    numbers[base + at.spread] = mean;
    numbers[base + at.largestInnovation] = quantile + 3 * excess;
    setTail(numbers, base + at.jumpTail, was);
    setTail(numbers, base + at.driftTail, driftTail);
    setTail(numbers, base + at.countTail, driftTail);
    const between = (most: number): number => mean + spreadShare * (most - mean);
    setTail(numbers, base + at.spreadTail, {
        quantile: between(quantile),
        excess: spreadShare * excess,
        mean,
    });
    if (mean > 0)
        setTail(numbers, base + at.quietTail, {
            quantile: quantile / mean,
            excess: excess / mean,
            mean: 1,
        });
}

function shiftWeek(state: EngineState, series: number, shift: number): void {
    const { weekSlots } = state.shape;
    for (let i = series * weekSlots; i < (series + 1) * weekSlots; i++) state.week[i] = state.week[i]! + shift;
}

function largestEffect(state: EngineState, series: number): number {
    const { shortSlots } = state.shape;
    const effects = state.short.subarray(series * shortSlots, (series + 1) * shortSlots);
    return effects.reduce((most, effect) => Math.max(most, Math.abs(effect)), 0);
}
