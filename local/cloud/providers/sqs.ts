import { queueType } from "../sqs";
import { text, type Core, type Kind } from "./kind";

export function sqsKinds(core: Core): Kind[] {
    const { partition, region, accountId } = core;
    const arnOf = (name: string): string => `arn:${partition}:sqs:${region}:${accountId}:${name}`;
    return [
        {
            type: queueType,
            name: { property: "name" },
            replacedBy: ["fifoQueue"],
            id: (inputs) => `${core.endpoint()}/${accountId}/${text(inputs, "name")}`,
            outputs: (inputs, id) => ({ arn: arnOf(text(inputs, "name")), url: id, name: text(inputs, "name") }),
            create: ({ inputs }) => {
                if (inputs.fifoQueue === true)
                    throw new Error("the embedded cloud has standard queues only; leave out fifoQueue");
            },
            delete: ({ outputs }) => core.wire.queues.forget(String(outputs.arn)),
        },
        {
            type: "aws:sqs/queuePolicy:QueuePolicy",
            replacedBy: ["queueUrl"],
            id: (inputs) => text(inputs, "queueUrl"),
            create: ({ inputs }) => {
                const url = text(inputs, "queueUrl");
                if (core.resources.find(queueType, url) === undefined)
                    throw new Error(`AWS.SimpleQueueService.NonExistentQueue: the queue ${url} does not exist`);
            },
        },
    ];
}
