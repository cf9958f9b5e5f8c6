import assert from "node:assert/strict";
import {
    DescribeAnomalyDetectorCommand,
    ListAnomalyDetectorsCommand,
    LookoutMetricsClient,
    UntagResourceCommand,
} from "@aws-sdk/client-lookoutmetrics";
import { openDetection } from "../../../detection/client";
import { startProxy, type Proxy, type ProxyOptions } from "../../../local/proxy/server";
import { expectedSignature, signatureOf, startCaptureServer, type CaptureServer } from "../../support/captureServer";

const arn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
const own = { accessKeyId: "AKIDOWN", secretAccessKey: "own-secret" };
const theirs = { accessKeyId: "AKIDTHEIRS", secretAccessKey: "their-secret", sessionToken: "their-token" };

describe("local/proxy", () => {
    const closing: { close?(): Promise<void>; destroy?(): void }[] = [];
    const lines: string[] = [];
    afterEach(async () => {
        for (const open of closing.splice(0).reverse()) {
            open.destroy?.();
            await open.close?.();
        }
        lines.length = 0;
    });

    async function service(...given: Parameters<typeof startCaptureServer>): Promise<CaptureServer> {
        const server = await startCaptureServer(...given);
        closing.push(server);
        return server;
    }

    async function proxyTo(endpoint: string, given: Partial<ProxyOptions> = {}): Promise<Proxy> {
        const proxy = await startProxy({
            port: 0,
            endpoint: new URL(endpoint),
            region: "eu-west-1",
            credentials: async () => own,
            now: () => new Date("2026-04-01T12:00:00Z"),
            log: (line) => lines.push(line),
            ...given,
        });
        closing.push(proxy);
        return proxy;
    }

    function client(endpoint: string): LookoutMetricsClient {
        const api = new LookoutMetricsClient({ endpoint, region: "us-east-1", credentials: theirs, maxAttempts: 1 });
        closing.push(api);
        return api;
    }

    it("signs each request for the service lambda, with its own credentials and none of the client's", async () => {
        const server = await service();
        await client((await proxyTo(server.endpoint)).endpoint).send(
            new ListAnomalyDetectorsCommand({ MaxResults: 5 }),
        );
        const [request] = server.requests;
        assert.ok(request !== undefined);
        const { accessKeyId, scope, signature, signedHeaders } = signatureOf(request);
        assert.deepEqual([accessKeyId, scope], ["AKIDOWN", "eu-west-1/lambda"]);
        assert.equal(signature, await expectedSignature(request, own.secretAccessKey));
        assert.ok(
            ["host", "content-type", "x-amz-content-sha256", "x-amz-date"].every((name) =>
                signedHeaders.includes(name),
            ),
        );
        assert.equal(request.headers["x-amz-security-token"], undefined);
        assert.equal(request.headers.host, new URL(server.endpoint).host);
        assert.deepEqual(JSON.parse(request.body), { MaxResults: 5 });
    });

    it("keeps an ARN in a path, and repeated query parameters, as the client wrote them", async () => {
        const server = await service((response) => response.writeHead(204).end());
        const proxy = await proxyTo(server.endpoint, {
            credentials: async () => ({ ...own, sessionToken: "own-token" }),
        });
        await client(proxy.endpoint).send(new UntagResourceCommand({ ResourceArn: arn, TagKeys: ["a b", "c&d"] }));
        const [request] = server.requests;
        assert.ok(request !== undefined);
        assert.equal(request.target, `/tags/${encodeURIComponent(arn)}?tagKeys=a%20b&tagKeys=c%26d`);
        assert.equal(signatureOf(request).signature, await expectedSignature(request, own.secretAccessKey));
        assert.equal(request.headers["x-amz-security-token"], "own-token");
    });

    it("puts the endpoint's own path before the request's", async () => {
        const server = await service();
        await client((await proxyTo(`${server.endpoint}/l4m/`)).endpoint).send(new ListAnomalyDetectorsCommand({}));
        assert.equal(server.requests[0]?.target, "/l4m/ListAnomalyDetectors");
    });

    it("passes the service's refusals through", async () => {
        const server = await service((response) => {
            response.writeHead(400, { "x-amzn-errortype": "ResourceNotFoundException", "x-amzn-requestid": "r-1" });
            response.end(JSON.stringify({ Message: "There is none.", ResourceId: arn }));
        });
        const api = client((await proxyTo(server.endpoint)).endpoint);
        await assert.rejects(
            api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn })),
            (error: Error) => {
                const { $metadata: metadata } = error as unknown as { $metadata: { requestId: string } };
                return error.name === "ResourceNotFoundException" && metadata.requestId === "r-1";
            },
        );
    });

    it("hands on an answer as it comes, before its end", async () => {
        let end = (): void => undefined;
        const server = await service((response) => {
            response.write('{"AnomalyDetectorSummaryList":');
            end = () => void response.end("[]}");
        });
        const proxy = await proxyTo(server.endpoint);
        const answer = await fetch(`${proxy.endpoint}/ListAnomalyDetectors`, { method: "POST", body: "{}" });
        const reader = answer.body!.getReader();
        const first = await reader.read();
        assert.equal(Buffer.from(first.value ?? []).toString(), '{"AnomalyDetectorSummaryList":');
        end();
        assert.equal(Buffer.from((await reader.read()).value ?? []).toString(), "[]}");
    });

    it("tells the operator which permissions a refused signature lacks", async () => {
        const server = await service((response) => response.writeHead(403).end('{"Message":"Forbidden"}'));
        const api = client((await proxyTo(server.endpoint)).endpoint);
        await assert.rejects(api.send(new ListAnomalyDetectorsCommand({})));
        assert.match(
            lines.join("\n"),
            /answered 403; the credentials need lambda:InvokeFunctionUrl and lambda:InvokeFunction/,
        );
    });

    it("says in the client's own terms that there are no credentials", async () => {
        const server = await service();
        const credentials = () => Promise.reject(new Error("Could not load credentials from any providers"));
        const api = client((await proxyTo(server.endpoint, { credentials })).endpoint);
        await assert.rejects(api.send(new ListAnomalyDetectorsCommand({})), {
            name: "AccessDeniedException",
            message: /found no AWS credentials to sign with \(Could not load.*\); set AWS_PROFILE/,
        });
        assert.equal(server.requests.length, 0);
    });

    it("says in the client's own terms that the service cannot be reached", async () => {
        const gone = await startCaptureServer();
        await gone.close();
        const api = client((await proxyTo(gone.endpoint)).endpoint);
        await assert.rejects(api.send(new ListAnomalyDetectorsCommand({})), {
            name: "InternalServerException",
            message: /could not reach http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/,
        });
    });

    it("signs nothing for web pages of others, and nothing larger than a function URL takes", async () => {
        const server = await service();
        const { endpoint } = await proxyTo(server.endpoint);
        const post = (body: string, headers: Record<string, string>) =>
            fetch(endpoint, { method: "POST", body, headers });
        assert.equal((await post("{}", { origin: "https://example.com" })).status, 403);
        const large = await post("x".repeat(6 * 1024 * 1024 + 1), {});
        assert.deepEqual([large.status, large.headers.get("x-amzn-errortype")], [400, "ValidationException"]);
        assert.equal(server.requests.length, 0);
    });
});

describe("the credential scope that clients send", () => {
    it("is lambda for a client with that signing name, in the API and beside it", async () => {
        const server = await startCaptureServer();
        const detection = openDetection({
            endpoint: server.endpoint,
            signing: "lambda",
            region: "us-east-1",
            credentials: own,
        });
        await detection.api.send(new ListAnomalyDetectorsCommand({}));
        await detection.advance(arn);
        detection.api.destroy();
        await server.close();
        assert.deepEqual(
            server.requests.map(signatureOf).map(({ scope }) => scope),
            ["us-east-1/lambda", "us-east-1/lambda"],
        );
        for (const request of server.requests)
            assert.equal(signatureOf(request).signature, await expectedSignature(request, own.secretAccessKey));
    });

    it("is lookoutmetrics for a client that is not told otherwise", async () => {
        const server = await startCaptureServer();
        const api = new LookoutMetricsClient({ endpoint: server.endpoint, region: "us-east-1", credentials: own });
        await api.send(new ListAnomalyDetectorsCommand({}));
        api.destroy();
        await server.close();
        assert.equal(signatureOf(server.requests[0]!).scope, "us-east-1/lookoutmetrics");
    });
});
