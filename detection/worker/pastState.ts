import { saveSnapshot } from "../engine/snapshot";
import type { AnomalyGroup } from "../engine/incidents";
import type { GroupRecord } from "../store/groupRecord";
import type { CheckpointRecord } from "../store/records";
import { isCheckpoint, keptCheckpoints } from "./checkpoints";
import { namesOf, recordOf } from "./groupRecords";
import type { RunState } from "./scoring";
import type { Work } from "./work";

/** States that a round passes and to which scoring may go back. */
export interface PastStates {
    /** Keeps the state before the interval at a position, where that is worth it: the state is about to change. */
    pass(state: RunState, position: number): Promise<void>;
    /** Writes what is still worth keeping when the round ends before a position; gives all that was written. */
    write(head: number): Promise<readonly CheckpointRecord[]>;
}

interface Held {
    readonly checkpoint: CheckpointRecord;
    readonly model: Uint8Array;
    readonly open: readonly GroupRecord[];
}

/** Bytes of models that are held back, so that what the round's end makes needless is not written: a handful of most detectors. */
const mostHeld = 64 * 1024 * 1024;

/** `first` is the position of the run's learned state; what is written lies under the amendment's name. */
export function openPastStates(work: Work, first: number, amendment: string | undefined): PastStates {
    const writer = work.store.writer(amendment);
    const written: CheckpointRecord[] = [];
    let held: Held[] = [];
    const write = async ({ checkpoint, model, open }: Held): Promise<void> => {
        await writer.writePastModel(checkpoint.at, model);
        if (open.length > 0) await writer.writeOpenGroups(checkpoint.at, open);
        written.push(checkpoint);
    };
    const prune = (head: number): void => {
        const records = held.map(({ checkpoint }) => checkpoint);
        const kept = new Set(keptCheckpoints(records, work.calendar, { head, first }));
        held = held.filter(({ checkpoint }) => kept.has(checkpoint));
    };
    return {
        pass: async (state, position) => {
            if (!isCheckpoint(position)) return;
            prune(position);
            held.push({ ...pastOf(work, state, position, amendment), model: saveSnapshot(state.engine) });
            while (held.reduce((sum, { model }) => sum + model.byteLength, 0) > mostHeld) await write(held.shift()!);
        },
        write: async (head) => {
            prune(head);
            for (const one of held) await write(one);
            held = [];
            return written;
        },
    };
}

/** What there is to keep of a state beside its model. */
export function pastOf(
    work: Work,
    { open, points, combinations }: Pick<RunState, "open" | "points" | "combinations">,
    position: number,
    amendment: string | undefined,
): Omit<Held, "model"> {
    const names = namesOf(work);
    const groups = open.map((group: AnomalyGroup): GroupRecord => recordOf(names, combinations, group, true));
    const openSince = groups.length === 0 ? undefined : Math.min(...groups.map(({ start }) => start));
    const at = work.calendar.startOf(position);
    return { checkpoint: { at, points, combinations: combinations.length, openSince, amendment }, open: groups };
}
