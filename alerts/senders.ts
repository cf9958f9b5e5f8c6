import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { createHash } from "node:crypto";
import type { OnBehalf } from "../detection/aws/roles";

/** A message for a topic. */
export interface TopicMessage {
    readonly subject?: string;
    readonly text: string;
    /** The same for every try of the same message. */
    readonly eventId: string;
    /** Messages of one are kept in order, by topics that keep any. */
    readonly detector: string;
}

/** How messages leave. `on` names the role that is assumed; undefined for the service's own. Each rejects when it may not have arrived. */
export interface Senders {
    publish(topicArn: string, message: TopicMessage, on: OnBehalf | undefined): Promise<void>;
    /** Calls a function and waits for it: one that fails has not been told. */
    invoke(functionArn: string, payload: string, on: OnBehalf | undefined): Promise<void>;
    /** Keeps what cannot be delivered where people find it. */
    deadLetter(letter: string): Promise<void>;
}

/** Clients by region, and by the role whose credentials they use. */
export interface SenderClients {
    readonly sns: (region: string, on: OnBehalf | undefined) => SNSClient;
    readonly lambda: (region: string, on: OnBehalf | undefined) => LambdaClient;
    readonly sqs: SQSClient;
    /** URL of the queue of dead letters. */
    readonly deadLetters: string;
}

export function awsSenders({ sns, lambda, sqs, deadLetters }: SenderClients): Senders {
    return {
        publish: async (topicArn, message, on) => {
            const fifo = topicArn.endsWith(".fifo")
                ? { MessageGroupId: message.detector, MessageDeduplicationId: hash(message.eventId) }
                : {};
            const { subject: Subject, text: Message } = message;
            await sns(regionOf(topicArn), on).send(
                new PublishCommand({ TopicArn: topicArn, Message, Subject, ...fifo }),
            );
        },
        invoke: async (functionArn, payload, on) => {
            const { FunctionError, Payload } = await lambda(regionOf(functionArn), on).send(
                new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(payload) }),
            );
            if (FunctionError !== undefined) throw new Error(`the function failed: ${errorOf(Payload)}`);
        },
        deadLetter: async (letter) => {
            await sqs.send(new SendMessageCommand({ QueueUrl: deadLetters, MessageBody: letter }));
        },
    };
}

const regionOf = (arn: string): string => arn.split(":")[3] ?? "";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Name and text of a function's error; its trace stays in its log. */
function errorOf(payload: Uint8Array | undefined): string {
    const text = Buffer.from(payload ?? []).toString("utf8");
    try {
        const { errorType, errorMessage } = JSON.parse(text) as { errorType?: string; errorMessage?: string };
        return [errorType, errorMessage].filter((part) => part !== undefined).join(": ") || text.slice(0, 200);
    } catch {
        return text.slice(0, 200);
    }
}
