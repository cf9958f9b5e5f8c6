import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { gzipSync } from "node:zlib";
import type { ObjectStore } from "../../objects/objectStore";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import type { Extractor } from "../../sources/metricSource";
import { s3Schema } from "../../sources/s3/config";
import { open } from "../../sources/s3/extractor";
import { openWiredCloud } from "./wiredCloud";

/** The embedded S3 with a bucket of somebody else's objects, and the stack's own. */
export interface S3Bench {
    readonly store: ObjectStore;
    readonly bucket: string;
    /** Writes an object into the bucket `lake`; a key that ends in .gz packs it. */
    put(key: string, body: string | Uint8Array): Promise<void>;
    /** Takes all objects of `lake` away. */
    clear(): Promise<void>;
    extractor(tables: object, config?: object): Extractor;
    /** Listings so far, one for each extraction of a window below one prefix, and those that have not been answered. */
    readonly lists: { asked: number; open: number };
    /** Holds listings back until their caller gives up. */
    hold(isHeld: boolean): void;
    close(): Promise<void>;
}

const bucket = "metrics";
const lake = "lake";

/** Rejects once the caller has given up. */
const given = (signal: AbortSignal | undefined): Promise<never> =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("given up"))));

export async function openS3Bench(): Promise<S3Bench> {
    const cloud = await openWiredCloud(Date.parse("2026-01-01T12:00:00Z"));
    await cloud.wire.buckets.create(bucket);
    await cloud.wire.buckets.create(lake);
    const objects = new S3Client({ ...cloud.client, forcePathStyle: true });
    const reader = new S3Client({ ...cloud.client, forcePathStyle: true });
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
    return {
        store: openS3ObjectStore(objects, bucket),
        bucket,
        lists,
        hold: (on) => (isHeld = on),
        put: async (key, body) => {
            const Body = key.endsWith(".gz") ? gzipSync(body) : body;
            await objects.send(new PutObjectCommand({ Bucket: lake, Key: key, Body }));
        },
        clear: async () => {
            for await (const { key } of lakeStore.list("")) await lakeStore.delete([key]);
        },
        extractor: (tables, config = {}) => {
            const parsed = s3Schema.parse({ type: "s3", tables, ...config });
            const extractor = open(
                { name: "warehouse", config: parsed, region: cloud.client.region },
                { reader, objects },
            );
            return {
                ...extractor,
                start: (extraction) => {
                    if (extraction.signal !== undefined) held.signal = extraction.signal;
                    return extractor.start(extraction);
                },
            };
        },
        close: () => cloud.close(),
    };
}
