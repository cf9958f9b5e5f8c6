/** Rows over which an alert is told once, unless it gets worse. */
export const onsetRows = 100;

/**
 * The onset filter: a row counts only when its score is above those of the last rows, else it counts as 0. NAB charges for every row of an
 * alert, so that a detector that stays high as long as something is wrong would pay for what its users want.
 */
export function onsetsOf(scores: Float64Array, rows = onsetRows): Float64Array {
    return scores.map((score, i) => {
        for (let before = Math.max(0, i - rows); before < i; before++) if (scores[before]! >= score) return 0;
        return score;
    });
}
