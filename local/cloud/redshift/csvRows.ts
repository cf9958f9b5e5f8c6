const quote = 0x22;
const newline = 0x0a;

/** Offsets at which the records of CSV text begin, and its length last. A newline between quotes ends nothing. */
export function recordOffsets(csv: Buffer): number[] {
    const offsets = [0];
    let isQuoted = false;
    for (let index = 0; index < csv.length; index += 1) {
        if (csv[index] === quote) {
            isQuoted = !isQuoted;
        } else if (csv[index] === newline && !isQuoted) {
            offsets.push(index + 1);
        }
    }
    return offsets;
}

/** Cuts the records from `first` on into stretches: at most `pieces` when that is given, none longer than `maxBytes`. */
export function cutRecords(
    csv: Buffer,
    offsets: readonly number[],
    { first, pieces, maxBytes }: { first: number; pieces: number; maxBytes: number },
): Buffer[][] {
    const records = offsets.length - 1 - first;
    const perPiece = Math.ceil(records / pieces);
    const stretches: Buffer[][] = [];
    for (let begin = first; begin < offsets.length - 1; begin += perPiece) {
        const end = Math.min(begin + perPiece, offsets.length - 1);
        stretches.push(cutBySize(csv, offsets.slice(begin, end + 1), maxBytes));
    }
    return stretches;
}

function cutBySize(csv: Buffer, offsets: readonly number[], maxBytes: number): Buffer[] {
    const parts: Buffer[] = [];
    let start = offsets[0]!;
    for (let index = 1; index < offsets.length; index += 1) {
        const isLast = index === offsets.length - 1;
        if (isLast || offsets[index + 1]! - start > maxBytes) {
            parts.push(csv.subarray(start, offsets[index]));
            start = offsets[index]!;
        }
    }
    return parts;
}
