import type { Deployment } from "../cloud/cloud";

/** What the program was for one number of detectors. */
export interface GrowthPoint {
    readonly detectors: number;
    readonly resources: number;
    /** Time to evaluate the program and to apply the difference. */
    readonly seconds: number;
}

/** How the program grows with its detectors. */
export interface Growth {
    readonly points: readonly GrowthPoint[];
    /** From one point to the next: what each detector that was added brought. */
    readonly steps: readonly { readonly resourcesPerDetector: number }[];
}

/** The numbers of detectors to bring up one after the other: one, half of them and all, to see two steps of the growth. */
export function growthCounts(detectors: number): number[] {
    return [...new Set([1, Math.ceil((detectors + 1) / 2), detectors])];
}

/** One point of the growth. */
export function growthPoint(detectors: number, deployment: Deployment): GrowthPoint {
    return { detectors, resources: deployment.resources.length, seconds: deployment.seconds };
}

/** What each detector added between the points. */
export function growthOf(points: readonly GrowthPoint[]): Growth {
    const steps = points.slice(1).map((point, index) => {
        const before = points[index]!;
        const added = point.detectors - before.detectors;
        return { resourcesPerDetector: (point.resources - before.resources) / added };
    });
    return { points, steps };
}
