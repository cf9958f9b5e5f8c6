import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { EmbeddedCloud } from "../../../local/cloud/cloud";
import { onCloud } from "../../support/declaredCloud";

const topicArn = "arn:aws:sns:us-east-1:123456789012:oncall";
const functionArn = "arn:aws:lambda:us-east-1:210987654321:function:page";
const roleArn = "arn:aws:iam::210987654321:role/page";
const options = ({ endpoint }: EmbeddedCloud) => ({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "user", secretAccessKey: "user" },
    maxAttempts: 1,
});
const publish = (cloud: EmbeddedCloud) =>
    new SNSClient(options(cloud)).send(new PublishCommand({ TopicArn: topicArn, Message: "odd" }));
const invoke = (cloud: EmbeddedCloud, FunctionName = functionArn) =>
    new LambdaClient(options(cloud)).send(new InvokeCommand({ FunctionName, Payload: '{"odd":true}' }));
const assume = (cloud: EmbeddedCloud) =>
    new STSClient(options(cloud)).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "test" }));

describe("local/cloud, what no program made", () => {
    it("does not exist", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up([]);
            await assert.rejects(publish(cloud), { name: "NotFoundException" });
            await assert.rejects(invoke(cloud), { name: "ResourceNotFoundException" });
            await assert.rejects(assume(cloud), { name: "AccessDenied" });
        });
    });

    it("is told, and what it was told is kept, where a cloud takes it for others' own", async () => {
        await onCloud(
            async ({ cloud, up }) => {
                await up([]);
                await publish(cloud);
                await invoke(cloud);
                assert.deepEqual(
                    cloud.topics.messages().map(({ topicArn: target, message }) => [target, message]),
                    [
                        [topicArn, "odd"],
                        [functionArn, '{"odd":true}'],
                    ],
                );
                assert.ok((await assume(cloud)).Credentials!.AccessKeyId);
                await assert.rejects(invoke(cloud, "page"), { name: "ResourceNotFoundException" });
            },
            { recordsOutside: true },
        );
    });
});
