import type { Lot } from "./lot";
import { anomalousScore, highestScore, pointsBeforeScoring } from "./shape";
import { evidenceIndex } from "./verdicts";

/*
 * What sums of evidence come to, in powers of ten less the correction: one in a thousand hours of mere noise exceeds the first, which is
 * severity 50; at the second, severity 70, it pays to be told. Beyond it a power of ten counts as two.
 */

export const bandTotal = 3.6;
const toldTotal = 4.04;
const toldScore = 5.23;
const steepness = (toldScore - anomalousScore) / (toldTotal - bandTotal);
const flatness = 2;

/** Stands in for no usual deviation at all: the largest value in it is still a number. */
const leastUsual = 1e-270;

const none = evidenceIndex("none");

/** Turns the totals of a lot into scores, and tells the size of its deviations. What has too few points is not scored. */
export function judgeTotals(lot: Lot): void {
    const { length, judged, count, seen, total, correction, score, scaled, evidence, deviation, error, grain } = lot;
    score.fill(0, 0, length);
    scaled.fill(0, 0, length);
    if (count < length) clearOthers(lot);
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        if (seen[k]! >= pointsBeforeScoring) {
            scaled[k] = deviation[k]! / Math.max(error[k]!, grain[k]!, leastUsual);
            if (total[k]! > 0) score[k] = calibrated(Math.max(0, total[k]! - correction[k]!));
        }
        if (!(score[k]! > 0)) evidence[k] = none;
    }
}

/** Leaves no evidence of earlier lots to entries that are not judged. */
function clearOthers({ length, judged, count, evidence }: Lot): void {
    for (let k = 0, j = 0; k < length; k++)
        if (j < count && judged[j] === k) j++;
        else evidence[k] = none;
}

/** Sums of evidence on the scale of severities. */
function calibrated(total: number): number {
    if (total <= bandTotal) return (total * anomalousScore) / bandTotal;
    const steep = anomalousScore + steepness * (Math.min(total, toldTotal) - bandTotal);
    return Math.min(highestScore, steep + Math.max(0, total - toldTotal) * flatness);
}
