/** Up to so many numbers are put in order by insertion, which costs less than choosing pivots. */
const fewNumbers = 24;
/** Equal parts of the range into which numbers are counted, at most. */
const mostBuckets = 256;

/** Kept between calls: learning takes millions of medians, most of a few values. */
let scratch = new Float64Array(1024);
let near = new Float64Array(1024);
const counts = new Int32Array(mostBuckets);

/** Median of the numbers of `values[from..to)` that are not NaN; NaN when there are none. Leaves the input as it is. */
export function medianOf(values: Float64Array, from = 0, to = values.length): number {
    if (scratch.length < to - from) scratch = new Float64Array((to - from) * 2);
    let count = 0;
    for (let i = from; i < to; i++) {
        const value = values[i]!;
        if (value === value) scratch[count++] = value;
    }
    return count === 0 ? NaN : middle(scratch, 0, count);
}

/** Median of `numbers[from..to)`, at least one and none of them NaN; may put them in some other order. */
export function middle(numbers: Float64Array, from: number, to: number): number {
    const count = to - from;
    const half = count >> 1;
    if (count > fewNumbers) return middleOfMany(numbers, from, to);
    order(numbers, from, to);
    return count % 2 === 1 ? numbers[from + half]! : (numbers[from + half - 1]! + numbers[from + half]!) / 2;
}

/**
 * Median of many numbers. They are counted by equal parts of their range, and only those near the middle are put in order: no step depends
 * on how two numbers compare, which a processor guesses wrong half of the time.
 */
function middleOfMany(numbers: Float64Array, from: number, to: number): number {
    let least = numbers[from]!;
    let most = least;
    for (let i = from + 1; i < to; i++) {
        const number = numbers[i]!;
        if (number < least) least = number;
        else if (number > most) most = number;
    }
    const count = to - from;
    const buckets = Math.min(mostBuckets, count >> 1);
    const scale = (buckets - 1) / (most - least);
    if (!(scale < Infinity)) return least;
    counts.fill(0, 0, buckets);
    for (let i = from; i < to; i++) counts[((numbers[i]! - least) * scale) | 0]!++;
    const lower = (count - 1) >> 1;
    const upper = count >> 1;
    let first = 0;
    let before = 0;
    while (before + counts[first]! <= lower) before += counts[first++]!;
    let last = first;
    for (let upTo = before + counts[first]!; upTo <= upper;) upTo += counts[++last]!;
    if (near.length < count) near = new Float64Array(count * 2);
    let found = 0;
    for (let i = from; i < to; i++) {
        const bucket = ((numbers[i]! - least) * scale) | 0;
        if (bucket >= first && bucket <= last) near[found++] = numbers[i]!;
    }
    return meanOfRanks(near, found, lower - before, upper - before);
}

/** Mean of the numbers that would be at indices `lower` and `upper`, the same or the next one, of the first `count` in order. */
function meanOfRanks(numbers: Float64Array, count: number, lower: number, upper: number): number {
    if (count <= fewNumbers) order(numbers, 0, count);
    else {
        select(numbers, 0, count, upper);
        // What lies before the upper one is not above it: the lower one is the largest of that.
        if (lower < upper)
            for (let i = 0; i < lower; i++) if (numbers[i]! > numbers[lower]!) numbers[lower] = numbers[i]!;
    }
    return lower === upper ? numbers[lower]! : (numbers[lower]! + numbers[upper]!) / 2;
}

/** The number that would be at index `k` of `numbers[from..to)` in order; smaller ones come before it, larger ones behind (Hoare). */
export function select(numbers: Float64Array, from: number, to: number, k: number): number {
    let low = from;
    let high = to - 1;
    while (low < high) {
        const pivot = numbers[(low + high) >> 1]!;
        let i = low;
        let j = high;
        while (i <= j) {
            while (numbers[i]! < pivot) i++;
            while (numbers[j]! > pivot) j--;
            if (i > j) break;
            const swapped = numbers[i]!;
            numbers[i++] = numbers[j]!;
            numbers[j--] = swapped;
        }
        if (k <= j) high = j;
        else if (k >= i) low = i;
        else break;
    }
    return numbers[k]!;
}

function order(numbers: Float64Array, from: number, to: number): void {
    for (let i = from + 1; i < to; i++) {
        const moved = numbers[i]!;
        let at = i;
        for (; at > from && numbers[at - 1]! > moved; at--) numbers[at] = numbers[at - 1]!;
        numbers[at] = moved;
    }
}
