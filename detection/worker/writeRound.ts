import { seriesCount } from "../engine/state";
import type { GroupRecord } from "../store/groupRecord";
import { openGroups } from "../store/groups";
import { addQuality } from "../store/quality";
import { presentAmendment, type AmendmentRecord, type CheckpointRecord, type ProgressRecord } from "../store/records";
import { amendGroups, carriedOver, type AmendedGroups } from "./amendedGroups";
import { isCheckpoint, keptCheckpoints } from "./checkpoints";
import { completeDays, namesOf, recordOf } from "./groupRecords";
import { pastOf } from "./pastState";
import type { Scored } from "./scoreReady";
import { stretchOf } from "./scoring";
import type { Work } from "./work";
import { writeScores } from "./writeScores";

/** What was written for a round. */
export interface WrittenRound {
    readonly after: ProgressRecord;
    /** Groups that alerts may have to tell of. */
    readonly groups: readonly GroupRecord[];
    /** Groups that are no more. */
    readonly withdrawn: readonly GroupRecord[];
}

/** Writes all that the new progress names, and gives it. */
export async function writeRound(work: Work, seen: ProgressRecord, scored: Scored): Promise<WrittenRound> {
    const { store, calendar } = work;
    const { state, through, amendment } = scored;
    const amendments = amendmentsAfter(work, seen, scored);
    const writer = store.writer(presentAmendment({ amendments }));
    const stretch = amendment?.stretch ?? (await store.open(seen));
    const series = seriesCount(state.engine);
    const openSince = await writeScores({ store: writer, calendar }, stretch, scored.intervals, through, series);
    const { kept, ...found } = groupsAfter(work, seen, scored);
    const checkpoints = await checkpointsAfter(work, seen, scored, amendments);
    const oldest = checkpoints?.[0];
    // Days that may yet be scored again stay in the progress.
    const settled = Math.min(through, oldest?.at ?? through, oldest?.openSince ?? through);
    const { days, ...recent } = completeDays(kept, settled);
    const groupStore = openGroups(work.services.buckets.store, work.detector, work.run);
    await groupStore.writeDays(days, { from: seen.groupsSince, to: recent.groupsSince });
    const { combinations } = state;
    if (combinations.length !== seen.combinations || amendment !== undefined)
        await writer.writeCombinations(combinations);
    await writer.writeModel(through, state.engine);
    const read = [...(seen.read ?? []), ...scored.windows].slice(-work.reader.remembers);
    const after = {
        ...seen,
        ...recent,
        openSince,
        scoredThrough: through,
        points: state.points,
        combinations: combinations.length,
        quality: addQuality(seen.quality, state.quality),
        ...(amendments.length === 0 ? {} : { amendments }),
        ...(seen.isBacktest === true ? {} : { read, checkpoints }),
    };
    return { after, ...found };
}

/** What was scored again lies under the new name from the stretch on in which that began. */
function amendmentsAfter(
    { calendar }: Work,
    { amendments = [] }: ProgressRecord,
    { first, amendment }: Scored,
): AmendmentRecord[] {
    if (amendment === undefined) return amendments;
    const from = calendar.startOf(stretchOf(first));
    return [...amendments.filter((earlier) => earlier.from < from), { from, id: amendment.id }];
}

/** The groups that are kept, those to tell of, and those that are no more. */
function groupsAfter(work: Work, seen: ProgressRecord, { state, amendment }: Scored) {
    const names = namesOf(work);
    const found = [
        ...state.closed.map((group) => recordOf(names, state.combinations, group, false)),
        ...state.open.map((group) => recordOf(names, state.combinations, group, true)),
    ];
    if (amendment === undefined) {
        const known = new Map(seen.groups.map((group) => [group.id, group]));
        const groups = found.map((group) => carriedOver(group, known.get(group.id)));
        return { kept: [...seen.groups.filter(({ isOpen }) => !isOpen), ...groups], groups, withdrawn: [] };
    }
    const before = new Set(amendment.before);
    const { groups, changed, withdrawn }: AmendedGroups = amendGroups(names, amendment.before, found, work.now);
    return { kept: [...seen.groups.filter((group) => !before.has(group)), ...groups], groups: changed, withdrawn };
}

/** The checkpoints that the progress names; undefined for a back-test, which is not scored again. */
async function checkpointsAfter(
    work: Work,
    seen: ProgressRecord,
    { state, checkpoints, through, amendment }: Scored,
    amendments: readonly AmendmentRecord[],
): Promise<CheckpointRecord[] | undefined> {
    if (seen.isBacktest === true) return undefined;
    const { calendar } = work;
    const head = calendar.positionOf(through);
    const since = amendment?.since.at ?? Infinity;
    const all = [...(seen.checkpoints ?? []).filter(({ at }) => at <= since), ...checkpoints];
    if (isCheckpoint(head)) {
        // Its model is that of the round.
        const present = presentAmendment({ amendments: [...amendments] });
        const { checkpoint, open } = pastOf(work, state, head, present);
        if (open.length > 0) await work.store.writer(present).writeOpenGroups(through, open);
        all.push(checkpoint);
    }
    return keptCheckpoints(all, calendar, { head, first: calendar.positionOf(seen.scoredFrom) });
}
