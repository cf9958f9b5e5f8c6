import type { Chance } from "./chance";

/** Gaussian noise with a lag-one correlation, one value an interval, and standard deviation 1. */
export function correlatedNoise(length: number, persistence: number, chance: Chance): Float64Array {
    const noise = new Float64Array(length);
    const fresh = Math.sqrt(1 - persistence * persistence);
    let last = chance.normal();
    for (let i = 0; i < length; i++) noise[i] = last = persistence * last + fresh * chance.normal();
    return noise;
}

/** For each combination and interval the noise that its siblings have too: that of all series, and that of its dimension values. */
export function sharedNoise(
    combinations: readonly (readonly string[])[],
    options: { length: number; common: number; value: number; persistence: number },
    chance: Chance,
): Float64Array[] {
    const { length, common, value, persistence } = options;
    const ofAll = correlatedNoise(length, persistence, chance);
    const ofValues = new Map<string, Float64Array>();
    return combinations.map((values) => {
        const sum = ofAll.map((x) => common * x);
        values.forEach((name, d) => {
            const key = `${d} ${name}`;
            const own = ofValues.get(key) ?? correlatedNoise(length, persistence, chance);
            ofValues.set(key, own);
            for (let i = 0; i < length; i++) sum[i] = sum[i]! + value * own[i]!;
        });
        return sum;
    });
}
