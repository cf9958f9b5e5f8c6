/** Seeded chance in [0, 1): mulberry32. */
export function seededChance(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

/** A stretch in which a series is shifted; `to` is exclusive. */
export interface Shift {
    readonly series: number;
    readonly from: number;
    readonly to: number;
}

/**
 * Hourly series in the manner of a shop: a daily cosine of its own for each, noise, and now and then a shift by 100 to 600 for one to
 * five hours. `values[series * length + i]`; the first interval is a midnight.
 */
export function shopSeries(options: { seed: number; series: number; length: number; shiftChance?: number }): {
    values: Float64Array;
    shifts: Shift[];
} {
    const { seed, series, length, shiftChance = 0.005 } = options;
    const chance = seededChance(seed);
    const between = (low: number, high: number): number => low + (high - low) * chance();
    const values = new Float64Array(series * length);
    const shifts: Shift[] = [];
    for (let s = 0; s < series; s++) {
        const [peak, hour, base] = [between(200, 400), between(12, 21), between(100, 200)];
        for (let i = 0, until = 0, by = 0; i < length; i++) {
            if (i >= until && chance() < shiftChance) {
                until = Math.min(length, i + 1 + Math.floor(chance() * 5));
                by = between(100, 600) * (chance() < 0.5 ? -1 : 1);
                shifts.push({ series: s, from: i, to: until });
            }
            const season = (peak * (1 + Math.cos((2 * Math.PI * (i - hour)) / 24))) / 2;
            values[s * length + i] = base + season + between(2, 10) + (i < until ? by : 0);
        }
    }
    return { values, shifts };
}
