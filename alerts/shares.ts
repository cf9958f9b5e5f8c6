/** Weights as whole per cent that add up to 100, by largest remainder; all alike when they weigh nothing. */
export function wholeShares(weights: readonly number[]): number[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const exact = weights.map((weight) => (total > 0 ? (100 * weight) / total : 100 / weights.length));
    const shares = exact.map(Math.floor);
    const spare = 100 - shares.reduce((sum, share) => sum + share, 0);
    exact
        .map((share, index) => ({ index, rest: share % 1 }))
        .sort((one, other) => other.rest - one.rest || one.index - other.index)
        .slice(0, weights.length === 0 ? 0 : spare)
        .forEach(({ index }) => (shares[index]! += 1));
    return shares;
}
