/*
 * Choices without a jump. Where one comparison says nothing about the next, as with the noise of one series and that of another, a processor
 * guesses every second jump wrong and begins anew: some 8 ns, where both sides together cost one. NaN where either number is infinite.
 */

/** The larger of two. */
export function larger(a: number, b: number): number {
    const isFirst = Number(a > b);
    return isFirst * a + (1 - isFirst) * b;
}

/** The smaller of two. */
export function smaller(a: number, b: number): number {
    const isFirst = Number(a < b);
    return isFirst * a + (1 - isFirst) * b;
}

/** A number above 0, or 0. */
export const above0 = (a: number): number => 0.5 * (a + Math.abs(a));
