import type { DetectorRecord } from "../store/records";

/** Points (intervals with data) from which a detector is ACTIVE: what it finds is shown and told from then on. */
export const pointsNeeded = (interval: DetectorRecord["interval"]): number => (interval === "P1D" ? 14 : 300);
