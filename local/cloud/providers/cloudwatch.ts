import { ruleType, targetType } from "../events";
import { text, type Core, type Kind, type Values } from "./kind";

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
            // Recorded, and never in alarm: the embedded cloud keeps no metrics.
            type: "aws:cloudwatch/metricAlarm:MetricAlarm",
            name: { property: "name" },
            outputs: (_inputs, id) => ({ arn: `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${id}` }),
            create: ({ inputs }) => requireMetric(inputs),
            update: ({ inputs }) => requireMetric(inputs),
        },
        {
            type: "aws:cloudwatch/dashboard:Dashboard",
            replacedBy: ["dashboardName"],
            id: (inputs) => text(inputs, "dashboardName"),
            outputs: (_inputs, id) => ({ dashboardArn: `arn:${partition}:cloudwatch::${accountId}:dashboard/${id}` }),
            create: ({ inputs }) => void JSON.parse(text(inputs, "dashboardBody")),
            update: ({ inputs }) => void JSON.parse(text(inputs, "dashboardBody")),
        },
        {
            type: "aws:cloudwatch/logGroup:LogGroup",
            name: { property: "name" },
            outputs: (_inputs, id) => ({ arn: `arn:${partition}:logs:${region}:${accountId}:log-group:${id}` }),
        },
    ];
}

/** An alarm watches one metric, or several that an expression makes one of. */
function requireMetric(inputs: Values): void {
    const isOne = typeof inputs.metricName === "string" && typeof inputs.namespace === "string";
    const isSeveral = Array.isArray(inputs.metricQueries) && inputs.metricQueries.length > 0;
    if (isOne === isSeveral) {
        throw new Error("ValidationError: an alarm needs either metricName and namespace, or metricQueries");
    }
}
