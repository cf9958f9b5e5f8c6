/** Chance of a quotient of counts: `part` of `volume`, or events for each unit of `volume`. */
export interface Volume {
    /** The quotient's denominator, above 0. */
    readonly volume: number;
    /** Mean of past denominators; what is expected is known no better than from so many. */
    readonly usual: number;
    /** True for a part of a whole, which cannot be above 1 (binomial); false for events for each unit (Poisson). */
    readonly isShare: boolean;
}

/**
 * −log10 of the chance that a quotient is so far from what is expected, when only its small volume makes it scatter. From the exponent of
 * large deviations, which holds down to single events where a Gaussian does not. Infinity where no such chance is known: for values below 0.
 */
export function volumeScore(value: number, expected: number, of: Volume): number {
    if (!(value >= 0) || !(expected >= 0)) return Infinity;
    // Half an event more than was seen: nothing is expected to be impossible.
    const likely = (expected * of.usual + 0.5) / (of.usual + 1);
    const exponent =
        of.volume * (of.isShare && likely < 1 ? shareExponent(value, likely) : eventExponent(value, likely));
    if (!(exponent > 0)) return 0;
    const deviations = Math.sqrt(2 * exponent);
    return Math.max(0, exponent * Math.LOG10E + Math.log10(deviations * Math.sqrt(Math.PI / 2)));
}

/** The quotients below and above the expected one at which `volumeScore` reaches a score; infinite where it never does. */
export function volumeBounds(score: number, expected: number, of: Volume): { lower: number; upper: number } {
    if (!(expected >= 0)) return { lower: -Infinity, upper: Infinity };
    const reaches = (value: number): boolean => volumeScore(value, expected, of) >= score;
    const lower = reaches(0) ? bisect(expected, 0, reaches) : -Infinity;
    let far = of.isShare ? 1 : Math.max(1, 2 * expected);
    while (!of.isShare && far < Number.MAX_VALUE / 2 && !reaches(far)) far *= 2;
    return { lower, upper: reaches(far) ? bisect(expected, far, reaches) : Infinity };
}

/** Between a value that does not reach and one that does: where it begins to, to a part in a million of the way. */
function bisect(inside: number, outside: number, reaches: (value: number) => boolean): number {
    let [near, far] = [inside, outside];
    for (let round = 0; round < 20; round++) {
        const middle = (near + far) / 2;
        if (reaches(middle)) far = middle;
        else near = middle;
    }
    return far;
}

function shareExponent(value: number, likely: number): number {
    const share = Math.min(1, value);
    return xLogOf(share, share / likely) + xLogOf(1 - share, (1 - share) / (1 - likely));
}

const eventExponent = (value: number, likely: number): number => xLogOf(value, value / likely) - value + likely;

const xLogOf = (x: number, ratio: number): number => (x === 0 ? 0 : x * Math.log(ratio));
