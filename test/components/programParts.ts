import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, readEnvironment } from "../../config/environment";
import type { ConfigError } from "../../errors";
import { type RecordedProgram, type RecordedResource, recordProgram } from "../support/recordedProgram";

export const orders = {
    source: "warehouse",
    interval: "PT5M",
    offset: "PT2M",
    query: 'select ts as "timestamp", revenue from orders',
    timestamp: { column: "timestamp" },
    measures: [{ name: "revenue", aggregation: "SUM" }],
};
export const shop = {
    source: "warehouse",
    interval: "PT1H",
    query: 'select ts as "timestamp", views from visits',
    timestamp: { column: "timestamp" },
    measures: [{ name: "views", aggregation: "SUM" }],
};
export const warehouse = { type: "redshift", secret: "redshift-l4mintegration" };

export const types = {
    invocation: "aws:lambda/invocation:Invocation",
    eventInvokeConfig: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    schedule: "aws:scheduler/schedule:Schedule",
    function: "aws:lambda/function:Function",
    policy: "aws:iam/rolePolicy:RolePolicy",
    role: "aws:iam/role:Role",
} as const;

export const requestOf = (invocation: RecordedResource) =>
    JSON.parse(invocation.inputs.input as string) as Record<string, unknown>;
export const variablesOf = (inputs: Record<string, unknown>) =>
    (inputs.environment as { variables?: Record<string, string> } | undefined)?.variables ?? {};

/** `extraction-plan-live-function` comes from `functions/planLive.ts`. */
export function handlerOf(functionName: string): string {
    const part = functionName.replace(/-function$/, "").replace(/^(extraction|operations)-/, "");
    const kebab = part.endsWith("-extractor") ? "extract" : part;
    return kebab.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The variables that a handler's first lines want of its environment; the region is Lambda's own doing. */
export function variablesReadBy(handler: string): string[] {
    const text = readFileSync(join(__dirname, "..", "..", "functions", `${handler}.ts`), "utf8");
    const wanted = [...text.matchAll(/readEnvironment\(process\.env, \[([^\]]*)\]\)/g)].flatMap(([, list]) =>
        [...list!.matchAll(/"(\w+)"/g)].map(([, key]) => key as keyof Environment),
    );
    assert.ok(wanted.length > 0, `${handler} reads no environment`);
    try {
        readEnvironment({ AWS_REGION: "us-east-1" }, wanted);
        return [];
    } catch (error) {
        return (error as ConfigError).problems.map(({ key }) => key).sort();
    }
}
/** Resources of the second program that the first lacks, by name. */
export const added = (before: RecordedProgram, after: RecordedProgram) => {
    const known = new Set(before.resources.map(({ urn }) => urn));
    return after.resources.filter(({ urn }) => !known.has(urn)).map(({ name }) => name);
};

let dev: Promise<RecordedProgram> | undefined;

/** The program of Pulumi.dev.yaml, evaluated once a process. */
export const recordedDev = (): Promise<RecordedProgram> => (dev ??= recordProgram());
