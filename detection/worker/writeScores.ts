import { appendIntervals, emptyStretch, stretchLength, type Stretch, type StretchInterval } from "../store/stretch";
import { stretchOf } from "./scoring";
import type { RunWriter } from "../store/runs";
import type { Calendar } from "./calendar";

/** What scores are written with: a run's store, or what writes for an amendment. */
export interface ScoreWriter {
    readonly store: Pick<RunWriter, "writeOpen" | "writeClosed">;
    readonly calendar: Calendar;
}

/** Puts intervals at the end of the growing stretch and closes the ones that are full; gives the start of the one that grows on. */
export async function writeScores(
    work: ScoreWriter,
    open: Stretch,
    intervals: readonly StretchInterval[],
    through: number,
    series: number,
): Promise<number> {
    const growing = await appendScores(work, open, intervals, series);
    await work.store.writeOpen(through, growing);
    return work.calendar.startOf(growing.first);
}

/** Puts intervals at the end of a stretch, writes the ones that are full, and gives the one that grows on. */
export async function appendScores(
    { store, calendar }: ScoreWriter,
    open: Stretch,
    intervals: readonly StretchInterval[],
    series: number,
): Promise<Stretch> {
    let growing = open;
    for (let i = 0; i < intervals.length;) {
        const next = growing.first + growing.outcomes.length;
        const room = stretchOf(growing.first) + stretchLength - next;
        growing = appendIntervals(growing, series, intervals.slice(i, i + room));
        i += room;
        if (intervals.length >= i) {
            await store.writeClosed(calendar.startOf(stretchOf(growing.first)), growing);
            growing = emptyStretch(growing.first + growing.outcomes.length, series);
        }
    }
    return growing;
}
