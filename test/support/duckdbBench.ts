import { S3Client } from "@aws-sdk/client-s3";
import { DuckDBInstance } from "@duckdb/node-api";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ObjectStore } from "../../objects/objectStore";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import { duckdbSchema } from "../../sources/duckdb/config";
import { open } from "../../sources/duckdb/extractor";
import { openSession } from "../../sources/duckdb/session";
import type { Extractor } from "../../sources/metricSource";
import { openWiredCloud, type WiredCloud } from "./wiredCloud";

/** DuckDB beside the embedded cloud's S3, in a folder of its own. */
export interface DuckdbBench {
    readonly cloud: WiredCloud;
    readonly store: ObjectStore;
    readonly bucket: string;
    /** A path in the bench's folder. */
    file(name: string): string;
    /** Runs statements in a database file. */
    write(database: string, sql: readonly string[]): Promise<void>;
    /** An extractor of the source `warehouse` with these keys. */
    extractor(config: object): Extractor;
    /** Statements that the extractors gave DuckDB so far, and their sessions that are open. */
    readonly counts: { copies: number; open: number };
    close(): Promise<void>;
}

const bucket = "metrics";

export async function openDuckdbBench(): Promise<DuckdbBench> {
    const cloud = await openWiredCloud(Date.parse("2026-01-01T12:00:00Z"));
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-duckdb-test-"));
    await cloud.wire.buckets.create(bucket);
    const objects = new S3Client({ ...cloud.client, forcePathStyle: true });
    const counts = { copies: 0, open: 0 };
    const counting: typeof openSession = async (...given) => {
        const session = await openSession(...given);
        counts.open++;
        return {
            ...session,
            copy: (sql) => {
                counts.copies++;
                return session.copy(sql);
            },
            close: () => {
                counts.open--;
                session.close();
            },
        };
    };
    return {
        cloud,
        store: openS3ObjectStore(objects, bucket),
        bucket,
        counts,
        file: (name) => path.join(folder, name),
        write: async (database, sql) => {
            const instance = await DuckDBInstance.create(path.join(folder, database));
            const connection = await instance.connect();
            try {
                for (const statement of sql) await connection.run(statement);
            } finally {
                connection.closeSync();
                instance.closeSync();
            }
        },
        extractor: (config) =>
            open(
                {
                    name: "warehouse",
                    config: duckdbSchema.parse({ type: "duckdb", layer: "local", ...config }),
                    region: cloud.client.region,
                },
                { objects, openSession: counting },
            ),
        close: async () => {
            await cloud.close();
            await rm(folder, { recursive: true, force: true });
        },
    };
}
