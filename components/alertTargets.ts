import type { AlertConfig } from "../config/schema";
import type { Statement } from "../sources/metricSource";

/** Topics and functions that the stack's own alerts go to without a role that is assumed. */
export interface AlertTargets {
    readonly topics: readonly string[];
    readonly functions: readonly string[];
}

/** The targets of all alerts in the configuration, each once, in the order of their ARNs. */
export function alertTargets(alerts: readonly AlertConfig[]): AlertTargets {
    const own = alerts.filter(({ role }) => role === undefined);
    return {
        topics: sorted(own.map(({ sns }) => sns)),
        functions: sorted(own.map(({ lambda }) => lambda)),
    };
}

/** What the worker must be allowed, to tell them. */
export function tellStatements({ topics, functions }: AlertTargets): Statement[] {
    return [
        ...(topics.length === 0 ? [] : [{ sid: "TellTopics", actions: ["sns:Publish"], resources: topics }]),
        ...(functions.length === 0
            ? []
            : [{ sid: "TellFunctions", actions: ["lambda:InvokeFunction"], resources: functions }]),
    ];
}

/** What a function must be allowed, to assume the roles that the configuration lists. */
export function assumeStatements(roles: readonly string[]): Statement[] {
    return roles.length === 0 ? [] : [{ sid: "AssumeRoles", actions: ["sts:AssumeRole"], resources: roles }];
}

const sorted = (arns: readonly (string | undefined)[]): string[] =>
    [...new Set(arns.filter((arn) => arn !== undefined))].sort();
