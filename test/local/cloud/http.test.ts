import {
    GetObjectCommand,
    ListObjectsV2Command,
    DeleteObjectsCommand,
    PutObjectCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import assert from "node:assert/strict";
import type { CloudService, PolicyDocument } from "../../../local/cloud/service";
import { allow, openWireWorld, wireStart, type ClientConfig, type WireWorld } from "../../support/wireWorld";

const Bucket = "metrics";
const topic = "arn:aws:sns:us-east-1:123456789012:alerts";

/** Stands for a service of the other half of the cloud. */
const echo: CloudService = {
    names: ["lambda"],
    operation: () => "Invoke",
    needs: ({ path }) => [{ action: "lambda:InvokeFunction", resource: path.split("/")[3]! }],
    handle: async ({ body }) => ({ status: 200, body }),
};

describe("local/cloud/http", () => {
    let world: WireWorld;
    const clients: { destroy(): void }[] = [];

    before(async () => {
        world = await openWireWorld({ services: [echo] });
        await world.wire.buckets.create(Bucket);
        await world.wire.secrets.put("warehouse", { username: "u" });
        world.addResource({ type: "aws:sns/topic:Topic", id: topic });
        await world.wire.buckets.open(Bucket).put("shop/a.csv", "a");
    });
    afterEach(() => {
        world.wire.faults.clear();
        clients.splice(0).forEach((client) => client.destroy());
    });
    after(() => world.close());

    const s3 = (config: ClientConfig = world.client): S3Client => keep(new S3Client(config));
    const keep = <T extends { destroy(): void }>(client: T): T => {
        clients.push(client);
        return client;
    };
    const as = (...policies: PolicyDocument[]): ClientConfig => world.addRole("worker", ...policies).client;
    const get = (client: S3Client, Key = "shop/a.csv"): Promise<unknown> =>
        client.send(new GetObjectCommand({ Bucket, Key }));

    describe("permissions", () => {
        it("let a function do what its role allows and nothing else", async () => {
            const client = s3(as(allow("s3:GetObject", `arn:aws:s3:::${Bucket}/shop/*`)));
            await get(client);
            await assert.rejects(client.send(new PutObjectCommand({ Bucket, Key: "shop/b", Body: "" })), {
                name: "AccessDenied",
                message:
                    /assumed-role\/worker\/worker is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::metrics\/shop\/b/,
            });
            await assert.rejects(get(client, "other/a.csv"), { name: "AccessDenied" });
        });

        it("do not tell who may not list that a key is missing", async () => {
            const read = allow("s3:GetObject", `arn:aws:s3:::${Bucket}/*`);
            await assert.rejects(get(s3(as(read)), "none"), { name: "AccessDenied" });
            const list = allow("s3:ListBucket", `arn:aws:s3:::${Bucket}`);
            await assert.rejects(get(s3(as(read, list)), "none"), { name: "NoSuchKey" });
        });

        it("judge a listing by its prefix", async () => {
            const list = allow("s3:ListBucket", `arn:aws:s3:::${Bucket}`, { StringLike: { "s3:prefix": "shop/*" } });
            const client = s3(as(list));
            const { KeyCount } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "shop/" }));
            assert.equal(KeyCount, 1);
            await assert.rejects(client.send(new ListObjectsV2Command({ Bucket })), { name: "AccessDenied" });
        });

        it("judge the keys of a common delete one by one", async () => {
            const store = world.wire.buckets.open(Bucket);
            await store.put("shop/old", "");
            await store.put("safe/old", "");
            const client = s3(as(allow("s3:DeleteObject", `arn:aws:s3:::${Bucket}/shop/*`)));
            const Objects = [{ Key: "shop/old" }, { Key: "safe/old" }];
            const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
            assert.deepEqual(
                Deleted?.map(({ Key }) => Key),
                ["shop/old"],
            );
            assert.deepEqual(
                Errors?.map(({ Key, Code }) => [Key, Code]),
                [["safe/old", "AccessDenied"]],
            );
            await store.delete(["safe/old"]);
        });

        it("refuse in each protocol's own words", async () => {
            const config = as();
            const secrets = keep(new SecretsManagerClient(config));
            await assert.rejects(secrets.send(new GetSecretValueCommand({ SecretId: "warehouse" })), {
                name: "AccessDeniedException",
                message:
                    /secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:123456789012:secret:warehouse-\w{6}/,
            });
            const sns = keep(new SNSClient(config));
            await assert.rejects(sns.send(new PublishCommand({ TopicArn: topic, Message: "m" })), {
                name: "AuthorizationErrorException",
            });
            const lambda = keep(new LambdaClient(config));
            await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: "f" })), {
                name: "AccessDeniedException",
            });
        });

        it("hold for a key that no role has any more", async () => {
            const gone = { ...world.client, credentials: { accessKeyId: "LKIAgone", secretAccessKey: "x" } };
            await assert.rejects(get(s3(gone)), { name: "InvalidClientTokenId" });
        });
    });

    describe("faults", () => {
        it("strike before the work, as often as asked for, where they match", async () => {
            const store = world.wire.buckets.open(Bucket);
            world.wire.faults.inject({
                at: "s3:PutObject",
                times: 2,
                match: (request) => (request as { path: string }).path.endsWith("/hit"),
                error: { name: "SlowDown", message: "Please reduce your request rate.", status: 503 },
            });
            const client = s3();
            const put = (Key: string): Promise<unknown> =>
                client.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
            await put("miss");
            await assert.rejects(put("hit"), { name: "SlowDown" });
            await assert.rejects(put("hit"), { name: "SlowDown" });
            assert.equal(await store.get("hit"), undefined);
            await put("hit");
            assert.ok(await store.get("hit"));
        });

        it("strike after the work, so that the caller does not learn that it was done", async () => {
            world.wire.faults.inject({
                at: "s3:PutObject",
                when: "after",
                error: { name: "InternalError", message: "lost" },
            });
            await assert.rejects(s3().send(new PutObjectCommand({ Bucket, Key: "done", Body: "x" })), {
                name: "InternalError",
            });
            assert.ok(await world.wire.buckets.open(Bucket).get("done"));
        });

        it("cut the line when they have no status", async () => {
            world.wire.faults.inject({ at: "s3:GetObject", error: { name: "Reset", message: "reset", status: 0 } });
            await assert.rejects(get(s3()), { code: "ECONNRESET" });
            await get(s3());
        });

        it("are got over by the SDK's own retries", async () => {
            world.wire.faults.inject({ at: "s3:GetObject", error: { name: "InternalError", message: "once" } });
            await get(keep(new S3Client({ ...world.client, maxAttempts: 2 })));
        });

        it("strike in services of the other half too", async () => {
            world.wire.faults.inject({ at: "lambda:Invoke", error: { name: "ServiceException", message: "broken" } });
            const lambda = keep(new LambdaClient(world.client));
            await assert.rejects(lambda.send(new InvokeCommand({ FunctionName: "f", Payload: "1" })), {
                name: "ServiceException",
                message: "broken",
            });
        });
    });

    describe("function URLs", () => {
        const url = (path: string): string => `${world.wire.endpoint}/_url/api${path}`;
        const signature = (key: string): Record<string, string> => ({
            authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260401/us-east-1/lambda/aws4_request, Signature=0`,
        });
        const resource = "arn:aws:lambda:us-east-1:123456789012:function:api";

        before(() => {
            world.addResource({
                type: "aws:lambda/functionUrl:FunctionUrl",
                id: "api",
                inputs: { functionName: "api", authorizationType: "AWS_IAM" },
            });
            world.setFunction(async (name, payload) => {
                const event = JSON.parse(payload) as {
                    rawPath: string;
                    rawQueryString: string;
                    body: string;
                    requestContext: { http: { method: string } };
                };
                if (event.rawPath === "/fails") {
                    return { payload: '{"errorType":"Error"}', functionError: "Unhandled" };
                }
                const { method } = event.requestContext.http;
                const said = { name, method, path: event.rawPath, query: event.rawQueryString, body: event.body };
                return {
                    payload: JSON.stringify({
                        statusCode: 202,
                        headers: { "X-Said": "yes" },
                        body: JSON.stringify(said),
                    }),
                };
            });
        });

        it("carry method, path, query and body to the function and its answer back", async () => {
            const headers = { ...signature("AKIAUSER"), "content-type": "application/json" };
            const response = await fetch(url("/a/b?x=1"), { method: "POST", headers, body: '{"é":1}' });
            const said = { name: "api", method: "POST", path: "/a/b", query: "x=1", body: '{"é":1}' };
            assert.deepEqual([response.status, response.headers.get("x-said")], [202, "yes"]);
            assert.deepEqual(await response.json(), said);
        });

        it("want a signature, and of a function both permissions", async () => {
            assert.equal((await fetch(url("/"))).status, 403);
            as(
                allow("lambda:InvokeFunctionUrl", resource, {
                    StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" },
                }),
            );
            assert.equal((await fetch(url("/"), { headers: signature("LKIAworker") })).status, 403);
            as(allow(["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"], resource));
            assert.equal((await fetch(url("/"), { headers: signature("LKIAworker") })).status, 202);
        });

        it("answer 502 for a function that failed and 404 for one that has no URL", async () => {
            assert.equal((await fetch(url("/fails"), { headers: signature("AKIAUSER") })).status, 502);
            const unknown = await fetch(`${world.wire.endpoint}/_url/none/`, { headers: signature("AKIAUSER") });
            assert.equal(unknown.status, 404);
        });
    });

    describe("secrets", () => {
        it("are read by name, by ARN and by ARN without its last characters", async () => {
            const client = keep(new SecretsManagerClient(world.client));
            const read = (SecretId: string): Promise<{ ARN?: string; SecretString?: string }> =>
                client.send(new GetSecretValueCommand({ SecretId }));
            const { ARN, SecretString } = await read("warehouse");
            assert.equal(SecretString, '{"username":"u"}');
            assert.equal((await read(ARN!)).SecretString, SecretString);
            assert.equal((await read(ARN!.slice(0, -7))).SecretString, SecretString);
            await assert.rejects(read("none"), {
                name: "ResourceNotFoundException",
                message: "Secrets Manager can't find the specified secret.",
            });
        });

        it("are created once", async () => {
            const client = keep(new SecretsManagerClient(world.client));
            const create = new CreateSecretCommand({ Name: "made", SecretString: "s" });
            await client.send(create);
            await assert.rejects(client.send(create), { name: "ResourceExistsException" });
            await world.wire.secrets.delete("made");
            await client.send(create);
        });
    });

    describe("topics", () => {
        it("record what is published to them, with subject and time", async () => {
            const client = keep(new SNSClient(world.client));
            const { MessageId } = await client.send(
                new PublishCommand({ TopicArn: topic, Subject: "s", Message: "é & <1>\n" }),
            );
            assert.ok(MessageId);
            assert.deepEqual(world.wire.topics.messages(topic), [
                { topicArn: topic, subject: "s", message: "é & <1>\n", at: wireStart },
            ]);
            assert.deepEqual(world.wire.topics.messages("arn:other"), []);
        });

        it("refuse what the service would refuse", async () => {
            const client = keep(new SNSClient(world.client));
            const publish = (fields: object): Promise<unknown> =>
                client.send(new PublishCommand({ TopicArn: topic, Message: "m", ...fields }));
            await assert.rejects(publish({ TopicArn: `${topic}2` }), { name: "NotFoundException" });
            await assert.rejects(publish({ Message: "" }), { name: "InvalidParameterException" });
            await assert.rejects(publish({ Subject: "two\nlines" }), { name: "InvalidParameterException" });
            await assert.rejects(publish({ Message: "x".repeat(256 * 1024 + 1) }), {
                name: "InvalidParameterException",
            });
        });
    });

    it("names a service that it does not have, and a request that says none", async () => {
        const sign = (service: string): object => ({
            headers: {
                authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260401/us-east-1/${service}/aws4_request, Signature=0`,
            },
        });
        const unknown = await fetch(world.wire.endpoint, sign("dynamodb"));
        assert.deepEqual([unknown.status, /no service dynamodb/.test(await unknown.text())], [501, true]);
        assert.equal((await fetch(world.wire.endpoint)).status, 403);
    });
});
