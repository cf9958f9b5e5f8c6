/** Where values of one combination are put: measure by measure, `length` intervals each, from `into[at]` on. */
export interface GridSpan {
    readonly first: number;
    readonly length: number;
    readonly into: Float64Array;
    readonly at: number;
}

/** Values of combinations by interval, combined as rows come: memory grows with the blocks of time that have any, not with the rows. */
export interface Grid {
    /** Adds a row's measures, NaN for none, to the combination's interval. */
    add(position: number, member: number, measures: Float64Array): void;
    /** Whether the combination has a number from one position up to another, both inclusive. */
    has(member: number, first: number, last: number): boolean;
    /** Takes all values out. */
    drain(): GridBlock[];
    /** Adds a block that was taken out of a grid of the same measures and block length. */
    merge(block: GridBlock, member: number): void;
    /** Puts a combination's values where there are any; the rest of the span is left as it is. */
    read(member: number, span: GridSpan): void;
    /** Values for which there is room. */
    readonly cells: number;
}

interface Block {
    readonly sums: Float64Array;
    /** Rows behind each sum; kept only where something is averaged. */
    readonly counts: Uint32Array | undefined;
}

/** Values of a combination in a block of time, measure by measure: positions from `key * blockLength` on. */
export interface GridBlock extends Block {
    readonly member: number;
    readonly key: number;
}

/**
 * `aggregations` are those of the measures; `blockLength` is the number of intervals that share a block of memory. Sums are added up in the
 * order of the rows.
 */
export function createGrid(aggregations: readonly ("SUM" | "AVG")[], blockLength: number): Grid {
    const width = aggregations.length;
    const hasAverage = aggregations.includes("AVG");
    const members: Map<number, Block>[] = [];
    // The block that a combination's last row went to, which most often takes the next one too.
    const latestKeys: number[] = [];
    const latest: Block[] = [];
    let cells = 0;
    const create = (): Block => {
        cells += width * blockLength;
        const sums = new Float64Array(width * blockLength).fill(NaN);
        return { sums, counts: hasAverage ? new Uint32Array(width * blockLength) : undefined };
    };
    const blockOf = (member: number, key: number): Block => {
        if (latestKeys[member] === key) return latest[member]!;
        const blocks = (members[member] ??= new Map<number, Block>());
        let block = blocks.get(key);
        if (block === undefined) blocks.set(key, (block = create()));
        latestKeys[member] = key;
        return (latest[member] = block);
    };
    const readBlock = ({ sums, counts }: Block, key: number, { first, length, into, at }: GridSpan): void => {
        const from = Math.max(first, key * blockLength);
        const to = Math.min(first + length, (key + 1) * blockLength);
        for (let m = 0; m < width; m++) {
            const isAverage = aggregations[m] === "AVG";
            for (let position = from; position < to; position++) {
                const cell = m * blockLength + position - key * blockLength;
                const sum = sums[cell]!;
                if (Number.isNaN(sum)) continue;
                into[at + m * length + position - first] = isAverage ? sum / counts![cell]! : sum;
            }
        }
    };
    return {
        get cells() {
            return cells;
        },
        add: (position, member, measures) => {
            const key = Math.floor(position / blockLength);
            const { sums, counts } = blockOf(member, key);
            for (let m = 0; m < width; m++) {
                const number = measures[m]!;
                if (Number.isNaN(number)) continue;
                const cell = m * blockLength + position - key * blockLength;
                sums[cell] = Number.isNaN(sums[cell]!) ? number : sums[cell]! + number;
                if (counts !== undefined) counts[cell] = counts[cell]! + 1;
            }
        },
        has: (member, first, last) => {
            const blocks = members[member];
            if (blocks === undefined) return false;
            for (let key = Math.floor(first / blockLength); key <= Math.floor(last / blockLength); key++) {
                const sums = blocks.get(key)?.sums;
                if (sums === undefined) continue;
                const from = Math.max(first - key * blockLength, 0);
                const to = Math.min(last - key * blockLength, blockLength - 1);
                for (let m = 0; m < width; m++)
                    for (let i = from; i <= to; i++) if (!Number.isNaN(sums[m * blockLength + i]!)) return true;
            }
            return false;
        },
        drain: () => {
            const blocks = members.flatMap((own, member) =>
                [...own].map(([key, block]) => ({ member, key, ...block })),
            );
            [members.length, latest.length, latestKeys.length, cells] = [0, 0, 0, 0];
            return blocks;
        },
        merge: ({ key, sums, counts }, member) => {
            const into = blockOf(member, key);
            for (let cell = 0; cell < sums.length; cell++) {
                if (Number.isNaN(sums[cell]!)) continue;
                into.sums[cell] = Number.isNaN(into.sums[cell]!) ? sums[cell]! : into.sums[cell]! + sums[cell]!;
                if (into.counts !== undefined) into.counts[cell] = into.counts[cell]! + counts![cell]!;
            }
        },
        read: (member, span) => {
            const blocks = members[member];
            if (blocks === undefined) return;
            const lastKey = Math.floor((span.first + span.length - 1) / blockLength);
            for (let key = Math.floor(span.first / blockLength); key <= lastKey; key++) {
                const block = blocks.get(key);
                if (block !== undefined) readBlock(block, key, span);
            }
        },
    };
}
