import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openCloud, type CloudOptions, type Deployment, type EmbeddedCloud } from "../../local/cloud/cloud";
import type { Declared } from "../fixtures/programs/declared";

export type { Declared } from "../fixtures/programs/declared";

/** Where the clock stands in a fresh test cloud. */
export const startOfTest = Date.parse("2026-04-01T00:00:00Z");

const projectFolder = resolve(__dirname, "../fixtures/programs/declared");

/** An embedded cloud in a temporary folder, with the program that creates what a test declares. */
export interface DeclaredCloud {
    readonly cloud: EmbeddedCloud;
    readonly up: (resources: readonly Declared[], config?: Record<string, unknown>) => Promise<Deployment>;
    /** Closes the cloud and opens its folder again, as another process would. */
    readonly reopen: () => Promise<void>;
}

/** Runs a test on an embedded cloud of its own, and closes and removes it afterwards. */
export async function onCloud(
    test: (declared: DeclaredCloud) => Promise<void>,
    options: Partial<CloudOptions> = {},
): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "lookout-cloud-"));
    const open = (): Promise<EmbeddedCloud> => openCloud({ folder, now: startOfTest, ...options });
    let cloud = await open();
    try {
        await test({
            get cloud() {
                return cloud;
            },
            up: (resources, config = {}) =>
                cloud.up({ projectFolder, stack: "test", config: { "declared:resources": resources, ...config } }),
            reopen: async () => {
                await cloud.close();
                cloud = await open();
            },
        });
    } finally {
        await cloud.close();
        rmSync(folder, { recursive: true, force: true });
    }
}

const anyone = { Version: "2012-10-17", Statement: [] };

/** A role with a policy that allows some actions on everything. */
export function role(name: string, actions: readonly string[] = []): Declared[] {
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
    return [
        { type: "aws:iam/role:Role", name, args: { assumeRolePolicy: { json: anyone } } },
        {
            type: "aws:iam/rolePolicy:RolePolicy",
            name: `${name}-policy`,
            args: { role: { ref: `${name}.name` }, policy: { json: policy } },
        },
    ];
}

/** A function whose module is the text given; its role is named `<name>-role`, unless one is given. */
export function lambda(name: string, code: string, more: Record<string, unknown> = {}): Declared {
    return {
        type: "aws:lambda/function:Function",
        name,
        args: {
            name,
            role: { ref: `${name}-role.arn` },
            handler: "index.handler",
            runtime: "nodejs22.x",
            code: { files: { "index.js": code } },
            ...more,
        },
    };
}

/** A state machine that may call any function and start any execution. */
export function machine(name: string, definition: object): Declared[] {
    return [
        ...role(`${name}-role`, ["lambda:InvokeFunction", "states:StartExecution"]),
        {
            type: "aws:sfn/stateMachine:StateMachine",
            name,
            args: { name, roleArn: { ref: `${name}-role.arn` }, definition: { json: definition } },
            dependsOn: [`${name}-role-policy`],
        },
    ];
}

/** A Task state that calls a function and goes on with its payload. */
export function invokeTask(functionName: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    return {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: functionName, "Payload.$": "$" },
        OutputPath: "$.Payload",
        End: true,
        ...more,
    };
}

/** ARN of a machine in a test cloud. */
export const machineArn = (name: string): string => `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`;
