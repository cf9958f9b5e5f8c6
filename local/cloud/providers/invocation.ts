import { createHash } from "node:crypto";
import { optionalText, text, type Core, type Instance, type Kind, type Values } from "./kind";

type Action = "create" | "update" | "delete";

/**
 * `aws.lambda.Invocation`, as the AWS provider does it: with `lifecycleScope` CRUD the function is called on create, update and delete, and
 * finds in its input under `tf` (or `terraformKey`) which of them it is and what the input was before. Without, it is called on
 * create alone, and any change replaces the resource.
 */
export function invocationKind(core: Core): Kind {
    return {
        type: "aws:lambda/invocation:Invocation",
        replacedBy: ["functionName", "qualifier", "triggers", "lifecycleScope"],
        keepsFailedUpdate: true,
        id: (inputs) => {
            const hash = createHash("md5").update(text(inputs, "input")).digest("hex");
            return [text(inputs, "functionName"), optionalText(inputs, "qualifier") ?? "$LATEST", hash].join("_");
        },
        create: async ({ inputs }) => ({ result: await call(core, inputs, "create", null) }),
        update: async ({ inputs }, old) => ({ result: await call(core, inputs, "update", parseInput(old.inputs)) }),
        delete: async ({ inputs }: Instance) => {
            if (isCrud(inputs)) {
                await call(core, inputs, "delete", parseInput(inputs));
            }
        },
    };
}

const isCrud = (inputs: Values): boolean => inputs.lifecycleScope === "CRUD";

/** Calls the function and gives its result; a failing function fails the resource, with its payload as the reason. */
async function call(core: Core, inputs: Values, action: Action, previous: Values | null): Promise<string> {
    const functionName = text(inputs, "functionName");
    const key = optionalText(inputs, "terraformKey") ?? "tf";
    const input = parseInput(inputs);
    const event = isCrud(inputs) ? { ...input, [key]: { action, prev_input: previous } } : input;
    const { payload, functionError } = await core.functions.invoke(functionName, JSON.stringify(event));
    if (functionError !== undefined) {
        throw new Error(`invoking Lambda Function (${functionName}): ${readable(payload)}`);
    }
    return payload;
}

function parseInput(inputs: Values): Values {
    const input = text(inputs, "input");
    try {
        return JSON.parse(input) as Values;
    } catch {
        throw new Error(`"input" contains invalid JSON: ${input}`);
    }
}

/** The payload without the stack trace, which names files of this process. */
function readable(payload: string): string {
    const { trace: _left, ...rest } = JSON.parse(payload) as Values;
    return JSON.stringify(rest);
}
