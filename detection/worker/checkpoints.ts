import type { CheckpointRecord } from "../store/records";
import type { Calendar } from "./calendar";

/*
 * States of the past, from which scoring begins again when rows came late: dense near the head, sparser further back. Which ones are kept
 * depends on positions alone, so that a run comes to the same however its windows came.
 *
 *   age of the head    4   8        16                 32                                   64 …
 *   kept            ●  ●   ●        ●                  ●                                    ●
 */

/** Positions between the densest checkpoints. */
const densest = 4;
/** Intervals that can be scored again at least: the longest lateness of a configuration is 40. */
const fewestIntervals = 48;
/** Days that can be scored again at least: an outage over a long week-end, and what is parked in it is tried again within a day more. */
const fewestDays = 4;

/** Intervals back from the head within which a window that changes is scored again. */
export const horizonOf = ({ intervalSeconds }: Pick<Calendar, "intervalSeconds">): number =>
    Math.max(fewestIntervals, Math.ceil((fewestDays * 86_400) / intervalSeconds));

/** Whether the state before the interval at a position is worth keeping. */
export const isCheckpoint = (position: number): boolean => position % densest === 0;

/** The checkpoints to be kept when the head is at a position; `first` is that of the learned state, which has a place of its own. */
export function keptCheckpoints(
    checkpoints: readonly CheckpointRecord[],
    calendar: Calendar,
    { head, first }: { readonly head: number; readonly first: number },
): CheckpointRecord[] {
    const horizon = horizonOf(calendar);
    const sparsest = sparsestOf(horizon);
    return checkpoints.filter(({ at }) => {
        const position = calendar.positionOf(at);
        const spacing = position === first ? sparsest : Math.min(sparsest, spacingOf(position));
        return head - position <= (spacing === sparsest ? horizon + sparsest : 2 * spacing);
    });
}

/** The newest checkpoint from which an interval can be scored again; undefined when it is too far back. */
export const checkpointFor = (checkpoints: readonly CheckpointRecord[], start: number): CheckpointRecord | undefined =>
    checkpoints.findLast(({ at }) => at <= start);

/** Largest power of two, from the densest on, that divides a position. */
function spacingOf(position: number): number {
    let spacing = densest;
    while (position % (2 * spacing) === 0 && spacing < 2 ** 30) spacing *= 2;
    return position % densest === 0 ? spacing : 0;
}

function sparsestOf(horizon: number): number {
    let spacing = densest;
    while (2 * spacing < horizon) spacing *= 2;
    return spacing;
}
