import { logarithm } from "./logarithm";

/*
 * Tails of distributions, as −log10 of a probability: differences between numbers far too small to be subtracted from one.
 */

const log10OfE = Math.LOG10E;

/**
 * −log10 of the chance that a standard normal number is at least so far from 0, on either side (Abramowitz and Stegun 7.1.26): too small by at most
 * .01 up to ten standard deviations, and by .09 at sixty.
 */
export function normalTail(deviation: number): number {
    const x = Math.abs(deviation) * Math.SQRT1_2;
    if (x < 1e-9) return 0;
    const t = 1 / (1 + 0.3275911 * x);
    const sum = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
    return (x * x - logarithm(sum)) * log10OfE;
}

/** Terms of a sum of chances that are taken at most; the rest is below a billionth up to a dispersion of 19, and makes the score of one of 100 too high by .003. */
const mostTerms = 400;
/** A mean below which no event at all has a chance of more than half, whatever the dispersion: less than the logarithm of 2. */
const meanOfHalf = 0.69;
/** Counts up to this are multiplied out: their chance, of any mean that is judged, is no number too small. */
const mostFactors = 60;

/**
 * −log10 of the chance, on either side, of a count at least as far from its mean: negative-binomial, or Poisson where the dispersion
 * (variance over mean) is 1. The mean is above 0.
 */
export function countTail(count: number, mean: number, dispersion: number): number {
    // None is the most likely count of all, with a chance of half and more.
    if (count === 0 && mean < meanOfHalf) return 0;
    const size = dispersion > 1.0001 ? mean / (dispersion - 1) : 0;
    const odds = size > 0 ? mean / (size + mean) : mean;
    let sum = 1;
    let term = 1;
    const isAbove = count > mean;
    for (let i = 0, k = count; i < mostTerms && term > 1e-9 * sum; i++, k += isAbove ? 1 : -1) {
        if (!isAbove && k <= 0) break;
        term *= isAbove ? ratioUp(k, size, odds) : 1 / ratioUp(k - 1, size, odds);
        sum += term;
    }
    const log =
        count <= mostFactors ? logOfSmall(count, mean, size, sum) : logChance(count, mean, size) + Math.log(sum);
    return Math.max(0, -log * log10OfE - Math.LOG10E * Math.LN2);
}

/** Chance of k + 1 over the chance of k. `odds` is the mean of a Poisson distribution, else mean / (size + mean). */
const ratioUp = (k: number, size: number, odds: number): number =>
    size > 0 ? ((k + size) / (k + 1)) * odds : odds / (k + 1);

/** Natural logarithm of `sum` times the chance of exactly `count`, up from the chance of none. */
function logOfSmall(count: number, mean: number, size: number, sum: number): number {
    const odds = size > 0 ? mean / (size + mean) : mean;
    let product = sum;
    for (let k = 0; k < count; k++) product *= ratioUp(k, size, odds);
    return Math.log(product) + (size > 0 ? size * Math.log(size / (size + mean)) : -mean);
}

/** Natural logarithm of the chance of exactly `count`. `size` 0 stands for Poisson. */
function logChance(count: number, mean: number, size: number): number {
    if (!(size > 0)) return count * Math.log(mean) - mean - logGamma(count + 1);
    const p = size / (size + mean);
    return logGamma(count + size) - logGamma(size) - logGamma(count + 1) + size * Math.log(p) + count * Math.log1p(-p);
}

/** Natural logarithm of the gamma function above 0: Stirling's series from 8 on, reached by the recurrence. */
function logGamma(value: number): number {
    let x = value;
    let shift = 0;
    while (x < 8) {
        shift += Math.log(x);
        x += 1;
    }
    const inverse = 1 / x;
    const square = inverse * inverse;
    const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
    return (x - 0.5) * Math.log(x) - x + 0.9189385332046727 + series - shift;
}
