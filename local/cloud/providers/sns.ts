import { lastPart, text, type Core, type Kind, type Values } from "./kind";

const topicType = "aws:sns/topic:Topic";

export function snsKinds(core: Core): Kind[] {
    const requireTopic = (inputs: Values, key: string): void => {
        if (core.resources.find(topicType, text(inputs, key)) === undefined) {
            throw new Error(`NotFound: the topic ${text(inputs, key)} does not exist`);
        }
    };
    return [
        {
            type: topicType,
            name: { property: "name" },
            replacedBy: ["fifoTopic"],
            id: (inputs) => `arn:${core.partition}:sns:${core.region}:${core.accountId}:${text(inputs, "name")}`,
            outputs: (_inputs, id) => ({ arn: id, owner: core.accountId }),
        },
        {
            type: "aws:sns/topicPolicy:TopicPolicy",
            replacedBy: ["arn"],
            id: (inputs) => text(inputs, "arn"),
            outputs: () => ({ owner: core.accountId }),
            create: ({ inputs }) => requireTopic(inputs, "arn"),
        },
        {
            type: "aws:sns/topicSubscription:TopicSubscription",
            replacedBy: ["topic", "protocol", "endpoint"],
            id: (inputs) => [text(inputs, "topic"), lastPart(text(inputs, "endpoint"))].join(":"),
            outputs: (_inputs, id) => ({ arn: id, pendingConfirmation: true, ownerId: core.accountId }),
            create: ({ inputs }) => requireTopic(inputs, "topic"),
        },
    ];
}
