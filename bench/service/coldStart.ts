import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { handlerBundles } from "../../components/bundles";
import { median } from "./median";

/** A bundled function in a process that has just started. */
export interface ColdStart {
    /** Size of the bundle. */
    readonly kilobytes: number;
    /** Milliseconds to load it, and from there to its first answer. */
    readonly loadMs: number;
    readonly answerMs: number;
    /** Resident memory after the first answer, megabytes. */
    readonly megabytes: number;
}

/** The API's function beside one that has nothing in it but hono; their starts take turns. */
export interface ColdStarts {
    readonly service: ColdStart;
    readonly bare: ColdStart;
}

export async function measureColdStarts(folder: string, rounds = 7): Promise<ColdStarts> {
    const files = { service: path.join(folder, "service.js"), bare: path.join(folder, "bare.js") };
    const code = { service: (await handlerBundles()).detectionApi!, bare: await bareBundle() };
    await Promise.all([writeFile(files.service, code.service), writeFile(files.bare, code.bare)]);
    const bucket = await openBucket();
    const runs: { service: Started[]; bare: Started[] } = { service: [], bare: [] };
    try {
        for (let round = 0; round < rounds; round++)
            for (const which of ["service", "bare"] as const) runs[which].push(await start(files[which], bucket.url));
    } finally {
        bucket.close();
    }
    const summary = (which: "service" | "bare"): ColdStart => ({
        kilobytes: Math.round(Buffer.byteLength(code[which]) / 1000),
        loadMs: median(runs[which].map(({ loadMs }) => loadMs)),
        answerMs: median(runs[which].map(({ answerMs }) => answerMs)),
        megabytes: median(runs[which].map(({ megabytes }) => megabytes)),
    });
    return { service: summary("service"), bare: summary("bare") };
}

async function bareBundle(): Promise<string> {
    const contents = `import { Hono } from "hono"; import { handle } from "hono/aws-lambda";
        export const handler = handle(new Hono().post("*", (c) => c.json({})));`;
    const { outputFiles } = await build({
        stdin: { contents, resolveDir: __dirname },
        bundle: true,
        minify: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        write: false,
    });
    return outputFiles[0]!.text;
}

interface Started {
    readonly loadMs: number;
    readonly answerMs: number;
    readonly megabytes: number;
    readonly status: number;
}

/** What Lambda does with a function: loads it, and hands it the event of a request to its URL. */
const script = `
const event = { version: "2.0", rawPath: "/DescribeAnomalyDetector", rawQueryString: "", headers: { host: "f", "content-type": "application/json" },
    requestContext: { http: { method: "POST", path: "/DescribeAnomalyDetector", sourceIp: "127.0.0.1" }, domainName: "f" },
    body: JSON.stringify({ AnomalyDetectorArn: "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop" }), isBase64Encoded: false };
const began = performance.now();
const { handler } = require(process.argv[1]);
const loaded = performance.now();
handler(event, {}).then(({ statusCode }) => {
    const done = performance.now();
    console.log(JSON.stringify({ loadMs: loaded - began, answerMs: done - loaded, megabytes: Math.round(process.memoryUsage().rss / 1e5) / 10, status: statusCode }));
    process.exit(0);
});`;

async function start(file: string, bucketUrl: string): Promise<Started> {
    const env = {
        PATH: process.env.PATH,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_ENDPOINT_URL: bucketUrl,
        LOOKOUT_BUCKET: "metrics",
        LOOKOUT_ACCOUNT: "123456789012",
        LOOKOUT_WORKER: "worker",
        LOOKOUT_ACCESS: JSON.stringify({ roles: [], targets: [] }),
    };
    const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "-e", script, file], { env });
    const started = JSON.parse(stdout) as Started;
    // The detector is not in the bucket: an answer that took one read of it.
    if (started.status !== 200 && started.status !== 400) throw new Error(`${file} answered ${started.status}`);
    return started;
}

/** A bucket with nothing in it, for the official client of S3. */
async function openBucket(): Promise<{ readonly url: string; close(): void }> {
    const server = createServer((_request, response) => {
        response.writeHead(404, { "content-type": "application/xml" });
        response.end("<Error><Code>NoSuchKey</Code><Message>There is no such key.</Message></Error>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
