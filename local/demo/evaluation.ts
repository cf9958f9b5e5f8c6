import { DataError } from "../../errors";
import type { FoundGroup } from "./foundGroup";
import type { Truth } from "./warehouse";

/** Anomalies up to this multiple of the noise's standard deviation need not be found. */
export const countedRatio = 5;
/** What the demo has to reach, as shares. */
export const goals = { recall: 0.9, precision: 0.8 } as const;

export interface Evaluation {
    /** Share of the counted injected anomalies that a group matches; 1 when there are none. */
    readonly recall: number;
    /** Share of the groups that match an injected anomaly; 1 when there are none. */
    readonly precision: number;
    /** Injected anomalies larger than `countedRatio` times the noise. */
    readonly counted: readonly Truth[];
    /** Those of them that no group matches. */
    readonly missed: readonly Truth[];
    /** Groups that match no injected anomaly, however small. */
    readonly falseAlarms: readonly FoundGroup[];
    /** Matching groups that name exactly the dimension values that were hit. */
    readonly exactCauses: number;
}

/**
 * Compares groups with the truth of the same stretch. Small injected anomalies are not counted as missed; a group that matches one is
 * right all the same.
 */
export function evaluate(groups: readonly FoundGroup[], truth: readonly Truth[]): Evaluation {
    const counted = truth.filter(({ ratio }) => ratio > countedRatio);
    const missed = counted.filter((anomaly) => !groups.some((group) => matches(group, anomaly)));
    const falseAlarms = groups.filter((group) => !truth.some((anomaly) => matches(group, anomaly)));
    const exactCauses = groups.filter((group) =>
        truth.some((anomaly) => matches(group, anomaly) && namesExactly(group, anomaly)),
    ).length;
    return {
        recall: share(counted.length - missed.length, counted.length),
        precision: share(groups.length - falseAlarms.length, groups.length),
        counted,
        missed,
        falseAlarms,
        exactCauses,
    };
}

/**
 * A group matches an injected anomaly when they share an interval and when, in each dimension that the anomaly is confined to,
 * the value that was hit contributes most to the group.
 */
export function matches(group: FoundGroup, truth: Truth): boolean {
    const overlaps = group.start < truth.end && truth.start < group.end;
    return (
        overlaps &&
        Object.entries(truth.dimensions).every(([dimension, value]) => leadingValue(group, dimension) === value)
    );
}

/** Throws DataError when the detector found too little, or too much. */
export function requireGoals({ recall, precision }: Pick<Evaluation, "recall" | "precision">): void {
    if (recall >= goals.recall && precision >= goals.precision) return;
    throw new DataError(
        `the detector reached a recall of ${recall.toFixed(3)} and a precision of ${precision.toFixed(3)}; ` +
            `the goals are ${goals.recall} and ${goals.precision}`,
    );
}

function namesExactly(group: FoundGroup, truth: Truth): boolean {
    const wanted = Object.entries(truth.dimensions);
    return (
        wanted.length === Object.keys(group.dimensions).length &&
        wanted.every(([dimension, value]) => group.dimensions[dimension] === value)
    );
}

function leadingValue({ contributions }: FoundGroup, dimension: string): string | undefined {
    return contributions
        .filter((contribution) => contribution.dimension === dimension)
        .sort((a, b) => b.share - a.share)[0]?.value;
}

function share(part: number, whole: number): number {
    return whole === 0 ? 1 : part / whole;
}
