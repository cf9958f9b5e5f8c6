import { normalTail } from "./chance";
import type { Lot } from "./lot";
import { at, numbersOfSeries } from "./numbers";

/*
 * Small deviations on one side that go on. A run begins with the first innovation beyond the drift that it looks for and ends when its sum
 * falls behind that drift; its sum over the root of its length is a normal number's. Kept exactly, for a small and a large drift.
 */

const smallDrift = 0.25;
const largeDrift = 0.9;
/** One innovation counts for no more, in usual ones: a drift is many. */
const clip = 3;
const leastLength = 2;
/** Runs begin and end where they look worst; that many powers of ten are chance. */
const selection = 0.5;
/** Up to this a run is no rarer than the selection explains. */
const leastRun = 1;

/** Adds the innovations of a lot, in usual ones, and gives −log10 of the chance of the least likely run that goes on. */
export function followDrift(numbers: Float32Array, { first, judged, count, innovation, sizes }: Lot): void {
    const { drift } = sizes;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const scale = numbers[base + at.innovationScale]!;
        const most = followRuns(numbers, base, scale > 0 ? innovation[k]! / scale : 0);
        drift[k] = most > leastRun ? Math.max(0, normalTail(most) - selection) : 0;
    }
}

/** Sum over root of length of the run that goes farthest. */
function followRuns(numbers: Float32Array, base: number, innovation: number): number {
    const z = innovation > clip ? clip : innovation < -clip ? -clip : innovation;
    return Math.max(
        followRun(numbers, base + at.smallAboveSum, z, smallDrift),
        followRun(numbers, base + at.smallBelowSum, -z, smallDrift),
        followRun(numbers, base + at.largeAboveSum, z, largeDrift),
        followRun(numbers, base + at.largeBelowSum, -z, largeDrift),
    );
}

/** Sum over root of length; 0 for a run that is too short. The length lies behind the sum. */
function followRun(numbers: Float32Array, run: number, z: number, drift: number): number {
    const sum = numbers[run]! + z;
    const length = numbers[run + 1]! + 1;
    if (sum - drift * length <= 0) {
        numbers[run] = 0;
        numbers[run + 1] = 0;
        return 0;
    }
    numbers[run] = sum;
    numbers[run + 1] = length;
    // A value that does not carry the run on is no evidence of it.
    return length >= leastLength && z >= drift ? sum / Math.sqrt(length) : 0;
}
