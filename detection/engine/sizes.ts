import { smaller } from "./choice";
import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";

/*
 * How large the innovations of a lot are: as they are, in the units of quiet times, and on average over some intervals.
 */

const spreadRate = 0.15;
const spreadClip = 8;
const quietRate = 0.03;
const quietClip = 5;
const leastQuiet = 0.3;
/** So many usual ones say no more than fewer: after a long silence, a quotient by next to nothing would fill its tail for months. */
const mostQuiet = 100;
const scaleClip = 5;
/** Values from which on the scale is clipped. */
const pointsToClip = 10;

/**
 * Follows the innovations of a lot: the absolute one; the same in usual ones of the last thirty intervals or so where those were quiet, of the
 * series else; and its mean over some six intervals.
 */
export function followSizes(numbers: Float32Array, { first, judged, count, innovation, seen, rate, sizes }: Lot): void {
    const { jump, quiet, spread } = sizes;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const size = Math.abs(innovation[k]!);
        jump[k] = size;
        const slow = numbers[base + at.slowScale]!;
        const fast = numbers[base + at.fastScale]!;
        const usual = slow > 0 ? smaller(slow, Math.max(leastQuiet * slow, fast)) : 0;
        const taught = slow > 0 ? Math.min(size, quietClip * slow) : size;
        numbers[base + at.fastScale] = fast + Math.max(quietRate, 1 / (seen[k]! + 1)) * (taught - fast);
        numbers[base + at.slowScale] = slow + rate[k]! * (taught - slow);
        quiet[k] = usual > 0 ? Math.min(mostQuiet, size / usual) : 0;
        const scale = numbers[base + at.innovationScale]!;
        const before = numbers[base + at.spread]!;
        const now = before + spreadRate * ((scale > 0 ? Math.min(size, spreadClip * scale) : size) - before);
        numbers[base + at.spread] = now;
        spread[k] = now;
    }
}

/** Teaches the root mean square of the innovations. */
export function learnScale(numbers: Float32Array, { first, judged, count, seen, rate, sizes }: Lot): void {
    const { jump } = sizes;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const size = jump[k]!;
        const scale = numbers[base + at.innovationScale]!;
        const square = scale * scale;
        const isFree = seen[k]! < pointsToClip || !(square > 0);
        const shown = isFree ? size * size : Math.min(size * size, scaleClip * scaleClip * square);
        numbers[base + at.innovationScale] = Math.sqrt(square + rate[k]! * (shown - square));
    }
}
