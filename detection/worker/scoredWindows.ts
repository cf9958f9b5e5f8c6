import { noQuality } from "../store/quality";
import type { Combinations, ProgressRecord } from "../store/records";
import { scored, type Stretch } from "../store/stretch";
import { readStretch } from "./readScores";
import { combinationKey } from "./rowTable";
import { stretchOf } from "./scoring";
import type { ReadWindow } from "./windowReader";
import type { Work } from "./work";

/** Intervals as they were scored, to be scored again: their rows need not be read for it. */
export interface ScoredWindows {
    /** Position of the next interval to score. */
    readonly head: number;
    /** One interval that was scored. Throws RangeError for any other. */
    window(position: number): Promise<ReadWindow>;
    /** The stretch of scores that holds a position. */
    stretch(position: number): Promise<Stretch | undefined>;
}

export function openScored({ store, calendar, metricSet }: Work, progress: ProgressRecord): ScoredWindows {
    const measures = metricSet.measures.length;
    let current: Stretch | undefined;
    const stretch = async (position: number): Promise<Stretch | undefined> => {
        const holds = current !== undefined && stretchOf(current.first) === stretchOf(position);
        return holds ? current : (current = await readStretch({ store, calendar, progress }, stretchOf(position)));
    };
    return {
        head: calendar.positionOf(progress.scoredThrough),
        stretch,
        window: async (position) => {
            const found = await stretch(position);
            const outcome = found?.outcomes[position - found.first];
            if (found === undefined || outcome === undefined)
                throw new RangeError(`the interval at position ${position} was not scored, or its scores are gone`);
            const read = { first: position, last: position, tag: "" };
            if (outcome !== scored) return { ...read, failure: outcome };
            return {
                ...read,
                table: tableOf(found, position, { measures, names: await store.combinations(progress) }),
            };
        },
    };
}

/** Whether an interval that was read again has the very values that it was scored with. */
export async function isAsScored(stored: ScoredWindows, window: ReadWindow): Promise<boolean> {
    for (let position = window.first; position <= window.last; position++) {
        const before = await stored.window(position);
        const [was, is] = [valuesOf(before, position), valuesOf(window, position)];
        if (was.size !== is.size || ![...was].every(([key, values]) => isSame(values, is.get(key)))) return false;
    }
    return true;
}

/** The first intervals of a stretch, as they were when there were so many series. */
export function headOf(stretch: Stretch, intervals: number, series: number): Stretch {
    const cut = <T extends Float64Array | Float32Array | Uint8Array>(column: T): T => {
        const kept = new (column.constructor as new (size: number) => T)(intervals * series);
        for (let i = 0; i < intervals; i++)
            kept.set(column.subarray(i * stretch.series, i * stretch.series + series), i * series);
        return kept;
    };
    return {
        first: stretch.first,
        outcomes: stretch.outcomes.slice(0, intervals),
        series,
        value: cut(stretch.value),
        expected: cut(stretch.expected),
        lower: cut(stretch.lower),
        upper: cut(stretch.upper),
        severity: cut(stretch.severity),
        evidence: cut(stretch.evidence),
        verdict: cut(stretch.verdict),
        sizes: stretch.sizes.filter(([interval, s]) => interval < intervals && s < series),
    };
}

interface Naming {
    readonly measures: number;
    readonly names: Combinations;
}

/** One interval's values by the names of their combinations, as a table of rows gives them. */
function tableOf(stretch: Stretch, position: number, { measures, names }: Naming): NonNullable<ReadWindow["table"]> {
    const at = (position - stretch.first) * stretch.series;
    const present: string[][] = [];
    const places = new Map<string, number>();
    for (let c = 0; c * measures < stretch.series; c++) {
        const own = stretch.value.subarray(at + c * measures, at + (c + 1) * measures);
        if (own.every(Number.isNaN)) continue;
        present.push(names[c]!);
        places.set(combinationKey(names[c]!), c);
    }
    return {
        combinations: present,
        quality: noQuality(),
        values: (combinations) => {
            const values = new Float64Array(combinations.length * measures).fill(NaN);
            combinations.forEach((name, c) => {
                const place = places.get(combinationKey(name));
                if (place === undefined) return;
                for (let m = 0; m < measures; m++) values[c * measures + m] = stretch.value[at + place * measures + m]!;
            });
            return values;
        },
    };
}

function valuesOf({ table, failure }: ReadWindow, position: number): Map<string, Float64Array> {
    const values = new Map<string, Float64Array>();
    if (table === undefined || failure !== undefined) return values;
    const width = table.values(table.combinations.slice(0, 1), position, 1).length;
    const all = table.values(table.combinations, position, 1);
    table.combinations.forEach((name, c) => {
        const own = all.slice(c * width, (c + 1) * width);
        if (!own.every(Number.isNaN)) values.set(combinationKey(name), own);
    });
    return values;
}

const isSame = (one: Float64Array, other: Float64Array | undefined): boolean =>
    other !== undefined && one.every((value, i) => Object.is(value, other[i]));
