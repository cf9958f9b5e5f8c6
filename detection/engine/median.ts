/** Up to so many numbers are put in order by insertion, which costs less than choosing pivots. */
const fewNumbers = 24;

/** Kept between calls: learning takes millions of medians, most of a few values. */
let scratch = new Float64Array(1024);

/** Median of the numbers that are not NaN; NaN when there are none. Leaves the input as it is. */
export function medianOf(values: Float64Array): number {
    if (scratch.length < values.length) scratch = new Float64Array(values.length * 2);
    let count = 0;
    for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (value === value) scratch[count++] = value;
    }
    return count === 0 ? NaN : middle(scratch, 0, count);
}

/** Median of `numbers[from..to)`, at least one and none of them NaN; puts them in some other order. */
export function middle(numbers: Float64Array, from: number, to: number): number {
    const count = to - from;
    const half = from + (count >> 1);
    if (count <= fewNumbers) {
        order(numbers, from, to);
        return count % 2 === 1 ? numbers[half]! : (numbers[half - 1]! + numbers[half]!) / 2;
    }
    const upper = select(numbers, from, to, half);
    if (count % 2 === 1) return upper;
    // What lies before the upper middle is not above it: the lower middle is the largest of that.
    let lower = numbers[from]!;
    for (let i = from + 1; i < half; i++) if (numbers[i]! > lower) lower = numbers[i]!;
    return (lower + upper) / 2;
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
