import type { GroupMember } from "./incidents";

/** Share of one dimension value in a group's deviation. */
export interface Contribution {
    readonly value: string;
    /** Per cent, two decimals; those of one dimension add up to 100. */
    readonly share: number;
}

/** Shares of a group's deviation by the values of one dimension, largest first. Deviations are scaled, so a noisy series weighs no more. */
export function contributionsOf(
    members: readonly Pick<GroupMember, "combination" | "weight">[],
    valueOf: (combination: number) => string,
): Contribution[] {
    const weights = new Map<string, number>();
    for (const { combination, weight } of members) {
        const value = valueOf(combination);
        weights.set(value, (weights.get(value) ?? 0) + weight);
    }
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    const parts = [...weights].map(([value, weight]) => ({
        value,
        exact: 10_000 * (total > 0 ? weight / total : 1 / weights.size),
    }));
    // The largest remainders are rounded up, so that the sum is 100 and not 99.99.
    const byRemainder = [...parts].sort((a, b) => (b.exact % 1) - (a.exact % 1) || (a.value < b.value ? -1 : 1));
    const spare = 10_000 - parts.reduce((sum, { exact }) => sum + Math.floor(exact), 0);
    const raised = new Set(byRemainder.slice(0, spare));
    return parts
        .map((part) => ({ value: part.value, share: (Math.floor(part.exact) + (raised.has(part) ? 1 : 0)) / 100 }))
        .sort((a, b) => b.share - a.share || (a.value < b.value ? -1 : 1));
}
