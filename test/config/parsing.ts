import assert from "node:assert/strict";
import { parseConfig } from "../../config/parse";
import type { Config } from "../../config/schema";
import { ConfigError, type Problem } from "../../errors";
import { type RawMap, smallConfig } from "../support/rawConfig";

export const noFiles = (file: string): string => {
    throw Object.assign(new Error(`no ${file}`), { code: "ENOENT" });
};

export const parsed = (raw: RawMap, readQuery = noFiles): Config => parseConfig(raw, readQuery);

export function problemsOf(raw: RawMap, readQuery = noFiles): readonly Problem[] {
    try {
        parseConfig(raw, readQuery);
    } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        return error.problems;
    }
    return [];
}

/** The small configuration with some keys of its detector changed; null takes a key away. */
export function withDetector(change: RawMap): RawMap {
    const raw = smallConfig();
    return { ...raw, detectors: { orders: { ...raw.detectors.orders, ...change } } };
}

/** The one problem of a configuration. */
export function onlyProblem(raw: RawMap, readQuery = noFiles): Problem {
    const problems = problemsOf(raw, readQuery);
    assert.equal(
        problems.length,
        1,
        problems.map(({ key, finding }) => `${key}: ${finding}`).join("\n") || "no problem",
    );
    return problems[0] as Problem;
}

export const sns = "arn:aws:sns:us-east-1:123456789012:oncall";
export const lambda = "arn:aws:lambda:eu-west-1:123456789012:function:oncall";
export const alerts = (alert: RawMap): RawMap => withDetector({ alerts: { oncall: alert } });

/** What is wrong, the key that is named, what is said of it and the remedy. */
export type Malformed = readonly [
    what: string,
    raw: RawMap,
    key: string,
    finding: string | RegExp,
    fix: string | RegExp,
];
