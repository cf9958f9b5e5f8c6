import { normalTail } from "./chance";
import { larger } from "./choice";
import { lotLength, type Lot } from "./lot";
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

/** Entries of runs that may say something, and how far they go. Kept between calls. */
const long = new Int32Array(lotLength);
const reached = new Float64Array(lotLength);

/** Adds the innovations of a lot, in usual ones, and gives −log10 of the chance of the least likely run that goes on. */
export function followDrift(numbers: Float32Array, { first, judged, count, innovation, sizes }: Lot): void {
    const { drift } = sizes;
    let found = 0;
    for (let j = 0; j < count; j++) {
        const k = judged[j]!;
        const base = (first + k) * numbersOfSeries;
        const scale = numbers[base + at.innovationScale]!;
        const most = followRuns(numbers, base, scale > 0 ? innovation[k]! / scale : 0);
        drift[k] = 0;
        // Listed without a jump: as good as every second run is no rarer than the selection explains.
        long[found] = k;
        reached[found] = most;
        found += Number(most > leastRun);
    }
    for (let j = 0; j < found; j++) drift[long[j]!] = Math.max(0, normalTail(reached[j]!) - selection);
}

/** Sum over root of length of the run that goes farthest. Reckoned without a jump: which runs go on is chance. */
function followRuns(numbers: Float32Array, base: number, innovation: number): number {
    const z = innovation > clip ? clip : innovation < -clip ? -clip : innovation;
    // An innovation goes on with runs of its own side alone.
    const small =
        followRun(numbers, base + at.smallAboveSum, z, smallDrift) +
        followRun(numbers, base + at.smallBelowSum, -z, smallDrift);
    const large =
        followRun(numbers, base + at.largeAboveSum, z, largeDrift) +
        followRun(numbers, base + at.largeBelowSum, -z, largeDrift);
    return Math.sqrt(larger(small, large));
}

/** Square of the sum over the length, which lies behind it; 0 for a run that is too short, or that the value does not carry on. */
function followRun(numbers: Float32Array, run: number, z: number, drift: number): number {
    const sum = numbers[run]! + z;
    const length = numbers[run + 1]! + 1;
    const goesOn = Number(sum - drift * length > 0);
    numbers[run] = goesOn * sum;
    numbers[run + 1] = goesOn * length;
    return (goesOn * Number(length >= leastLength) * Number(z >= drift) * sum * sum) / length;
}
