import { RedshiftClient } from "@aws-sdk/client-redshift";
import { ListStatementsCommand, RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { RedshiftServerlessClient } from "@aws-sdk/client-redshift-serverless";
import { S3Client } from "@aws-sdk/client-s3";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import type { Warehouse } from "../../../local/cloud/service";
import { openS3ObjectStore } from "../../../objects/s3ObjectStore";
import { SourceBusyError } from "../../../errors";
import type { Attacher, Extractor } from "../../../sources/metricSource";
import { openAttacher as openRedshiftAttacher } from "../../../sources/redshift/attach";
import { redshiftSchema } from "../../../sources/redshift/config";
import { open as openRedshift } from "../../../sources/redshift/extractor";
import { type ContractRow, describeExtractor, type ExtractorFixture } from "../../contract/extractor";
import { specOf } from "../../support/specs";
import { openWiredCloud, type WiredCloud } from "../../support/wiredCloud";

const password = "correct-horse-battery-staple";
const secretName = "redshift-l4mintegration";
const roleArn = "arn:aws:iam::123456789012:role/unload";
const bucket = "metrics";
const table = "create table events (ts timestamp, platform varchar(200), views bigint)";

/** The real SDK and the embedded cloud's Data API, Redshift, Secrets Manager and S3. */
class Bench {
    readonly data: RedshiftDataClient;
    readonly secrets: SecretsManagerClient;

    constructor(readonly cloud: WiredCloud) {
        this.data = new RedshiftDataClient(cloud.client);
        this.secrets = new SecretsManagerClient(cloud.client);
    }

    static async open(): Promise<Bench> {
        const cloud = await openWiredCloud(Date.parse("2026-01-01T12:00:00Z"));
        await cloud.wire.buckets.create(bucket);
        return new Bench(cloud);
    }

    extractor(config: object): Extractor {
        const tools = { data: this.data, secrets: this.secrets, now: Date.now, sleep: () => this.cloud.settle() };
        return openRedshift({ ...this.source(config), unloadRoleArn: roleArn }, tools);
    }

    attacher(config: object): Attacher {
        const { client } = this.cloud;
        return openRedshiftAttacher(this.source(config), {
            secrets: this.secrets,
            cluster: async () => new RedshiftClient(client),
            serverless: async () => new RedshiftServerlessClient(client),
            sleep: async () => undefined,
        });
    }

    /** The password that the embedded cloud put into a cluster's secret; undefined where there is none. */
    async password(): Promise<string | undefined> {
        const found = await this.secrets
            .send(new GetSecretValueCommand({ SecretId: secretName }))
            .catch(() => undefined);
        return (JSON.parse(found?.SecretString ?? "{}") as { password?: string }).password;
    }

    /** Ids of the statements that were submitted, those of a state or all. */
    async statements(Status: "ALL" | "SUBMITTED" | "STARTED"): Promise<string[]> {
        const { Statements = [] } = await this.data.send(new ListStatementsCommand({ Status }));
        return Statements.map(({ Id = "" }) => Id);
    }

    private source(config: object) {
        const parsed = redshiftSchema.parse({ type: "redshift", ...config });
        return { name: "warehouse", config: parsed, region: this.cloud.client.region };
    }
}

async function openFixture(
    config: object,
    addWarehouse: (bench: Bench) => Promise<Warehouse>,
): Promise<ExtractorFixture> {
    const bench = await Bench.open();
    const { wire, client } = bench.cloud;
    const warehouse = await addWarehouse(bench);
    await warehouse.exec(table);
    await bench.attacher(config).attach(roleArn);
    await wire.secrets.put("lacking", { username: "lookout", password, dbClusterIdentifier: "orders" });
    return {
        kind: "exports",
        extractor: bench.extractor(config),
        store: openS3ObjectStore(new S3Client({ ...client, forcePathStyle: true }), bucket),
        bucket,
        zonedQuery: "select ts at time zone 'UTC' as ts, platform, views from events",
        load: (rows) => load(warehouse, rows),
        setSessionTimeZone: (zone) => warehouse.exec(`set timezone to '${zone}'`),
        submitted: async () => (await bench.statements("ALL")).length,
        underWay: async () => (await bench.statements("SUBMITTED")).length + (await bench.statements("STARTED")).length,
        // A statement takes a second, and the clock stands still until it is told to settle.
        hold: () => undefined,
        settle: () => bench.cloud.settle(),
        openWrong: () => ({
            extractor: bench.extractor({ secret: "lacking" }),
            key: "lookout:sources.warehouse.secret",
        }),
        passwords: [password, (await bench.password()) ?? password],
        close: () => bench.cloud.close(),
    };
}

/** NULL is nothing in CSV and text is always quoted, so that the two are kept apart on the way in. */
async function load(warehouse: Warehouse, rows: readonly ContractRow[]): Promise<void> {
    const quote = (text: string | null): string => (text === null ? "" : `"${text.replaceAll('"', '""')}"`);
    const lines = rows.map(({ ts, platform, views }) => `${ts},${quote(platform)},${views}`);
    await warehouse.exec("truncate events");
    await warehouse.copyFrom("events", ["ts,platform,views", ...lines].join("\n"));
}

const skip = {
    "keeps NULL apart from the empty string, and a large integer exact":
        "Redshift documents quotes only around fields with a comma, a quote or a line break; the source's README, Limits",
};

const addCluster = ({ cloud }: Bench): Promise<Warehouse> =>
    cloud.wire.redshift.addCluster({ identifier: "orders", database: "dev", user: "lookout", secretName });

describeExtractor(
    "sources/redshift, a cluster and its secret,",
    () => openFixture({ secret: secretName }, addCluster),
    skip,
);

describeExtractor(
    "sources/redshift, a serverless workgroup,",
    () =>
        openFixture({ workgroup: "default", database: "dev" }, ({ cloud }) =>
            cloud.wire.redshift.addWorkgroup({ name: "default", database: "dev" }),
        ),
    skip,
);

describe("sources/redshift on the embedded cloud", () => {
    let bench: Bench;
    let warehouse: Warehouse;

    before(async () => {
        bench = await Bench.open();
        warehouse = await addCluster(bench);
        await warehouse.exec(table);
    });

    after(async () => bench.cloud.close());

    it("attaches our role to the cluster that the secret names, beside the others, and takes only it away", async () => {
        const attacher = bench.attacher({ secret: secretName });
        const theirs = "arn:aws:iam::123456789012:role/theirs";
        await attacher.attach(theirs);
        for (const _time of ["first", "again"]) {
            await attacher.attach(roleArn);
            assert.deepEqual(warehouse.roles(), [theirs, roleArn]);
        }
        for (const _time of ["first", "again"]) {
            await attacher.detach(roleArn);
            assert.deepEqual(warehouse.roles(), [theirs]);
        }
    });

    it("is busy as long as the role is not attached", async () => {
        const extractor = bench.extractor({ secret: secretName });
        const ticket = await extractor.start({
            detector: "ecommerce",
            spec: specOf(),
            window: { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") },
            kind: "live",
            bucket,
            prefix: "ecommerce/live/20260101/1000/g-a/",
            token: "role",
        });
        await bench.cloud.settle();
        await assert.rejects(extractor.status(ticket), SourceBusyError);
    });

    it("describes a query's columns, and says what is wrong with one that cannot run", async () => {
        const extractor = bench.extractor({ secret: secretName });
        const columns = await extractor.describe(specOf());
        assert.deepEqual(
            columns.map(({ name }) => name),
            ["ts", "platform", "views"],
        );
        await assert.rejects(
            extractor.describe(specOf({ query: "select ts from nowhere" })),
            /"nowhere" does not exist/,
        );
    });
});
