import { machineType } from "../executions";
import { checkMachine } from "../machineRun";
import { requireRole } from "./iam";
import { text, type Core, type Kind, type Values } from "./kind";

export function stepFunctionsKinds(core: Core): Kind[] {
    const arnOf = (name: string): string =>
        `arn:${core.partition}:states:${core.region}:${core.accountId}:stateMachine:${name}`;
    const check = async (inputs: Values): Promise<void> => {
        requireRole(core, text(inputs, "roleArn"));
        await checkMachine(text(inputs, "definition"));
    };
    return [
        {
            type: machineType,
            name: { property: "name" },
            replacedBy: ["type"],
            id: (inputs) => arnOf(text(inputs, "name")),
            outputs: (_inputs, id) => ({ arn: id, status: "ACTIVE" }),
            create: async ({ inputs }) => {
                await check(inputs);
                return { createdAt: core.clock.now(), creationDate: new Date(core.clock.now()).toISOString() };
            },
            update: async ({ inputs }) => check(inputs),
            delete: ({ id }) => core.executions.forget(id),
        },
    ];
}
