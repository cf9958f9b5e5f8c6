import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { DescribeAnomalyDetectorCommand } from "@aws-sdk/client-lookoutmetrics";
import { parse } from "csv-parse/sync";
import type { Manifest } from "../../pipeline/records";
import { openPostgresServer, type PostgresServer, serverPassword, testAuthority } from "../support/postgresServer";
import { loadOrders, openStack, ordersConfig, type TestStack } from "../support/stack";

describe("a detector over PostgreSQL on the embedded cloud", () => {
    let server: PostgresServer;
    let stack: TestStack;

    before(async () => {
        [server, stack] = await Promise.all([openPostgresServer(), openStack({ secret: null })]);
        await loadOrders({ exec: async (sql) => void (await server.exec(sql)) });
        const { port } = server;
        const login = { username: "postgres", password: serverPassword, host: "localhost", port, dbname: "shop" };
        await stack.cloud.secrets.put("shop-secret", login);
    });
    after(async () => {
        await Promise.all([server.close(), stack.close()]);
    });

    it("learns from its history, scores the hours that follow, and has the database's rows once each", async () => {
        const source = {
            type: "postgres",
            secret: "shop-secret",
            certificateAuthority: testAuthority,
            subnetIds: ["subnet-01234567"],
            securityGroupIds: ["sg-01234567"],
            compression: "GZIP",
        };
        await stack.up(ordersConfig({ source }));
        await stack.work();
        await stack.hours(4);
        const AnomalyDetectorArn = stack.detectorArn();
        const { Status } = await stack.api().send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn }));
        assert.equal(Status, "ACTIVE");
        const [windows = []] = [...(await stack.ledger()).values()];
        assert.deepEqual(
            ["backfill", "live"].map((wanted) => windows.filter(({ kind }) => kind === wanted).length),
            [2, 4],
        );
        for (const window of windows) assert.deepEqual(await extracted(window), await kept(window));
        assert.deepEqual(stack.told(), []);
    });

    /** The rows that count for a window, as text and in order. */
    const extracted = async ({ objects, rows }: Manifest): Promise<string[][]> => {
        const store = stack.cloud.objects(stack.cloud.outputs.bucket as string);
        const found: string[][] = [];
        for (const { key } of objects) {
            assert.match(key, /\.csv\.gz$/);
            found.push(...parse(gunzipSync((await store.get(key))?.body ?? "")).slice(1));
        }
        assert.equal(found.length, rows);
        return sorted(found);
    };

    /** The database's own. */
    const kept = async ({ window: { start, end } }: Manifest): Promise<string[][]> => {
        const [from, to] = [start, end].map((instant) => `timestamp '${new Date(instant).toISOString().slice(0, 19)}'`);
        return sorted(
            await server.exec(`select ts, region, shop, revenue from orders where ts >= ${from} and ts < ${to}`),
        );
    };

    const sorted = (rows: string[][]): string[][] => rows.sort((one, other) => one.join().localeCompare(other.join()));
});
