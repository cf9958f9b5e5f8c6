import type { GridBlock } from "./grid";
import { combinationKey, type RowTable } from "./rowTable";

/*
 * Part of a shard's rows as bytes, little-endian: length of the header, the header (JSON, padded to eight bytes), then for each block its
 * sums and, where something is averaged, the rows behind each.
 */

interface Header {
    readonly combinations: readonly (readonly string[])[];
    /** For each block: index of its combination, and its place in time. */
    readonly blocks: readonly (readonly [number, number])[];
    /** Values of a block. */
    readonly cells: number;
    readonly hasCounts: boolean;
}

const prefixBytes = 8;

/** The shard that a combination belongs to, whatever others there are. */
export function shardOf(values: readonly string[], shards: number): number {
    let hash = 0x811c9dc5;
    for (const unit of Buffer.from(combinationKey(values))) hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
    return hash % shards;
}

export function encodePart(combinations: readonly (readonly string[])[], blocks: readonly GridBlock[]): Buffer {
    const [first] = blocks;
    const places = new Map<number, number>();
    for (const { member } of blocks) if (!places.has(member)) places.set(member, places.size);
    const header: Header = {
        combinations: [...places.keys()].map((member) => combinations[member]!),
        blocks: blocks.map(({ member, key }) => [places.get(member)!, key] as const),
        cells: first?.sums.length ?? 0,
        hasCounts: first?.counts !== undefined,
    };
    const json = JSON.stringify(header);
    const text = Buffer.from(json + " ".repeat((8 - (Buffer.byteLength(json) % 8)) % 8));
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32LE(text.length);
    const bytesOf = (array: Float64Array | Uint32Array): Buffer =>
        Buffer.from(array.buffer, array.byteOffset, array.byteLength);
    const arrays = blocks.flatMap(({ sums, counts }) =>
        counts === undefined ? [bytesOf(sums)] : [bytesOf(sums), bytesOf(counts)],
    );
    return Buffer.concat([prefix, text, ...arrays]);
}

/** Adds a part's rows to a table of the same measures. */
export function mergePart(bytes: Buffer, table: RowTable): void {
    let at = prefixBytes + bytes.readUInt32LE();
    const { combinations, blocks, cells, hasCounts } = JSON.parse(bytes.toString("utf8", prefixBytes, at)) as Header;
    const members = combinations.map((values) => table.memberOfValues(values));
    const read = <A extends Float64Array | Uint32Array>(into: A): A => {
        at += bytes.copy(new Uint8Array(into.buffer), 0, at, at + into.byteLength);
        return into;
    };
    for (const [place, key] of blocks) {
        const sums = read(new Float64Array(cells));
        const counts = hasCounts ? read(new Uint32Array(cells)) : undefined;
        table.merge({ member: members[place]!, key, sums, counts }, members[place]!);
    }
}
