import type { Clock } from "./clock";
import { readFirst } from "./snapshotFirst";
import { at as offsets, numberNames, numbersOfSeries } from "./numbers";
import { shapeOf } from "./shape";
import { createState, scalarNames, seriesCount, type EngineState } from "./state";

/*
 * A state as bytes, little-endian: "LKES", version, length of the header, the header (JSON, padded to eight bytes), then the arrays.
 * The header lists the scalars by name, so that a version that keeps more of them still reads this one.
 */

const magic = 0x53454b4c;
const version = 4;
/** Written while nothing needs a later one: an engine that reads no further knows neither of clocks nor of months. */
const versionWithoutCalendar = 3;
const prefixBytes = 12;

interface Header {
    readonly intervalSeconds: number;
    readonly measures: number;
    readonly combinations: number;
    readonly scalars: readonly string[];
    /** Names of the numbers in 32 bits; absent in version 1. */
    readonly numbers?: readonly string[];
    /** Keys of the scopes' numbers and their count; absent in snapshots of before there were any. */
    readonly scopes?: readonly (readonly [string, number])[];
    /** Absent where clocks never change, and in snapshots of before seasons went by the clock. */
    readonly clock?: Clock;
    /** Days of the month that are kept, after the numbers; absent where none has an effect. */
    readonly monthSlots?: number;
}

/** The state as bytes; equal states give equal bytes. */
export function saveSnapshot(state: EngineState): Uint8Array {
    const { shape, combinations } = state;
    const count = seriesCount(state);
    const month = state.month.subarray(0, count * shape.monthSlots);
    const header: Header = {
        intervalSeconds: shape.intervalSeconds,
        measures: shape.measures,
        combinations,
        scalars: scalarNames,
        numbers: numberNames,
        scopes: [...state.scopes].map(([key, numbers]) => [key, numbers.length] as const),
        ...(shape.clock.length === 0 ? {} : { clock: shape.clock }),
        ...(month.some((effect) => effect !== 0) ? { monthSlots: shape.monthSlots } : {}),
    };
    const text = new TextEncoder().encode(padded(JSON.stringify(header)));
    const parts: ArrayBufferView[] = [
        new Uint32Array([magic, versionOf(header), text.length]),
        text,
        ...state.scopes.values(),
        ...scalarNames.map((name) => state.scalars[name].subarray(0, count)),
        state.short.subarray(0, count * shape.shortSlots),
        state.week.subarray(0, count * shape.weekSlots),
        state.numbers.subarray(0, count * numbersOfSeries),
        ...(header.monthSlots === undefined ? [] : [month]),
    ];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let at = 0;
    for (const part of parts) {
        bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
        at += part.byteLength;
    }
    return bytes;
}

const versionOf = ({ clock, monthSlots }: Header): number =>
    clock === undefined && monthSlots === undefined ? versionWithoutCalendar : version;

/** The state that `saveSnapshot` was given. Throws RangeError for bytes that are no snapshot, or one of a later version. */
export function loadSnapshot(bytes: Uint8Array): EngineState {
    const header = readHeader(bytes);
    const state = createState(shapeOf(header.intervalSeconds, header.measures, header.clock), header.combinations);
    const count = seriesCount(state);
    const { shortSlots, weekSlots } = state.shape;
    let at = prefixBytes + new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true);
    const read = (into: ArrayBufferView): void => {
        const part = bytes.subarray(at, at + into.byteLength);
        if (part.length !== into.byteLength)
            throw new RangeError(`engine snapshot is cut off at ${bytes.length} bytes`);
        new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(part);
        at += into.byteLength;
    };
    for (const [key, length] of header.scopes ?? []) {
        const numbers = new Float64Array(length);
        read(numbers);
        state.scopes.set(key, numbers);
    }
    const old = new Map<string, Float64Array>();
    for (const name of header.scalars) {
        const known = scalarNames.find((candidate) => candidate === name);
        const numbers = known === undefined ? new Float64Array(count) : state.scalars[known].subarray(0, count);
        read(numbers);
        old.set(name, numbers);
    }
    read(state.short.subarray(0, count * shortSlots));
    read(state.week.subarray(0, count * weekSlots));
    if (header.numbers === undefined) {
        // The visits of each slot, which nothing needs any more.
        read(new Uint8Array(count * (shortSlots + weekSlots)));
        readFirst(state, old);
        return state;
    }
    const numbers = new Float32Array(count * header.numbers.length);
    read(numbers);
    placeNumbers(state, header.numbers, numbers);
    if (header.monthSlots !== undefined) read(state.month.subarray(0, count * header.monthSlots));
    return state;
}

/** Numbers by the names of their time; those that are new stay 0. */
function placeNumbers(state: EngineState, names: readonly string[], numbers: Float32Array): void {
    const places = names.map((name) => (offsets as Readonly<Record<string, number | undefined>>)[name]);
    for (let series = 0; series < seriesCount(state); series++)
        places.forEach((place, k) => {
            if (place !== undefined)
                state.numbers[series * numbersOfSeries + place] = numbers[series * names.length + k]!;
        });
}

function readHeader(bytes: Uint8Array): Header {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < prefixBytes || view.getUint32(0, true) !== magic)
        throw new RangeError("these bytes are no engine snapshot");
    const found = view.getUint32(4, true);
    if (found > version)
        throw new RangeError(`engine snapshot has version ${found}; this engine reads up to version ${version}`);
    const text = bytes.subarray(prefixBytes, prefixBytes + view.getUint32(8, true));
    return JSON.parse(new TextDecoder().decode(text)) as Header;
}

/** Padded so that what follows lies on a multiple of eight bytes. */
function padded(json: string): string {
    const length = new TextEncoder().encode(json).length;
    return json + " ".repeat((8 - ((prefixBytes + length) % 8)) % 8);
}
