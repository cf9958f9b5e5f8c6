import { spanOf } from "./history";
import { learnTable, requireUsable } from "./learn";
import type { Work } from "./work";

/**
 * Learns from all that is there and writes the run's first progress. Repeating it after a crash writes the same again. Scoring begins at
 * the work's `now` when there is nothing to learn from at all. Throws UnusableRowsError when there are rows and none can be used, naming
 * column, row and value.
 */
export async function learnRun(work: Work): Promise<void> {
    const { store, calendar, services, detector } = work;
    if ((await store.progress()) !== undefined) return;
    const { table, end } = await work.reader.past({
        watch: (done) => services.watch?.({ detector, stage: "read", done }),
    });
    requireUsable(table);
    await learnTable(work, table, { ...spanOf(table, end ?? calendar.positionOf(work.now)), isBacktest: false });
}
