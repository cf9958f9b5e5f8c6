import type { Targets } from "../config/access";
import type { Statement } from "../sources/metricSource";

/** What the worker must be allowed, to tell them. */
export function tellStatements({ topics, functions }: Targets): Statement[] {
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
