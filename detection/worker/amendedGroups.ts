import type { AnomalyGroup } from "../engine/incidents";
import { revisionsOf, type Revision } from "../engine/revisions";
import type { GroupRecord } from "../store/groupRecord";
import { groupOf, idOf, type GroupNames } from "./groupRecords";

/** Groups of a time that was scored again. */
export interface AmendedGroups {
    /** All of them, withdrawn ones too, as they are to be kept. */
    readonly groups: readonly GroupRecord[];
    /** Those that are anomalies now and were not, or say something else. */
    readonly changed: readonly GroupRecord[];
    readonly withdrawn: readonly GroupRecord[];
}

type Kind = NonNullable<GroupRecord["amended"]>["kind"];

/**
 * Puts what scoring a time again gave in the place of the groups that were known of it: new ones are raised, those that say something else
 * revised, those that are no more withdrawn. Versions only grow. `at` is when that was done.
 */
export function amendGroups(
    names: GroupNames,
    before: readonly GroupRecord[],
    after: readonly GroupRecord[],
    at: number,
): AmendedGroups {
    const known = new Map(before.map((group) => [group.id, group]));
    const standing = before.filter(({ amended }) => amended?.kind !== "withdrawn");
    const revisions = revisionsOf(
        standing.map((group) => groupOf(names, group)),
        after.map((group) => groupOf(names, group)),
    );
    const byId = new Map(revisions.map((revision) => [idOf(names, groupIn(revision)), revision]));
    const changed: GroupRecord[] = [];
    const groups = after.map((group) => {
        const revision = byId.get(group.id);
        const next = amended(names, group, { known, revision, at });
        if (revision !== undefined) changed.push(next);
        return next;
    });
    const present = new Set(after.map(({ id }) => id));
    const movedTo = new Map(revisions.flatMap((revision) => moveOf(names, revision)));
    const withdrawn: GroupRecord[] = [];
    for (const group of before) {
        if (present.has(group.id)) continue;
        if (group.amended?.kind === "withdrawn") groups.push(group);
        else {
            const tellings = (group.amended?.tellings ?? 0) + 1;
            const gone = marked({ ...group, isOpen: false }, group, "withdrawn", {
                at,
                tellings,
                other: movedTo.get(group.id),
            });
            groups.push(gone);
            withdrawn.push(gone);
        }
    }
    return { groups, changed, withdrawn };
}

/** What a group that was found again keeps of what is known of it. */
export function carriedOver(group: GroupRecord, known: GroupRecord | undefined): GroupRecord {
    if (known === undefined) return group;
    const version = Math.max(group.version ?? 1, (known.version ?? 1) + (isAsBefore(group, known) ? 0 : 1));
    return { ...group, version, ...(known.amended === undefined ? {} : { amended: known.amended }) };
}

function amended(
    names: GroupNames,
    group: GroupRecord,
    of: {
        readonly known: ReadonlyMap<string, GroupRecord>;
        readonly revision: Revision | undefined;
        readonly at: number;
    },
): GroupRecord {
    const { known, revision, at } = of;
    const same = known.get(group.id);
    if (revision === undefined) return carriedOver(group, same);
    const wasWithdrawn = same?.amended?.kind === "withdrawn";
    const tellings = (same?.amended?.tellings ?? 0) + (wasWithdrawn ? 1 : 0);
    const other = moveOf(names, revision)[0]?.[0];
    return marked(group, same, revision.kind, { at, tellings, other: other ?? same?.amended?.other });
}

function marked(
    group: GroupRecord,
    before: GroupRecord | undefined,
    kind: Kind,
    { at, tellings, other }: { readonly at: number; readonly tellings: number; readonly other: string | undefined },
): GroupRecord {
    const version = before === undefined ? group.version : Math.max(group.version ?? 1, (before.version ?? 1) + 1);
    return { ...group, version, amended: { kind, at, tellings, ...(other === undefined ? {} : { other }) } };
}

/** The old and the new id of a group whose start moved. */
function moveOf(names: GroupNames, revision: Revision): [before: string, after: string][] {
    if (revision.kind !== "revised") return [];
    const [before, after] = [idOf(names, revision.before), idOf(names, revision.after)];
    return before === after ? [] : [[before, after]];
}

const groupIn = (revision: Revision): AnomalyGroup =>
    revision.kind === "withdrawn" ? revision.before : revision.after;

const contentOf = ({ version: _version, amended: _amended, isOpen: _isOpen, ...content }: GroupRecord): string =>
    JSON.stringify(content);

const isAsBefore = (one: GroupRecord, other: GroupRecord): boolean => contentOf(one) === contentOf(other);
