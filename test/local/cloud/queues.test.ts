import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { EmbeddedCloud } from "../../../local/cloud/cloud";
import { type Declared, lambda, onCloud, role, startOfTest } from "../../support/declaredCloud";

const queue: Declared = { type: "aws:sqs/queue:Queue", name: "letters", args: { name: "letters", url: undefined } };
const queueArn = "arn:aws:sqs:us-east-1:123456789012:letters";
const credentials = { accessKeyId: "user", secretAccessKey: "user" };
const clientOf = ({ endpoint }: EmbeddedCloud) =>
    new SQSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
const urlOf = ({ endpoint }: EmbeddedCloud) => `${endpoint}/123456789012/letters`;

describe("local/cloud/sqs", () => {
    it("keeps a message until it is deleted, and hides it while somebody has it", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([queue]);
            const client = clientOf(cloud);
            const QueueUrl = urlOf(cloud);
            const receive = async () => (await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages ?? [];
            await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "one" }));
            const [message] = await receive();
            assert.equal(message!.Body, "one");
            assert.deepEqual(await receive(), []);
            await cloud.advanceTo(startOfTest + 30_000);
            const [again] = await receive();
            assert.equal(again!.MessageId, message!.MessageId);
            await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again!.ReceiptHandle }));
            assert.deepEqual(cloud.queues.messages(queueArn), []);
        });
    });

    it("keeps what lies in a queue when the cloud is opened again, and throws it away with the queue", async () => {
        await onCloud(async (declared) => {
            await declared.up([queue]);
            const { cloud } = declared;
            await clientOf(cloud).send(new SendMessageCommand({ QueueUrl: urlOf(cloud), MessageBody: "one" }));
            await declared.reopen();
            assert.equal(declared.cloud.queues.messages(queueArn).length, 1);
            await declared.up([]);
            assert.deepEqual(declared.cloud.queues.messages(), []);
        });
    });

    it("refuses a message without a body, one that is too long, and a queue that is not there", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([queue]);
            const send = (MessageBody: string, QueueUrl = urlOf(cloud)) =>
                clientOf(cloud).send(new SendMessageCommand({ QueueUrl, MessageBody }));
            await assert.rejects(send(""), { name: "InvalidParameterValue" });
            await assert.rejects(send("x".repeat(262_145)), { name: "InvalidParameterValue" });
            await assert.rejects(send("one", `${cloud.endpoint}/123456789012/other`), /does not exist/);
        });
    });

    it("gets the event of a call that nobody waited for and that failed for the last time", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([
                queue,
                ...role("subject-role", ["sqs:SendMessage"]),
                {
                    ...lambda("subject", "exports.handler = async () => { throw new Error('no'); };", {
                        deadLetterConfig: { targetArn: { ref: "letters.arn" } },
                    }),
                    dependsOn: ["subject-role-policy"],
                },
            ]);
            const client = new LambdaClient({ endpoint: cloud.endpoint, region: "us-east-1", credentials });
            const Payload = JSON.stringify({ job: "learn" });
            await client.send(new InvokeCommand({ FunctionName: "subject", InvocationType: "Event", Payload }));
            await cloud.settle();
            assert.deepEqual(cloud.queues.messages(queueArn), []);
            await cloud.runUntilIdle(startOfTest + 3_600_000);
            assert.deepEqual(
                cloud.queues.messages(queueArn).map(({ message }) => message),
                [Payload],
            );
        });
    });

    it("is no place for dead letters of a function that may not send to it", async () => {
        await onCloud(async ({ up }) => {
            const subject = lambda("subject", "exports.handler = async () => 1;", {
                deadLetterConfig: { targetArn: { ref: "letters.arn" } },
            });
            await assert.rejects(
                up([queue, ...role("subject-role"), { ...subject, dependsOn: ["subject-role-policy"] }]),
                /does not have permissions to call SendMessage/,
            );
        });
    });
});
