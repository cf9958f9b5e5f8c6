import type { RowTable } from "./rowTable";
import type { Span } from "./learn";

/** Intervals that are learned from at most, the newest ones. */
const mostIntervals = 200_000;
/** Values that are learned from at most in one go: 512 MB of them. Of a wide table with stray old rows only the newer time is taken. */
const mostValues = 67_108_864;

/** What to learn of a table's rows: from the first, but not from further back than memory allows, up to `end`. Each of several shards has that much memory. */
export function spanOf(table: RowTable, end: number, shards = 1): Span {
    const series = Math.max(1, (table.combinations.length * table.shape.measures.length) / shards);
    const longest = Math.min(mostIntervals, Math.floor(mostValues / series));
    const first = Math.max(table.range?.first ?? end, end - longest);
    return { first: Math.min(first, end), next: end };
}
