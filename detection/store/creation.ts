import type { DetectorRecord } from "./records";

/** A detector as one creation of its name: deleted and created again, it is another one. */
export type Creation = Pick<DetectorRecord, "id" | "createdAt">;

/** What a record says of the detector that it belongs to. */
export interface Owned {
    /** Absent in what earlier versions wrote. */
    readonly detectorId?: string;
    readonly detectorCreatedAt: number;
}

export const ownedBy = ({ id, createdAt }: Creation): Owned => ({ detectorId: id, detectorCreatedAt: createdAt });

/** Whether a record belongs to this creation. By the instant only where one of the two has no id: two creations can share an instant. */
export const isOwnedBy = (owned: Owned, { id, createdAt }: Creation): boolean =>
    owned.detectorId !== undefined && id !== undefined
        ? owned.detectorId === id
        : owned.detectorCreatedAt === createdAt;
