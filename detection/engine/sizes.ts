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
const scaleClip = 5;
/** Values from which on the scale is clipped. */
const pointsToClip = 10;

/** The innovation itself. */
export function followJump({ judged, count, innovation, sizes }: Lot): void {
    for (let j = 0; j < count; j++) sizes.jump[judged[j]!] = Math.abs(innovation[judged[j]!]!);
}

/** The innovation in usual ones of the present hour where that is a quiet one, of the series else; follows both. */
export function followQuiet(numbers: Float32Array, { first, judged, count, seen, rate, sizes }: Lot): void {
    const { jump, quiet } = sizes;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const size = jump[k]!;
        const slow = numbers[base + at.slowScale]!;
        const fast = numbers[base + at.fastScale]!;
        const scale = slow > 0 ? Math.min(slow, Math.max(leastQuiet * slow, fast)) : 0;
        const taught = Math.min(size, slow > 0 ? quietClip * slow : size);
        numbers[base + at.fastScale] = fast + Math.max(quietRate, 1 / (seen[k]! + 1)) * (taught - fast);
        numbers[base + at.slowScale] = slow + rate[k]! * (taught - slow);
        quiet[k] = scale > 0 ? size / scale : 0;
    }
}

/** Mean absolute innovation over some six intervals. */
export function followSpread(numbers: Float32Array, { first, judged, count, sizes }: Lot): void {
    const { jump, spread } = sizes;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const size = jump[k]!;
        const scale = numbers[base + at.innovationScale]!;
        const before = numbers[base + at.spread]!;
        const now = before + spreadRate * (Math.min(size, scale > 0 ? spreadClip * scale : size) - before);
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
        const shown = Math.min(size * size, isFree ? size * size : scaleClip * scaleClip * square);
        numbers[base + at.innovationScale] = Math.sqrt(square + rate[k]! * (shown - square));
    }
}
