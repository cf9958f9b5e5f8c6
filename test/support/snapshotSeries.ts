/*
 * What the engines behind `test/fixtures/snapshots` learned from and would go on with: three combinations of two measures. Plain arithmetic,
 * so that every machine and every later version of this project makes the same numbers.
 */

/** Series of the fixtures: daily season, the same at weekends only, small counts, constant, few points, never seen. */
export const fixtureSeries = ["daily", "weekend", "counts", "constant", "young", "unseen"] as const;

/** Intervals that the fixtures' engines learned as a batch, and those that they were given one by one after that. */
export const fixtureSpans = { hourly: { learned: 672, scored: 48 }, daily: { learned: 112, scored: 14 } } as const;

/** Position of the first interval: a midnight at the start of a week, in either interval. */
export const fixtureFirst = { hourly: 24 * 7 * 2900, daily: 7 * 2900 } as const;

/** A number in [0, 1) that looks like chance. */
function shuffled(series: number, i: number): number {
    let t = Math.imul(i * 6 + series + 1, 0x9e3779b1);
    t = Math.imul(t ^ (t >>> 15), 0x85ebca6b);
    return ((t ^ (t >>> 13)) >>> 0) / 4294967296;
}

/** Value of a series in the i-th interval, NaN for a gap. `perDay` is 24 or 1. */
export function fixtureValue(series: number, i: number, perDay: number): number {
    const hour = i % perDay;
    const noise = shuffled(series, i);
    const isWeekend = Math.floor(i / perDay) % 7 >= 5;
    const hump = perDay === 1 ? 0 : hour * (perDay - 1 - hour);
    if (i % 97 === 50) return NaN;
    switch (fixtureSeries[series]) {
        case "daily":
            return 200 + hump + 8 * noise;
        case "weekend":
            return (isWeekend ? 900 : 300) + hump / 2 + 12 * noise;
        case "counts":
            return noise < 0.6 ? 0 : noise < 0.9 ? 1 : noise < 0.98 ? 2 : 3;
        case "constant":
            return 12.5;
        case "young":
            return i < (perDay === 24 ? 695 : 100) ? NaN : 50 + 5 * noise;
        default:
            return NaN;
    }
}

/** All series of one interval. */
export const fixtureInterval = (i: number, perDay: number): Float64Array =>
    Float64Array.from(fixtureSeries, (_, series) => fixtureValue(series, i, perDay));
