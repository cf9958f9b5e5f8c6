import { bandTotal } from "./calibration";
import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";
import { pointsBeforeScoring } from "./shape";
import type { EngineState } from "./state";
import { tailReach } from "./tail";

/** Sets the bands of a lot: what a jump may do, from what the last deviation lets expect, without reaching severity 50. */
export function setBands({ numbers }: EngineState, lot: Lot): void {
    const { first, length, seen, expected, carried, factor, grain, correction, lower, upper } = lot;
    for (let k = 0, base = first * numbersOfSeries; k < length; k++, base += numbersOfSeries) {
        if (seen[k]! < pointsBeforeScoring) {
            lower[k] = NaN;
            upper[k] = NaN;
            continue;
        }
        const center = expected[k]! + carried[k]! * factor[k]!;
        const score = bandTotal + correction[k]!;
        const reach =
            factor[k]! * tailReach(numbers, base + at.jumpTail, score, numbers[base + at.streamed]!, grain[k]!);
        lower[k] = center - reach;
        upper[k] = center + reach;
    }
}
