import * as pulumi from "@pulumi/pulumi";
import { tlsOnlyStatement } from "./grants";

/** A service that puts messages into a queue by the queue's own leave, and for what alone. */
export interface QueueSender {
    readonly service: string;
    readonly sourceArn: pulumi.Input<string>;
}

/** Who may send what to a queue beside the account's own roles, which their policies let; over TLS only. */
export function queuePolicy(
    queueArn: pulumi.Input<string>,
    senders: readonly QueueSender[] = [],
): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            ...senders.map(({ service, sourceArn }, index) => ({
                Sid: `Sender${index}`,
                Effect: "Allow",
                Principal: { Service: service },
                Action: "sqs:SendMessage",
                Resource: queueArn,
                Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
            })),
            tlsOnlyStatement("sqs:*", queueArn),
        ],
    });
}
