import { openRandom } from "../../local/demo/random";

/** A seeded source of chance: equal seeds give equal draws, in the same order. */
export interface Chance {
    /** In [low, high). */
    between(low: number, high: number): number;
    /** In [low, high), evenly over the orders of magnitude. Both above 0. */
    scale(low: number, high: number): number;
    /** A whole number from low to high, both included. */
    whole(low: number, high: number): number;
    /** True with this probability. */
    happens(probability: number): boolean;
    pick<T>(from: readonly T[]): T;
    /** Gaussian with mean 0 and standard deviation 1. */
    normal(): number;
    /** A count with this mean; its variance is mean + dispersion · mean². */
    count(mean: number, dispersion: number): number;
    /** A source of its own, so that more draws in one part of the data move no other part. */
    branch(name: string): Chance;
}

/** Throws nothing; every finite seed is good. */
export function createChance(seed: number): Chance {
    const random = openRandom(seed);
    const next = (): number => random.uniform(0, 1);
    const between = (low: number, high: number): number => low + (high - low) * next();
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
    return {
        between,
        scale: (low, high) => Math.exp(between(Math.log(low), Math.log(high))),
        whole: (low, high) => Math.floor(between(low, high + 1)),
        happens: (probability) => next() < probability,
        pick: (from) => from[Math.floor(next() * from.length)]!,
        normal,
        count: (mean, dispersion) => {
            const spread = dispersion > 0 ? mean * gamma(1 / dispersion, next, normal) * dispersion : mean;
            return poisson(spread, next, normal);
        },
        branch: (name) => createChance(mixed(seed, name)),
    };
}

function mixed(seed: number, name: string): number {
    let hash = seed >>> 0;
    for (const letter of name) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
    return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

/** By products of uniforms while the mean is small, as a rounded Gaussian beyond. */
function poisson(mean: number, next: () => number, normal: () => number): number {
    if (!(mean > 0)) return 0;
    if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const floor = Math.exp(-mean);
    let count = -1;
    for (let product = 1; product > floor; product *= next()) count++;
    return Math.max(0, count);
}

/** Marsaglia and Tsang's way, for a shape of 1 and more; a smaller one is lifted by a power of a uniform. */
function gamma(shape: number, next: () => number, normal: () => number): number {
    if (shape < 1) return gamma(shape + 1, next, normal) * Math.pow(1 - next(), 1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
        const x = normal();
        const v = Math.pow(1 + x / Math.sqrt(9 * d), 3);
        if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
}
