import { ApiError, type ResourceType } from "./errors";

/** How much of what the service takes. The old service's quotas are lifted to what keeps a document small and a page quick. */
export interface Limits {
    /** @default 1000 */
    readonly detectors: number;
    /** Of one detector. @default 100 */
    readonly alerts: number;
    /** Of one metric set. @default 100 */
    readonly measures: number;
    /** Of one metric set. @default 20 */
    readonly dimensions: number;
    /** Filters of one metric set. @default 20 */
    readonly filters: number;
    /** Calls a second that one process answers; bursts of twice as many pass. @default no limit */
    readonly callsPerSecond?: number;
}

export const defaultLimits: Limits = { detectors: 1000, alerts: 100, measures: 100, dimensions: 20, filters: 20 };

/** The refusal of more than a limit allows, as the API words it: 402. */
export function overQuota(type: ResourceType, id: string, message: string): ApiError {
    return new ApiError("ServiceQuotaExceededException", message, {
        ResourceId: id,
        ResourceType: type,
        QuotaCode: quotaCodes[type] ?? "L-LOOKOUT",
        ServiceCode: "lookoutmetrics",
    });
}

/** Codes that the old service had for the limits that it let grow. */
const quotaCodes: Partial<Record<ResourceType, string>> = { AnomalyDetector: "L-5EB8352D", Alert: "L-3AA7C566" };
