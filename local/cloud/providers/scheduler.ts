import { nextFiring } from "../scheduleExpression";
import { scheduleArn, scheduleType } from "../schedules";
import { requireRole } from "./iam";
import { optionalText, text, type Core, type Instance, type Kind, type Values } from "./kind";

export function schedulerKinds(core: Core): Kind[] {
    const check = (inputs: Values): void => {
        const { arn, roleArn } = inputs.target as Values;
        requireRole(core, String(roleArn));
        if (typeof arn !== "string") {
            throw new Error('the schedule\'s "target" has no "arn"');
        }
        nextFiring(
            text(inputs, "scheduleExpression"),
            optionalText(inputs, "scheduleExpressionTimezone") ?? "UTC",
            0,
            0,
        );
    };
    return [
        {
            type: scheduleType,
            name: { property: "name" },
            replacedBy: ["groupName"],
            id: (inputs) => `${optionalText(inputs, "groupName") ?? "default"}/${text(inputs, "name")}`,
            outputs: (_inputs, id) => ({ arn: scheduleArn(core, id) }),
            create: ({ id, inputs }) => {
                check(inputs);
                const createdAt = core.clock.now();
                core.schedules.set(id, inputs, createdAt);
                return { createdAt };
            },
            update: ({ id, inputs }: Instance, old) => {
                check(inputs);
                core.schedules.set(id, inputs, Number(old.outputs.createdAt));
            },
            delete: ({ id }) => core.schedules.clear(id),
        },
    ];
}
