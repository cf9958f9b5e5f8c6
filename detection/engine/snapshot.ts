import { shapeOf } from "./shape";
import { createState, scalarNames, seriesCount, type EngineState } from "./state";

/*
 * A state as bytes, little-endian: "LKES", version, length of the header, the header (JSON, padded to eight bytes), then the arrays.
 * The header lists the scalars by name, so that a version that keeps more of them still reads this one.
 */

const magic = 0x53454b4c;
const version = 1;
const prefixBytes = 12;

interface Header {
    readonly intervalSeconds: number;
    readonly measures: number;
    readonly combinations: number;
    readonly scalars: readonly string[];
    /** Keys of the scopes' numbers and their count; absent in snapshots of before there were any. */
    readonly scopes?: readonly (readonly [string, number])[];
}

/** The state as bytes; equal states give equal bytes. */
export function saveSnapshot(state: EngineState): Uint8Array {
    const { shape, combinations } = state;
    const count = seriesCount(state);
    const header: Header = {
        intervalSeconds: shape.intervalSeconds,
        measures: shape.measures,
        combinations,
        scalars: scalarNames,
        scopes: [...state.scopes].map(([key, numbers]) => [key, numbers.length] as const),
    };
    const text = new TextEncoder().encode(padded(JSON.stringify(header)));
    const parts: ArrayBufferView[] = [
        new Uint32Array([magic, version, text.length]),
        text,
        ...state.scopes.values(),
        ...scalarNames.map((name) => state.scalars[name].subarray(0, count)),
        state.short.subarray(0, count * shape.shortSlots),
        state.week.subarray(0, count * shape.weekSlots),
        state.shortVisits.subarray(0, count * shape.shortSlots),
        state.weekVisits.subarray(0, count * shape.weekSlots),
    ];
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
    let at = 0;
    for (const part of parts) {
        bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
        at += part.byteLength;
    }
    return bytes;
}

/** The state that `saveSnapshot` was given. Throws RangeError for bytes that are no snapshot, or one of a later version. */
export function loadSnapshot(bytes: Uint8Array): EngineState {
    const header = readHeader(bytes);
    const state = createState(shapeOf(header.intervalSeconds, header.measures), header.combinations);
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
    for (const name of header.scalars) {
        const known = scalarNames.find((candidate) => candidate === name);
        read(known === undefined ? new Float64Array(count) : state.scalars[known].subarray(0, count));
    }
    read(state.short.subarray(0, count * shortSlots));
    read(state.week.subarray(0, count * weekSlots));
    read(state.shortVisits.subarray(0, count * shortSlots));
    read(state.weekVisits.subarray(0, count * weekSlots));
    return state;
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
