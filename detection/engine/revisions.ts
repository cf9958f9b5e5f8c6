import type { AnomalyGroup } from "./incidents";

/** What scoring a time again changed. */
export type Revision =
    | { readonly kind: "raised"; readonly after: AnomalyGroup }
    | { readonly kind: "revised"; readonly before: AnomalyGroup; readonly after: AnomalyGroup }
    | { readonly kind: "withdrawn"; readonly before: AnomalyGroup };

/** Severities that differ by less are the same to a user. */
const sameSeverity = 1;

/**
 * Compares the groups of a time as they were with what scoring it again gave, in the order of their start: groups that are new, those that
 * say something else, those that are no more. A group is the same when measure and time overlap; of several the one that overlaps longest.
 */
export function revisionsOf(before: readonly AnomalyGroup[], after: readonly AnomalyGroup[]): Revision[] {
    const left = new Set(before);
    const revisions: Revision[] = [];
    for (const group of after) {
        const same = longestOverlap(group, left);
        if (same === undefined) revisions.push({ kind: "raised", after: group });
        else {
            left.delete(same);
            if (differs(same, group)) revisions.push({ kind: "revised", before: same, after: group });
        }
    }
    for (const group of left) revisions.push({ kind: "withdrawn", before: group });
    return revisions.sort((a, b) => groupOf(a).start - groupOf(b).start || groupOf(a).measure - groupOf(b).measure);
}

const groupOf = (revision: Revision): AnomalyGroup =>
    revision.kind === "withdrawn" ? revision.before : revision.after;

function longestOverlap(group: AnomalyGroup, candidates: Iterable<AnomalyGroup>): AnomalyGroup | undefined {
    let best: { group: AnomalyGroup; overlap: number } | undefined;
    for (const other of candidates) {
        const overlap = Math.min(group.end, other.end) - Math.max(group.start, other.start) + 1;
        if (other.measure !== group.measure || overlap < 1) continue;
        if (overlap > (best?.overlap ?? 0)) best = { group: other, overlap };
    }
    return best?.group;
}

/** True when a user would be told something else: time, series, severity or first cause. */
function differs(one: AnomalyGroup, other: AnomalyGroup): boolean {
    const cause = ({ causes }: AnomalyGroup): string => JSON.stringify(causes[0]?.values);
    const series = ({ members }: AnomalyGroup): string => members.map(({ combination }) => combination).join();
    return (
        one.start !== other.start ||
        one.end !== other.end ||
        Math.abs(one.severity - other.severity) >= sameSeverity ||
        cause(one) !== cause(other) ||
        series(one) !== series(other)
    );
}
