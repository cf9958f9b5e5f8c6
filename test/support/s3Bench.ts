import { type GetObjectCommandInput, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { parse } from "csv-parse/sync";
import { gzipSync } from "node:zlib";
import type { ObjectStore } from "../../objects/objectStore";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import type { Faults } from "../../local/cloud/service";
import type { ExtractionSpec, WindowKind } from "../../pipeline/records";
import type { Window } from "../../pipeline/windows";
import type { Extractor } from "../../sources/metricSource";
import { s3Schema } from "../../sources/s3/config";
import { open } from "../../sources/s3/extractor";
import { openReader } from "../../sources/s3/objects";
import { specOf } from "./specs";
import { openWiredCloud, type WiredRole } from "./wiredCloud";

/** What a test asks to be extracted, as far as it differs from an hour of the sample, live. */
export interface Asked {
    readonly spec?: Partial<ExtractionSpec>;
    readonly window?: Window;
    readonly kind?: WindowKind;
}

/** The embedded S3 with a bucket of somebody else's objects, and the stack's own. */
export interface S3Bench {
    readonly store: ObjectStore;
    readonly bucket: string;
    /** Writes an object into the bucket `lake`; a key that ends in .gz packs it. */
    put(key: string, body: string | Uint8Array): Promise<void>;
    /** Writes an object as it is. */
    putRaw(key: string, body: string | Uint8Array): Promise<void>;
    /** Takes all objects of `lake` away. */
    clear(): Promise<void>;
    extractor(tables: object, config?: object): Extractor;
    /** Extracts a window and reads its rows; NULL is null. */
    rows(extractor: Extractor, asked?: Asked): Promise<(string | null)[][]>;
    readonly faults: Faults;
    /** What was read of the objects: `key bytes=0-99`, without a range for a whole one. */
    readonly fetched: string[];
    /** Listings so far, one for each extraction of a window below one prefix, and those that have not been answered. */
    readonly lists: { asked: number; open: number };
    /** Does something each time before an object is read: nothing unless set. */
    beforeRead: () => Promise<void>;
    /** Holds listings back until their caller gives up. */
    hold(isHeld: boolean): void;
    close(): Promise<void>;
}

const bucket = "metrics";
const lake = "lake";

/** Rejects once the caller has given up. */
const given = (signal: AbortSignal | undefined): Promise<never> =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("given up"))));

export const sampleWindow: Window = {
    start: Date.parse("2026-01-01T10:00:00Z"),
    end: Date.parse("2026-01-01T11:00:00Z"),
};

/** `roles` are those that a source may assume; anybody else reads everything. */
export async function openS3Bench(roles: readonly WiredRole[] = []): Promise<S3Bench> {
    const cloud = await openWiredCloud(Date.parse("2026-01-01T12:00:00Z"), { roles });
    await cloud.wire.buckets.create(bucket);
    await cloud.wire.buckets.create(lake);
    const objects = new S3Client({ ...cloud.client, forcePathStyle: true });
    const wired = { ...cloud.client, forcePathStyle: true, retryMode: "standard", maxAttempts: 1 };
    const reader = new S3Client(wired);
    const fetched: string[] = [];
    const watched = (client: S3Client): S3Client => {
        client.middlewareStack.add(
            (next, { commandName }) =>
                async (args) => {
                    if (commandName !== "GetObjectCommand") return next(args);
                    const { Key, Range = "" } = args.input as GetObjectCommandInput;
                    fetched.push(`${Key} ${Range}`.trim());
                    await bench.beforeRead();
                    return next(args);
                },
            { step: "initialize" },
        );
        return client;
    };
    watched(reader);
    let extractions = 0;
    const lists = { asked: 0, open: 0 };
    let isHeld = false;
    reader.middlewareStack.add(
        (next, { commandName }) =>
            async (args) => {
                if (commandName !== "ListObjectsV2Command") return next(args);
                lists.asked++;
                lists.open++;
                try {
                    if (isHeld) await given(held.signal);
                    return await next(args);
                } finally {
                    lists.open--;
                }
            },
        { step: "initialize" },
    );
    const held: { signal?: AbortSignal } = {};
    const lakeStore = openS3ObjectStore(objects, lake);
    const putRaw = async (key: string, Body: string | Uint8Array): Promise<void> => {
        await objects.send(new PutObjectCommand({ Bucket: lake, Key: key, Body }));
    };
    const bench: S3Bench = {
        beforeRead: async () => undefined,
        store: openS3ObjectStore(objects, bucket),
        bucket,
        lists,
        hold: (on) => (isHeld = on),
        put: (key, body) => putRaw(key, key.endsWith(".gz") ? gzipSync(body) : body),
        putRaw,
        clear: async () => {
            for await (const { key } of lakeStore.list("")) await lakeStore.delete([key]);
        },
        extractor: (tables, config = {}) => {
            const parsed = s3Schema.parse({ type: "s3", tables, ...config });
            const assuming = openReader(cloud.client.region, parsed, {
                endpoint: cloud.client.endpoint,
                forcePathStyle: true,
                sts: new STSClient({ ...cloud.client, maxAttempts: 1 }),
            });
            const extractor = open(
                { name: "warehouse", config: parsed, region: cloud.client.region },
                { reader: parsed.roleArn === undefined ? reader : watched(assuming), objects },
            );
            return {
                ...extractor,
                start: (extraction) => {
                    if (extraction.signal !== undefined) held.signal = extraction.signal;
                    return extractor.start(extraction);
                },
            };
        },
        async rows(extractor, { spec = {}, window = sampleWindow, kind = "live" } = {}) {
            const prefix = `orders/${kind}/${++extractions}/`;
            const attempt = { bucket, prefix, token: `${extractions}`, detector: "orders", window, kind };
            await extractor.start({ ...attempt, spec: specOf(spec) });
            const found = await openS3ObjectStore(objects, bucket).get(`${prefix}rows.csv`);
            const all = parse(found?.body.toString() ?? "", {
                cast: (value, { quoting }) => (value === "" && !quoting ? null : value),
            }) as unknown as (string | null)[][];
            return all.slice(1);
        },
        faults: cloud.wire.faults,
        fetched,
        close: () => cloud.close(),
    };
    return bench;
}
