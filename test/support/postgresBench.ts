import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import type { ObjectStore } from "../../objects/objectStore";
import type { Extractor } from "../../sources/metricSource";
import { postgresSchema } from "../../sources/postgres/config";
import { open, type PostgresTools } from "../../sources/postgres/extractor";
import { openPostgresServer, type PostgresServer, serverPassword, testAuthority } from "./postgresServer";
import { openWiredCloud, type WiredCloud } from "./wiredCloud";

/** A real PostgreSQL server beside the embedded cloud's Secrets Manager and S3, with one table `events` and a user who may read it. */
export interface PostgresBench {
    readonly server: PostgresServer;
    readonly cloud: WiredCloud;
    readonly store: ObjectStore;
    readonly bucket: string;
    /** The secret of the user `lookout`. */
    readonly secret: string;
    /** An extractor of the source `warehouse` with these keys. */
    extractor(config?: object, tools?: Partial<PostgresTools>): Extractor;
    /** Puts a secret: that of `lookout`, with some keys otherwise; undefined takes one away. */
    putSecret(name: string, changes?: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
}

const bucket = "metrics";
const secret = "lookout-shop";
export const userPassword = "tr0ub4dor-and-3";

const setUp = `
    create role lookout login password '${userPassword}';
    create table events (ts timestamp, platform text, views bigint);
    grant select on events to lookout;`;

export async function openPostgresBench(): Promise<PostgresBench> {
    const [server, cloud] = await Promise.all([
        openPostgresServer(),
        openWiredCloud(Date.parse("2026-01-01T12:00:00Z")),
    ]);
    await server.exec(setUp);
    await cloud.wire.buckets.create(bucket);
    const secrets = new SecretsManagerClient(cloud.client);
    const s3 = new S3Client({ ...cloud.client, forcePathStyle: true });
    const putSecret: PostgresBench["putSecret"] = async (name, changes = {}) => {
        const values = {
            username: "lookout",
            password: userPassword,
            host: "localhost",
            port: server.port,
            dbname: "shop",
            ...changes,
        };
        await cloud.wire.secrets.put(name, values);
    };
    await putSecret(secret);
    return {
        server,
        cloud,
        store: openS3ObjectStore(s3, bucket),
        bucket,
        secret,
        putSecret,
        extractor(config = { secret, certificateAuthority: testAuthority }, tools = {}) {
            const parsed = postgresSchema.parse({ type: "postgres", ...config });
            return open(
                { name: "warehouse", config: parsed, region: cloud.client.region },
                {
                    secrets,
                    s3,
                    sign: async () => serverPassword,
                    statementTimeoutMs: 60_000,
                    briefTimeoutMs: 60_000,
                    ...tools,
                },
            );
        },
        async close() {
            await Promise.all([server.close(), cloud.close()]);
        },
    };
}
