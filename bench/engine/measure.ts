import { judge, learnHistory, type Detector } from "../../detection/engine/detector";
import { loadSnapshot, saveSnapshot } from "../../detection/engine/snapshot";
import type { EngineState } from "../../detection/engine/state";
import { openHoltWinters, stepHoltWinters } from "./holtWinters";
import { detectorOf, emptyState, firstPosition, historyOf, valueOf } from "./workload";

/** Called now and then with what is being done. */
export type Tell = (text: string) => void;

/**
 * Milliseconds of processor time that this process has used, the collector's included: on a machine of its own what a clock on the wall
 * shows, and the same beside other work.
 */
function usedMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
}

export interface Speed {
    readonly series: number;
    /** Milliseconds of processor time for one interval of all series: the median, and the slowest. */
    readonly intervalMs: number;
    readonly slowestMs: number;
    readonly pointsPerSecond: number;
}

/** Intervals that are judged before the clock runs, so that the code is compiled. */
const warmUp = 8;

/** Judges intervals that follow on `learned`, the way the service does, and times each. `profiles` is the number of different series. */
export function timeJudging(
    detector: Detector,
    run: { readonly learned: number; readonly profiles: number; readonly intervals: number },
): Speed {
    const series = detector.combinations.length * detector.engine.shape.measures;
    return timeIntervals(series, run, (position, values) => void judge(detector, position, values));
}

/** The same intervals by the reference. */
export function timeReference(
    series: number,
    run: { readonly learned: number; readonly profiles: number; readonly intervals: number },
): Speed {
    const state = openHoltWinters(series);
    let outside = 0;
    const speed = timeIntervals(
        series,
        run,
        (position, values) => (outside += stepHoltWinters(state, position, values)),
    );
    // Used, so that no compiler leaves the loop out.
    if (outside < 0) throw new Error("fewer than no values");
    return speed;
}

function timeIntervals(
    series: number,
    {
        learned,
        profiles,
        intervals,
    }: { readonly learned: number; readonly profiles: number; readonly intervals: number },
    work: (position: number, values: Float64Array) => void,
): Speed {
    const times: number[] = [];
    for (let k = 0; k < warmUp + intervals; k++) {
        const i = learned + k;
        const values = Float64Array.from({ length: series }, (_, s) => valueOf(s % profiles, s, i));
        const began = usedMs();
        work(firstPosition + i, values);
        if (k >= warmUp) times.push(usedMs() - began);
    }
    const total = times.reduce((sum, time) => sum + time, 0);
    times.sort((a, b) => a - b);
    return {
        series,
        intervalMs: times[times.length >> 1]!,
        slowestMs: times.at(-1)!,
        pointsPerSecond: (series * intervals * 1000) / total,
    };
}

export interface Learning {
    readonly series: number;
    readonly points: number;
    readonly seconds: number;
    readonly pointsPerSecond: number;
}

/** Series that are learned at once: what a shard holds, and what the history in memory is sized by. */
const shardSeries = 2000;

/** Learns series over some points each, in shards as the service does; the making of the history is not timed. */
export function timeLearning(series: number, length: number, tell: Tell): Learning {
    let ms = 0;
    for (let from = 0; from < series; from += shardSeries) {
        const to = Math.min(series, from + shardSeries);
        const detector = detectorOf(emptyState(to - from));
        const history = { first: firstPosition, length, values: historyOf(from, to, length) };
        const began = usedMs();
        learnHistory(detector, history);
        ms += usedMs() - began;
        tell(`${to.toLocaleString("en")} of ${series.toLocaleString("en")} series`);
    }
    const points = series * length;
    return { series, points, seconds: ms / 1000, pointsPerSecond: (points * 1000) / ms };
}

export interface Snapshot {
    readonly series: number;
    readonly bytesPerSeries: number;
    readonly saveMs: number;
    readonly loadMs: number;
}

/** Saves and loads a state, the best of three. */
export function timeSnapshot(state: EngineState, series: number): Snapshot {
    let [saveMs, loadMs, bytes] = [Infinity, Infinity, 0];
    for (let round = 0; round < 3; round++) {
        const began = usedMs();
        const saved = saveSnapshot(state);
        const between = usedMs();
        loadSnapshot(saved);
        saveMs = Math.min(saveMs, between - began);
        loadMs = Math.min(loadMs, usedMs() - between);
        bytes = saved.length;
    }
    return { series, bytesPerSeries: bytes / series, saveMs, loadMs };
}
