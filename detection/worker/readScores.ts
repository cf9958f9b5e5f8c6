import { isSized } from "../engine/feedback";
import type { ProgressRecord } from "../store/records";
import type { RunStore } from "../store/runs";
import type { Stretch } from "../store/stretch";
import type { Calendar } from "./calendar";
import { stretchOf } from "./scoring";

/** One interval of some series. */
export interface ScoredPosition {
    readonly position: number;
    /** `learned`, `scored`, or why the interval failed. */
    readonly outcome: string;
    /** In the order of the series that were asked for; NaN where there is nothing. */
    readonly points: readonly {
        readonly value: number;
        readonly expected: number;
        readonly lower: number;
        readonly upper: number;
        readonly severity: number;
        /** Indices into the engine's names of evidence and verdicts; 0 in what an earlier version scored. */
        readonly evidence: number;
        readonly verdict: number;
        /** Deviation in usual deviations, signed, of a value that was anomalous by itself; absent where it was not kept. */
        readonly scaled?: number;
    }[];
}

/** A run whose scores are read. */
export interface ScoredRun {
    readonly store: RunStore;
    readonly calendar: Calendar;
    readonly progress: ProgressRecord;
}

/**
 * Scores of some series over a span of positions, both ends inclusive, oldest first. Intervals of which nothing was kept are left out.
 * Reads one object for each 128 intervals.
 */
export async function readScores(
    run: ScoredRun,
    { first, last, series }: { readonly first: number; readonly last: number; readonly series: readonly number[] },
): Promise<ScoredPosition[]> {
    const through = run.calendar.positionOf(run.progress.scoredThrough);
    const from = Math.max(first, run.calendar.positionOf(run.progress.since));
    const to = Math.min(last, through - 1);
    const starts: number[] = [];
    for (let start = stretchOf(from); start <= to; start = stretchOf(start + 128)) starts.push(start);
    const stretches = await Promise.all(starts.map((start) => readStretch(run, start)));
    const found: ScoredPosition[] = [];
    for (const stretch of stretches) {
        if (stretch === undefined) continue;
        for (let i = 0; i < stretch.outcomes.length; i++) {
            const position = stretch.first + i;
            if (position < from || position > to) continue;
            found.push({
                position,
                outcome: stretch.outcomes[i]!,
                points: series.map((s) => pointOf(stretch, i, s)),
            });
        }
    }
    return found;
}

/** The stretch of scores that begins at a position (see `stretchOf`); undefined when nothing of that time was kept. */
export async function readStretch(
    { store, calendar, progress }: ScoredRun,
    start: number,
): Promise<Stretch | undefined> {
    const isOpen = start === stretchOf(calendar.positionOf(progress.openSince));
    return isOpen ? store.open(progress) : store.closed(progress, calendar.startOf(start));
}

function pointOf(stretch: Stretch, interval: number, series: number): ScoredPosition["points"][number] {
    // A series that appeared later has nothing here.
    if (series >= stretch.series) return nothing;
    const at = interval * stretch.series + series;
    return {
        value: stretch.value[at]!,
        expected: stretch.expected[at]!,
        lower: stretch.lower[at]!,
        upper: stretch.upper[at]!,
        severity: stretch.severity[at]!,
        evidence: stretch.evidence[at]!,
        verdict: stretch.verdict[at]!,
        ...(isSized(stretch.verdict[at]!) ? sizeOf(stretch, interval, series) : {}),
    };
}

function sizeOf({ sizes }: Stretch, interval: number, series: number): { scaled?: number } {
    const size = sizes.find(([i, s]) => i === interval && s === series);
    return size === undefined ? {} : { scaled: size[2] };
}

const nothing = { value: NaN, expected: NaN, lower: NaN, upper: NaN, severity: 0, evidence: 0, verdict: 0 };
