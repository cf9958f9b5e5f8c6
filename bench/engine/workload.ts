import type { Detector } from "../../detection/engine/detector";
import type { EngineOptions } from "../../detection/engine/options";
import { mergeStates } from "../../detection/engine/shards";
import { shapeOf } from "../../detection/engine/shape";
import { createState, seriesCount, type EngineState } from "../../detection/engine/state";

/*
 * Series to measure the engine's speed on: hourly, two measures (one in five of them a sparse count), the season of a week, noise, now and
 * then a spike. Their quality is no subject here, so they are cheap to make; the same numbers in every run.
 */

export const measures = 2;
const weekHours = 168;
/** A Monday's midnight. */
export const firstPosition = weekHours * 2900;
/** One value in so many is a spike. */
const spikeEvery = 4000;

/** A number in [0, 1) that looks like chance. */
function shuffled(a: number, b: number): number {
    let t = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
    t = Math.imul(t ^ (t >>> 15), 0xc2b2ae35);
    t = Math.imul(t ^ (t >>> 13), 0x27d4eb2f);
    return ((t ^ (t >>> 16)) >>> 0) / 4294967296;
}

/** A week of the day's hump and a quieter weekend, around 1. */
const season = Float64Array.from({ length: weekHours }, (_, hour) => {
    const day = 1 + 0.5 * Math.cos((2 * Math.PI * ((hour % 24) - 14)) / 24);
    return hour >= 120 ? 0.7 * day : day;
});

/** Value of a series in the i-th interval. `profile` decides level and kind of the series, `series` its noise. */
export function valueOf(profile: number, series: number, i: number): number {
    const noise = shuffled(series, i);
    const spike = noise * spikeEvery < 1 ? 3 : 1;
    const expected = season[i % weekHours]!;
    if (profile % 5 === 4) return Math.floor(expected * (0.3 + noise * noise * noise * 4) * spike);
    const level = 20 * Math.pow(10, 3 * shuffled(profile, -7));
    return level * expected * (0.9 + 0.2 * noise) * spike;
}

/** History of series `from` up to `to` over `length` intervals, series by series. */
export function historyOf(from: number, to: number, length: number): Float64Array {
    const values = new Float64Array((to - from) * length);
    for (let s = from, at = 0; s < to; s++) for (let i = 0; i < length; i++) values[at++] = valueOf(s, s, i);
    return values;
}

/** What a user may have said: so the measured path has everything on. */
const options: EngineOptions = {
    measures: [{ minimumEffect: { relative: 0.02 }, sensitivity: "low" }, { direction: "both" }],
    events: [],
};

/** A detector around a state; combinations are of two dimensions, one of them with 50 values. */
export function detectorOf(engine: EngineState): Detector {
    const combinations = Array.from({ length: engine.combinations }, (_, c) => [
        `shop${c % 50}`,
        `item${Math.floor(c / 50)}`,
    ]);
    return { engine, combinations, options, open: [], feedback: [] };
}

export const emptyState = (series: number): EngineState => createState(shapeOf(3600, measures), series / measures);

/** A state of many series from one of few, whose series it repeats. */
export function repeated(state: EngineState, series: number): EngineState {
    return mergeStates(Array.from({ length: series / seriesCount(state) }, () => state));
}
