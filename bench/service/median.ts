export function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, other) => one - other);
    return sorted[sorted.length >> 1] ?? NaN;
}
