import type { Problem } from "../errors";
import { problem } from "./problems";
import type { AlertConfig, DetectionConfig, DetectorConfig } from "./schema";

/**
 * Bytes that the list of roles and targets may have. The environment of a function holds 4096 with names and values of all variables;
 * the rest is for the others.
 */
const mostAccessBytes = 3000;

/** ARNs that the stack's own alerts go to without a role that is assumed. */
export interface Targets {
    readonly topics: readonly string[];
    readonly functions: readonly string[];
}

/** The targets of all alerts, each once, in the order of their ARNs. */
export function targetsOf(alerts: readonly AlertConfig[]): Targets {
    const own = alerts.filter(({ role }) => role === undefined);
    return { topics: sorted(own.map(({ sns }) => sns)), functions: sorted(own.map(({ lambda }) => lambda)) };
}

/** What the detection service may reach beyond the stack's bucket, as its functions read it in their environment. */
export const accessText = (roles: readonly string[], { topics, functions }: Targets): string =>
    JSON.stringify({ roles, targets: [...topics, ...functions] });

/** More roles and targets than the functions' environment holds: AWS would refuse it half way through an update. */
export function accessProblems(detection: DetectionConfig, detectors: readonly DetectorConfig[]): Problem[] {
    const targets = targetsOf(detectors.flatMap(({ alerts }) => Object.values(alerts)));
    const { allowedRoles } = detection;
    const bytes = Buffer.byteLength(accessText(allowedRoles, targets));
    if (detection.endpoint !== "" || bytes <= mostAccessBytes) return [];
    const targetCount = targets.topics.length + targets.functions.length;
    const finding =
        `and the targets of all alerts make a list of ${bytes} bytes (${allowedRoles.length} roles, ${targetCount} targets); ` +
        `expected at most ${mostAccessBytes}, which the environment of a function has room for`;
    const fix = "give several buckets and targets one role, or send alerts to one topic that passes them on";
    return [problem(["detection", "allowedRoles"], finding, fix)];
}

const sorted = (arns: readonly (string | undefined)[]): string[] =>
    [...new Set(arns.filter((arn) => arn !== undefined))].sort();
