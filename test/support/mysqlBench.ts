import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Connection, createConnection } from "mysql2/promise";
import type { ObjectStore } from "../../objects/objectStore";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import type { Extraction, Extractor } from "../../sources/metricSource";
import { mysqlSchema } from "../../sources/mysql/config";
import { type MysqlTools, open } from "../../sources/mysql/extractor";
import { type MariadbServer, openMariadbServer } from "./mariadbServer";
import { specOf } from "./specs";
import { openWiredCloud, type WiredCloud } from "./wiredCloud";

/** A real MariaDB server beside the embedded cloud's Secrets Manager and S3, with one table `events` and a user who may read it. */
export interface MysqlBench {
    readonly server: MariadbServer;
    readonly cloud: WiredCloud;
    readonly store: ObjectStore;
    readonly bucket: string;
    /** An extractor of the source `warehouse` with these keys beside the secret and the test's authority. */
    extractor(config?: object, tools?: Partial<MysqlTools>): Extractor;
    /** Puts a secret: that of `lookout`, with some keys otherwise. */
    putSecret(name: string, changes?: Readonly<Record<string, unknown>>): Promise<void>;
    /** Extracts an hour with an extractor of its own and gives the text of what was written. */
    extract(changes?: Partial<Extraction["spec"]>, config?: object, tools?: Partial<MysqlTools>): Promise<string>;
    /** A connection of a user to the database `shop`, over TLS unless said otherwise, that the caller closes. */
    connectAs(user: string, password: string, isEncrypted?: boolean): Promise<Connection>;
    close(): Promise<void>;
}

export const mysqlPassword = "tr0ub4dor-and-3";
export const mysqlSecret = "lookout-shop";
/** Certificate of the authority that vouches for `localhost`; see test/fixtures/tls. */
export const testAuthorityFile = path.join(__dirname, "../fixtures/tls/authority.pem");
export const testAuthority = readFileSync(testAuthorityFile, "utf8");
const bucket = "metrics";
const hour = { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") };

const setUp = `
    create user lookout identified by '${mysqlPassword}' require ssl;
    use shop;
    create table events (ts datetime(6), instant timestamp(6) null, platform varchar(200), views bigint);
    grant select on shop.* to lookout;`;

let extractions = 0;

/** An extraction of the hour from 10:00, whose prefix and token are its own. */
export function extractionOf(changes: Partial<Extraction> = {}): Extraction {
    extractions += 1;
    return {
        detector: "orders",
        spec: specOf(),
        window: hour,
        kind: "live",
        bucket,
        prefix: `orders/live/20260101/1000/g-${extractions}/`,
        token: `token-${extractions}`,
        ...changes,
    };
}

export async function openMysqlBench(): Promise<MysqlBench> {
    const [server, cloud] = await Promise.all([
        openMariadbServer(),
        openWiredCloud(Date.parse("2026-01-01T12:00:00Z")),
    ]);
    await server.exec(setUp);
    await cloud.wire.buckets.create(bucket);
    const secrets = new SecretsManagerClient(cloud.client);
    const objects = new S3Client({ ...cloud.client, forcePathStyle: true });
    const store = openS3ObjectStore(objects, bucket);
    const bench: MysqlBench = {
        server,
        cloud,
        store,
        bucket,
        async putSecret(name, changes = {}) {
            const values = {
                username: "lookout",
                password: mysqlPassword,
                host: "localhost",
                port: server.port,
                dbname: "shop",
            };
            await cloud.wire.secrets.put(name, { ...values, ...changes });
        },
        extractor(config = {}, tools = {}) {
            const keys = { type: "mysql", secret: mysqlSecret, certificateAuthority: testAuthority, ...config };
            return open(
                { name: "warehouse", config: mysqlSchema.parse(keys), region: cloud.client.region },
                { secrets, objects, sign: async () => mysqlPassword, statementSeconds: 60, briefSeconds: 60, ...tools },
            );
        },
        async extract(changes = {}, config = {}, tools = {}) {
            const extraction = extractionOf({ spec: specOf(changes) });
            await bench.extractor(config, tools).start(extraction);
            const { body } = (await store.get(`${extraction.prefix}rows.csv`)) ?? {};
            return body?.toString() ?? "";
        },
        connectAs: (user, password, isEncrypted = true) =>
            createConnection({
                host: "localhost",
                port: server.port,
                user,
                password,
                database: "shop",
                ...(isEncrypted && { ssl: { ca: testAuthority } }),
            }),
        async close() {
            await Promise.all([server.close(), cloud.close()]);
        },
    };
    await bench.putSecret(mysqlSecret);
    return bench;
}
