/*
 * What is kept of each series in 32-bit floats, side by side: `state.numbers[series * numbersOfSeries + at]`. Their order is the order in
 * snapshots: append, never reorder. A tail takes four: see `tail.ts`.
 */

/** Place of each among those of its series. A literal: what is put together at run time is looked up slowly. */
export const at = {
    /** Values that the tails have seen: fewer than `points` where history was fitted as a batch. */
    streamed: 0,
    /** 1 while all values have been whole and not negative: a count. */
    isCount: 1,
    /** 1 for a counter, of which the steps are judged; rising and falling steps until that is decided. */
    isCounter: 2,
    rises: 3,
    falls: 4,
    /** Consecutive values far off on the same side, negative for below: a level shift in the making. */
    farRun: 5,
    /** Exponentially weighted products of clipped deviations, one interval apart and with themselves, in usual deviations. */
    lagProduct: 6,
    selfProduct: 7,
    /** Root mean square of the innovations. */
    innovationScale: 8,
    /** Mean of the absolute innovations, slow and fast: where the fast one is lower, the series is quiet. */
    slowScale: 9,
    fastScale: 10,
    /** Runs of innovations on one side, for two sizes of drift: sum and length above, sum and length below. */
    smallAboveSum: 11,
    smallAboveLength: 12,
    smallBelowSum: 13,
    smallBelowLength: 14,
    largeAboveSum: 15,
    largeAboveLength: 16,
    largeBelowSum: 17,
    largeBelowLength: 18,
    /** Exponentially weighted mean of the absolute innovation over about six intervals. */
    spread: 19,
    /** Length of the present run of equal values, and of the longest one that ended. */
    flatRun: 20,
    longestFlat: 21,
    /** Largest distance from the slow mean, and largest innovation. */
    farthest: 22,
    largestInnovation: 23,
    /** Of counts: mean, variance over mean, and means of values and expectations over three windows. */
    countMean: 24,
    dispersion: 25,
    countNear: 26,
    countMiddle: 27,
    countFar: 28,
    expectedNear: 29,
    expectedMiddle: 30,
    expectedFar: 31,
    /** Tails of the innovation, the drift, the spread, the innovation in quiet times, and of counts. */
    jumpTail: 32,
    jumpTail1: 33,
    jumpTail2: 34,
    jumpTail3: 35,
    driftTail: 36,
    driftTail1: 37,
    driftTail2: 38,
    driftTail3: 39,
    spreadTail: 40,
    spreadTail1: 41,
    spreadTail2: 42,
    spreadTail3: 43,
    quietTail: 44,
    quietTail1: 45,
    quietTail2: 46,
    quietTail3: 47,
    countTail: 48,
    countTail1: 49,
    countTail2: 50,
    countTail3: 51,
    /** 1 while no value has been negative: an amount, or a count; 0 also where that is not known. */
    isAmount: 52,
    /** Change of the noise, in usual deviations, for each usual deviation by which the profiles expect more: see `noise.ts`. */
    noiseSlope: 53,
    /** The last deviation but one, and the one before it: 0 where none lies right before. */
    earlierDeviation: 54,
    earliestDeviation: 55,
    /** Tail of what has held for three intervals: see `held.ts`. */
    heldTail: 56,
    heldTail1: 57,
    heldTail2: 58,
    heldTail3: 59,
} as const;

export type NumberName = keyof typeof at;

/** Names in the order in which they are kept. */
export const numberNames = Object.keys(at) as readonly NumberName[];

/** How many there are for each series. */
export const numbersOfSeries = 60;
