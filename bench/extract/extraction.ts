import { S3Client } from "@aws-sdk/client-s3";
import { spawn } from "node:child_process";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { bundleHandlers, type HandlerParts } from "../../components/bundles";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import { writeDocument } from "../../pipeline/documents";
import { generationKey } from "../../pipeline/objectLayout";
import { type ExtractionSpec, generationRecord } from "../../pipeline/records";
import { formatInstant, type Window } from "../../pipeline/windows";
import { runCommand } from "./command";
import { type OpenDatabase, sampleQuery } from "./database";

/** What one call of the extractor function came to. */
export interface Extracted {
    /** From the function's cold start to its answer. */
    readonly seconds: number;
    /** Of all processors, that the function's process had for itself: other work on the machine hardly weighs on it. */
    readonly processorSeconds: number;
    /** Most memory that the function's process had. */
    readonly peakMegabytes: number;
    readonly rows: number;
    readonly megabytes: number;
}

/** The extractor function as it is deployed, in a process of its own beside the object store's. */
export interface ExtractorFunction {
    extract(window: Window): Promise<Extracted>;
    close(): Promise<void>;
}

const bucket = "metrics";
const region = "us-east-1";
const detector = "bench";
const generation = "0123456789";
const project = path.join(__dirname, "../..");

const spec: ExtractionSpec = {
    source: "bench",
    query: sampleQuery,
    interval: "PT1H",
    timeZone: "UTC",
    sourceTimeZone: "UTC",
    timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
    dimensions: ["platform", "marketplace"],
    measures: [
        { name: "views", aggregation: "SUM" },
        { name: "revenue", aggregation: "SUM" },
    ],
    history: { last: "P30D" },
    chunk: "P30D",
};

/** Bundles the function for the database's type and starts the object store. */
export async function openExtractorFunction(folder: string, database: OpenDatabase): Promise<ExtractorFunction> {
    const { config, secrets, query = sampleQuery, layerPackages = [] } = database;
    const parts = path.join(folder, "parts");
    await mkdir(parts);
    const store = await startStore(parts, secrets);
    const environment = {
        AWS_ENDPOINT_URL: store.endpoint,
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: "AKIABENCH",
        AWS_SECRET_ACCESS_KEY: "bench",
        NODE_PATH: path.join(project, "node_modules"),
        LOOKOUT_BUCKET: bucket,
        LOOKOUT_LIMITS: "{}",
        LOOKOUT_SOURCE: JSON.stringify({ name: "bench", config }),
    };
    const credentials = { accessKeyId: "AKIABENCH", secretAccessKey: "bench" };
    const client = new S3Client({ endpoint: store.endpoint, region, credentials, forcePathStyle: true });
    const objects = openS3ObjectStore(client, bucket);
    const record = { version: 1, generation, spec: { ...spec, query } } as const;
    await writeDocument(objects, generationKey(detector, generation), generationRecord, record);
    const handler = await placeBundle(folder, { sourceType: String(config.type), layerPackages });
    let calls = 0;
    return {
        async extract(window) {
            calls += 1;
            const event = startEvent(window, calls);
            const answer = JSON.parse(await runCommand(process.execPath, handler, environment, event)) as CallAnswer;
            const ticket = JSON.parse((await objects.get(answer.answer.ticketKey))?.body.toString() ?? "{}") as Ticket;
            await Promise.all((await readdir(parts)).map((part) => rm(path.join(parts, part))));
            const { seconds, processorSeconds, peakMegabytes } = answer;
            return {
                seconds,
                processorSeconds,
                peakMegabytes,
                rows: ticket.rows ?? 0,
                megabytes: (ticket.bytes ?? 0) / 1e6,
            };
        },
        close: () => store.close(),
    };
}

interface CallAnswer {
    readonly answer: { readonly ticketKey: string };
    readonly seconds: number;
    readonly processorSeconds: number;
    readonly peakMegabytes: number;
}

interface Ticket {
    readonly rows?: number;
    readonly bytes?: number;
}

/** Each call is an execution of its own, which writes under a prefix of its own. */
function startEvent(window: Window, call: number): string {
    const run = {
        kind: "backfill",
        detector,
        interval: "PT1H",
        source: "bench",
        generation,
        execution: `run-${call}`,
        fence: call,
        extractor: "extract-bench",
        maxConcurrentStatements: 1,
    };
    const span = { start: formatInstant(window.start), end: formatInstant(window.end) };
    return JSON.stringify({ action: "start", run, window: span, attempt: 1 });
}

/** Arguments of Node that call the bundled handler. */
async function placeBundle(folder: string, parts: Omit<HandlerParts, "handler">): Promise<string[]> {
    const bundles = await bundleHandlers(project, path.join(project, "functions"), { handler: "extract", ...parts });
    const file = path.join(folder, "code", "index.js");
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bundles.extract ?? "");
    return ["--no-warnings", path.join(__dirname, "callHandler.js"), file];
}

async function startStore(
    folder: string,
    secrets: OpenDatabase["secrets"],
): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
    const script = path.join(__dirname, "storeProcess.ts");
    const child = spawn(process.execPath, ["--no-warnings", "--import", "tsx", script, folder], {
        env: { ...process.env, LOOKOUT_BENCH_SECRETS: JSON.stringify(secrets) },
        stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
    const endpoint = await new Promise<string>((resolve, reject) => {
        child.stdout.setEncoding("utf8").once("data", (line: string) => resolve(line.trim()));
        child.on("close", (code) => reject(new Error(`the object store ended with ${code}`)));
    });
    return {
        endpoint,
        async close() {
            child.stdin.end();
            await ended;
        },
    };
}
