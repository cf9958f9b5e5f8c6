/*
 * The reference: additive Holt-Winters with the season of a week and a band of three usual deviations, in a plain loop over arrays. It is
 * what a small detector costs on the machine at hand, so that a ratio to it says more than seconds do.
 */

export interface HoltWinters {
    readonly level: Float64Array;
    readonly trend: Float64Array;
    readonly spread: Float64Array;
    /** 168 values for each series. */
    readonly season: Float32Array;
}

const slots = 168;

/** Smoothing per point of level, trend, season and spread. */
const rates = { level: 0.05, trend: 0.001, season: 0.1, spread: 0.02 } as const;

export const openHoltWinters = (series: number): HoltWinters => ({
    level: new Float64Array(series),
    trend: new Float64Array(series),
    spread: new Float64Array(series),
    season: new Float32Array(series * slots),
});

/** Judges one interval of all series and learns from it; gives the number of values outside their bands. */
export function stepHoltWinters(state: HoltWinters, position: number, values: Float64Array): number {
    const { level, trend, spread, season } = state;
    const slot = position % slots;
    let outside = 0;
    for (let s = 0; s < values.length; s++) {
        const at = s * slots + slot;
        const base = level[s]! + trend[s]!;
        const off = values[s]! - base - season[at]!;
        const size = Math.abs(off);
        if (size > 3 * spread[s]!) outside++;
        level[s] = base + rates.level * off;
        trend[s] = trend[s]! + rates.trend * off;
        season[at] = season[at]! + rates.season * off;
        spread[s] = spread[s]! + rates.spread * (size - spread[s]!);
    }
    return outside;
}
