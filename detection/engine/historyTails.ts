import type { Sizes } from "./lot";
import { at } from "./numbers";
import { drawIn } from "./tail";

/*
 * Tails of a history, by blocks. Tails are learned number by number, and an event inside the history may put the line of what is odd to
 * several times where it belongs, for months. So the largest number of each of sixteen blocks is kept: a few events move a few of those, and
 * hardly their quartiles. If numbers beyond the 99th percentile fall off exponentially, the largest ones of blocks have Gumbel's distribution,
 * and their quartiles tell percentile and mean excess. A tail is drawn in to that where it lies far beyond.
 */

const blocks = 16;
/** A block of fewer intervals is too short. */
const leastLength = 4;
/** Intervals at the beginning that are left out: what is judged then is judged by next to nothing. */
const fresh = 20;
/** Blocks with numbers that it takes. */
const leastBlocks = 12;
/** A tail stays as it was learned while the blocks put its line to this part of it at least. */
const trusted = 0.5;
/** Distance of the quartiles of Gumbel's distribution, in mean excesses. */
const gumbelQuartiles = Math.log(Math.log(4) / Math.log(4 / 3));

/** Places of the tails of what a value shows, in the order of its sizes (see `weigh`). */
const tails = [at.jumpTail, at.driftTail, at.spreadTail, at.quietTail, at.heldTail] as const;

/** Numbers that a value shows, one for each tail. */
export const sizesOfValue = tails.length;

/** Largest numbers of the blocks of a stretch of history. */
export interface BlockMaxima {
    /** Index of the first interval, and intervals in a block; 0 for a stretch too short to be cut. */
    readonly from: number;
    readonly length: number;
    /** `largest[tail * blocks + block]`; NaN for a block without values. */
    readonly largest: Float64Array;
}

/** Nothing known yet of the intervals `from` to `to`, the latter excluded. */
export function startMaxima(from: number, to: number): BlockMaxima {
    const length = Math.floor((to - from - fresh) / blocks);
    const largest = new Float64Array(blocks * sizesOfValue).fill(NaN);
    return { from: from + fresh, length: length < leastLength ? 0 : length, largest };
}

/** Adds what the value of an interval shows: entry `k` of a lot's sizes. */
export function noteSizes({ from, length, largest }: BlockMaxima, interval: number, sizes: Sizes, k: number): void {
    const block = length === 0 || interval < from ? blocks : Math.floor((interval - from) / length);
    if (block >= blocks) return;
    noteSize(largest, block, sizes.jump[k]!);
    noteSize(largest, blocks + block, sizes.drift[k]!);
    noteSize(largest, 2 * blocks + block, sizes.spread[k]!);
    noteSize(largest, 3 * blocks + block, sizes.quiet[k]!);
    noteSize(largest, 4 * blocks + block, sizes.held[k]!);
}

function noteSize(largest: Float64Array, place: number, size: number): void {
    if (!(largest[place]! >= size)) largest[place] = size;
}

/** Draws in those tails of a series that events of its history have widened. */
export function drawInTails(numbers: Float32Array, base: number, { length, largest }: BlockMaxima): void {
    for (let k = 0; k < sizesOfValue; k++) {
        const own = largest.subarray(k * blocks, (k + 1) * blocks).filter((size) => size === size);
        if (own.length < leastBlocks) continue;
        own.sort();
        const [lower, middle, upper] = [quantileOf(own, 0.25), quantileOf(own, 0.5), quantileOf(own, 0.75)];
        const excess = (upper - lower) / gumbelQuartiles;
        if (!(lower > 0 && excess > 0)) continue;
        // Half of the blocks stay below the middle: their intervals exceed it with this chance.
        const chance = Math.LN2 / length;
        const quantile = Math.max(0, middle - excess * Math.log(0.01 / chance));
        const slope = Math.log(upper / lower) / gumbelQuartiles;
        drawIn(numbers, base + tails[k]!, { quantile, excess, slope }, trusted);
    }
}

/** Of sorted numbers, between the two nearest. */
function quantileOf(sorted: Float64Array, part: number): number {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below]!;
    return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
