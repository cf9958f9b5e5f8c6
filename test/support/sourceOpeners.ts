import { AthenaClient } from "@aws-sdk/client-athena";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import { athenaSchema } from "../../sources/athena/config";
import { open as openAthena } from "../../sources/athena/extractor";
import { duckdbSchema } from "../../sources/duckdb/config";
import { open as openDuckdb } from "../../sources/duckdb/extractor";
import { mysqlSchema } from "../../sources/mysql/config";
import { open as openMysql } from "../../sources/mysql/extractor";
import { postgresSchema } from "../../sources/postgres/config";
import { open as openPostgres } from "../../sources/postgres/extractor";
import { redshiftSchema } from "../../sources/redshift/config";
import { open as openRedshift } from "../../sources/redshift/extractor";
import { s3Schema } from "../../sources/s3/config";
import { open as openS3 } from "../../sources/s3/extractor";
import { openReader } from "../../sources/s3/objects";
import { snowflakeSchema } from "../../sources/snowflake/config";
import { open as openSnowflake } from "../../sources/snowflake/extractor";
import type { Extractor } from "../../sources/metricSource";
import type { AwsStandIn } from "./awsStandIn";

/** Where sources find everything that they talk to. */
export interface SourceSurroundings {
    /** Options of clients of AWS services. */
    readonly aws: AwsStandIn["client"];
    /** What the clients sign with. */
    readonly credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken: string;
    };
    /** Base URL of S3. */
    readonly storeUrl: string;
    /** Base URL of Snowflake's API. */
    readonly snowflakeUrl: string;
    /** The external id of the role by which objects are read. */
    readonly externalId: string;
    /** What signing in by IAM gives. */
    readonly token: string;
}

const region = "eu-west-1";
const roleArn = "arn:aws:iam::123456789012:role/reader";
const clock = { now: Date.now, sleep: async () => undefined };

/** How to open a source of each type, called `warehouse`, with some keys otherwise than usual. */
export function sourceOpeners(at: SourceSurroundings): Readonly<Record<string, (config: object) => Extractor>> {
    const { aws, credentials, storeUrl, snowflakeUrl, externalId, token } = at;
    const secrets = (): SecretsManagerClient => new SecretsManagerClient({ ...aws, credentials });
    const s3 = (): S3Client => new S3Client({ ...aws, endpoint: storeUrl, credentials, forcePathStyle: true });
    return {
        postgres: (config) =>
            openPostgres(
                {
                    name: "warehouse",
                    region,
                    config: postgresSchema.parse({ type: "postgres", secret: "s", ...config }),
                },
                {
                    secrets: secrets(),
                    s3: s3(),
                    sign: async () => token,
                    statementTimeoutMs: 1000,
                    briefTimeoutMs: 1000,
                },
            ),
        mysql: (config) =>
            openMysql(
                { name: "warehouse", region, config: mysqlSchema.parse({ type: "mysql", secret: "s", ...config }) },
                { secrets: secrets(), objects: s3(), sign: async () => token, statementSeconds: 1, briefSeconds: 1 },
            ),
        redshift: (config) =>
            openRedshift(
                {
                    unloadRoleArn: "arn:aws:iam::123456789012:role/unload",
                    name: "warehouse",
                    region,
                    config: redshiftSchema.parse({ type: "redshift", secret: "s", ...config }),
                },
                { data: new RedshiftDataClient({ ...aws, credentials }), secrets: secrets(), ...clock },
            ),
        snowflake: (config) =>
            openSnowflake(
                {
                    name: "warehouse",
                    region,
                    config: snowflakeSchema.parse({
                        ...{ type: "snowflake", account: "myorg-shop", secret: "s", storageIntegration: "lookout" },
                        ...config,
                    }),
                },
                { endpoint: snowflakeUrl, secrets: secrets(), s3: s3(), ...clock },
            ),
        athena: (config) =>
            openAthena(
                {
                    name: "warehouse",
                    region,
                    config: athenaSchema.parse({
                        type: "athena",
                        database: "d",
                        dataLocations: ["s3://lake/"],
                        ...config,
                    }),
                },
                { athena: new AthenaClient({ ...aws, credentials }), s3: s3(), ...clock },
            ),
        s3: (config) =>
            openS3(
                {
                    name: "warehouse",
                    region,
                    config: s3Schema.parse({
                        ...{ type: "s3", roleArn, externalId },
                        tables: { events: { path: "s3://lake/events/", format: "CSV" } },
                        ...config,
                    }),
                },
                {
                    reader: openReader(
                        region,
                        { roleArn, externalId },
                        {
                            ...aws,
                            endpoint: storeUrl,
                            forcePathStyle: true,
                            sts: new STSClient({ ...aws, credentials }),
                        },
                    ),
                    objects: s3(),
                },
            ),
        duckdb: (config) =>
            openDuckdb(
                {
                    name: "warehouse",
                    region,
                    config: duckdbSchema.parse({
                        ...{ type: "duckdb", layer: "local", files: { events: "s3://lake/events/*.csv" } },
                        ...config,
                    }),
                },
                { objects: s3() },
            ),
    };
}
