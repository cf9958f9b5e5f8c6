import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { LookoutMetricsClient } from "@aws-sdk/client-lookoutmetrics";
import { openCloud, type EmbeddedCloud } from "../../local/cloud/cloud";
import type { FunctionRequests, Warehouse } from "../../local/cloud/service";
import { ledgerEntries } from "../../pipeline/manifests";
import type { Manifest } from "../../pipeline/records";
import { ledgerPrefix } from "../../pipeline/objectLayout";
import { projectFolder } from "./sources";

/** When the clock of every stack starts: five past midnight, UTC. */
export const startOfClock = Date.parse("2026-04-01T00:05:00Z");
export const hour = 3_600_000;

/** A query over one table, so that a test can make its own rows. */
export const ordersQuery = 'select ts as "timestamp", region, shop, revenue from orders';

/** Configuration of one hourly detector over `orders`, with `days` of history; `detector` and `source` overrule single keys. */
export function ordersConfig(
    options: { days?: number; detector?: Record<string, unknown>; source?: Record<string, unknown> } = {},
): Record<string, unknown> {
    return {
        "lookout:sources": { warehouse: { type: "redshift", secret: "warehouse-secret", ...options.source } },
        "lookout:detectors": {
            orders: {
                source: "warehouse",
                description: "Revenue by region and shop",
                interval: "PT1H",
                query: ordersQuery,
                timestamp: { column: "timestamp" },
                dimensions: ["region", "shop"],
                measures: [{ name: "revenue", aggregation: "SUM" }],
                offset: "PT5M",
                history: { last: `P${options.days ?? 14}D`, chunk: "P7D" },
                ...options.detector,
            },
        },
        "lookout:keepData": false,
    };
}

/**
 * Rows of `orders`: four combinations an hour with a daily curve, from `days` before the clock starts to `liveDays` after it.
 */
export async function loadOrders(warehouse: Pick<Warehouse, "exec">, { days = 14, liveDays = 2 } = {}): Promise<void> {
    await warehouse.exec(`
        create table orders (ts timestamp, region text, shop text, revenue numeric(9, 2));
        insert into orders
        select ts, region, shop, 100 + 40 * sin(extract(hour from ts) * pi() / 12) + 3 * (hashtext(ts::text || region || shop) % 3)
        from generate_series(timestamp '2026-04-01' - interval '${days} days', timestamp '2026-04-01' + interval '${liveDays} days', interval '1 hour') ts,
             unnest(array['north', 'south']) region, unnest(array['web', 'street']) shop;
    `);
}

/** The program on an embedded cloud of its own, in a folder that goes with it. */
export interface TestStack {
    readonly cloud: EmbeddedCloud;
    readonly warehouse: Warehouse;
    /** Brings the program up with this configuration over that of `Pulumi.dev.yaml`. */
    up(config?: Record<string, unknown>, folder?: string): ReturnType<EmbeddedCloud["up"]>;
    /** Lets every execution end: backfill, activation. */
    work(): Promise<void>;
    /** Lets so many hours pass since the clock started, with all that falls due in them. */
    hours(count: number): Promise<void>;
    /** The official client, pointed at the stack's endpoint. */
    api(): LookoutMetricsClient;
    /** The one detector's ARN. */
    detectorArn(name?: string): string;
    /** Manifests of a detector, by generation, in window order. */
    ledger(detector?: string): Promise<Map<string, Manifest[]>>;
    /** Texts that went to the operations topic. */
    told(): string[];
    close(): Promise<void>;
}

export async function openStack(
    options: { seed?: number; secret?: object | null; functionRequests?: FunctionRequests } = {},
): Promise<TestStack> {
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-stack-"));
    const cloud = await openCloud({
        folder,
        now: startOfClock,
        seed: options.seed,
        functionRequests: options.functionRequests,
    });
    const warehouse = await cloud.redshift.addCluster({
        identifier: "warehouse",
        database: "dev",
        user: warehouseSecret.username,
        password: warehouseSecret.password,
    });
    const secret = options.secret === undefined ? warehouseSecret : options.secret;
    if (secret !== null) await cloud.secrets.put("warehouse-secret", secret);
    const bucket = (): string => cloud.outputs.bucket as string;
    return {
        cloud,
        warehouse,
        up: (config = ordersConfig(), programFolder = projectFolder) =>
            cloud.up({ projectFolder: programFolder, stack: "dev", config }),
        work: () => cloud.runUntilIdle(cloud.clock.now() + 24 * hour),
        // A minute more, for the polls of the last tick's run.
        hours: (count) => cloud.advanceTo(startOfClock + count * hour + 60_000),
        api: () =>
            new LookoutMetricsClient({
                endpoint: cloud.outputs.endpoint as string,
                region: "us-east-1",
                credentials: { accessKeyId: "user", secretAccessKey: "user" },
            }),
        detectorArn: (name = "orders") => (cloud.outputs.detectorArns as Record<string, string>)[name]!,
        ledger: (detector = "orders") => readManifests(cloud, bucket(), detector),
        told: () => cloud.topics.messages(cloud.outputs.operationsTopicArn as string).map(({ message }) => message),
        close: async () => {
            await cloud.close();
            await rm(folder, { recursive: true, force: true });
        },
    };
}

export const warehouseSecret = {
    username: "lookout",
    password: "correct-horse",
    dbClusterIdentifier: "warehouse",
    db: "dev",
    host: "warehouse.example.com",
    port: 5439,
};

async function readManifests(cloud: EmbeddedCloud, bucket: string, detector: string): Promise<Map<string, Manifest[]>> {
    const store = cloud.objects(bucket);
    const ledgers = new Map<string, Manifest[]>();
    const prefix = ledgerPrefix(detector, "").slice(0, -1);
    for await (const { key } of store.list(prefix)) {
        const generation = key.slice(prefix.length).split("/")[0]!;
        if (ledgers.has(generation)) continue;
        const found: Manifest[] = [];
        for await (const { read } of ledgerEntries(store, { detector, generation }, undefined))
            found.push(...[await read()].filter((manifest) => manifest !== undefined));
        if (found.length > 0) ledgers.set(generation, found);
    }
    return ledgers;
}
