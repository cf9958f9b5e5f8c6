import assert from "node:assert/strict";
import { GetCallerIdentityCommand, STSClient, AssumeRoleCommand } from "@aws-sdk/client-sts";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { EmbeddedCloud } from "../../../local/cloud/cloud";
import { type Declared, onCloud, startOfTest } from "../../support/declaredCloud";

const roleArn = "arn:aws:iam::123456789012:role/guest";
const topicArn = "arn:aws:sns:us-east-1:123456789012:alarms";

/** A role that may publish to a topic, for whoever the trust policy names and brings the external id. */
const program = (principal: unknown): Declared[] => [
    { type: "aws:sns/topic:Topic", name: "alarms", args: { name: "alarms" } },
    {
        type: "aws:iam/role:Role",
        name: "guest",
        args: {
            name: "guest",
            assumeRolePolicy: {
                json: {
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: principal,
                            Action: "sts:AssumeRole",
                            Condition: { StringEquals: { "sts:ExternalId": "shop" } },
                        },
                    ],
                },
            },
        },
    },
    {
        type: "aws:iam/rolePolicy:RolePolicy",
        name: "guest-policy",
        args: {
            role: { ref: "guest.name" },
            policy: {
                json: {
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: ["sns:Publish"], Resource: [topicArn] }],
                },
            },
        },
    },
];

const user = { accessKeyId: "user", secretAccessKey: "user" };

const assume = (cloud: EmbeddedCloud, externalId?: string) =>
    new STSClient({ endpoint: cloud.endpoint, region: "us-east-1", credentials: user }).send(
        new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "test", ExternalId: externalId }),
    );

const account = { AWS: "arn:aws:iam::123456789012:root" };

describe("local/cloud/sts", () => {
    it("gives credentials of a role to whom its trust policy names, and they can do what the role may", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program(account));
            const { Credentials: found } = await assume(cloud, "shop");
            const credentials = { accessKeyId: found!.AccessKeyId!, secretAccessKey: found!.SecretAccessKey! };
            const options = { endpoint: cloud.endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
            await new SNSClient(options).send(new PublishCommand({ TopicArn: topicArn, Message: "told" }));
            assert.deepEqual(
                cloud.topics.messages().map(({ message }) => message),
                ["told"],
            );
            const { Arn } = await new STSClient(options).send(new GetCallerIdentityCommand({}));
            assert.equal(Arn, roleArn);
            assert.equal(found!.Expiration!.getTime(), startOfTest + 3_600_000);
        });
    });

    it("refuses another external id, none, and a role that does not exist", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program(account));
            await assert.rejects(assume(cloud, "other"), { name: "AccessDenied" });
            await assert.rejects(assume(cloud), { name: "AccessDenied" });
            await up([]);
            await assert.rejects(assume(cloud, "shop"), { name: "AccessDenied" });
        });
    });

    it("refuses a caller whom the trust policy does not name", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program({ AWS: "arn:aws:iam::123456789012:role/other" }));
            await assert.rejects(assume(cloud, "shop"), { name: "AccessDenied" });
        });
    });

    it("lets credentials expire", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program(account));
            const { Credentials: found } = await assume(cloud, "shop");
            const credentials = { accessKeyId: found!.AccessKeyId!, secretAccessKey: found!.SecretAccessKey! };
            const sns = new SNSClient({ endpoint: cloud.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
            await cloud.advanceTo(startOfTest + 3_600_000);
            await assert.rejects(sns.send(new PublishCommand({ TopicArn: topicArn, Message: "late" })), {
                name: "ExpiredToken",
            });
        });
    });
});
