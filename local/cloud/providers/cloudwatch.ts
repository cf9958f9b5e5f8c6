import { ruleType, targetType } from "../events";
import { text, type Core, type Kind } from "./kind";

export function cloudwatchKinds(core: Core): Kind[] {
    const { partition, region, accountId } = core;
    return [
        {
            type: ruleType,
            name: { property: "name" },
            replacedBy: ["eventBusName"],
            outputs: (_inputs, id) => ({ arn: `arn:${partition}:events:${region}:${accountId}:rule/${id}` }),
            create: ({ inputs }) => void JSON.parse(text(inputs, "eventPattern")),
            update: ({ inputs }) => void JSON.parse(text(inputs, "eventPattern")),
            delete: ({ id }) => {
                if (core.resources.ofType(targetType).some(({ inputs }) => inputs.rule === id)) {
                    throw new Error(`ValidationException: the rule ${id} can't be deleted since it has targets`);
                }
            },
        },
        {
            type: targetType,
            name: { property: "targetId" },
            replacedBy: ["rule", "eventBusName"],
            id: (inputs) => `${text(inputs, "rule")}-${text(inputs, "targetId")}`,
            create: ({ inputs }) => {
                if (core.resources.find(ruleType, text(inputs, "rule")) === undefined) {
                    throw new Error(`ResourceNotFoundException: the rule ${text(inputs, "rule")} does not exist`);
                }
            },
        },
        {
            type: "aws:cloudwatch/logGroup:LogGroup",
            name: { property: "name" },
            outputs: (_inputs, id) => ({ arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${id}` }),
        },
    ];
}
