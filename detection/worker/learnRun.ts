import { spanOf } from "./history";
import { learnTable, requireUsable } from "./learn";
import { openSpill, shardCount, writePlan } from "./shards";
import type { Work } from "./work";

/**
 * Learns from all that is there and writes the run's first progress. Repeating it after a crash writes the same again. Scoring begins at
 * the work's `now` when there is nothing to learn from at all. A history that is too large to be learned in one go is written by shard,
 * with a plan for them: `learnShard` and `mergeShards` do the rest. Gives what came of it. Throws UnusableRowsError when there are rows
 * and none can be used, naming column, row and value.
 */
export async function learnRun(work: Work): Promise<"learned" | "planned"> {
    const { store, calendar, services, detector } = work;
    if ((await store.progress()) !== undefined) return "learned";
    if ((await work.learning.plan()) !== undefined) return "planned";
    const spill = openSpill(work);
    const { table, end } = await work.reader.past({
        watch: (done) => services.watch?.({ detector, stage: "read", done }),
        prepare: (empty) => {
            empty.mostCells = services.mostCells ?? empty.mostCells;
            empty.relief = () => spill.spill(empty);
        },
    });
    requireUsable(table);
    const span = spanOf(table, end ?? calendar.positionOf(work.now), spill.parts === 0 ? 1 : shardCount);
    if (spill.parts === 0) await learnTable(work, table, { ...span, isBacktest: false });
    else await writePlan(work, spill, table, span);
    return spill.parts === 0 ? "learned" : "planned";
}
