import { DescribeAnomalyDetectorCommand } from "@aws-sdk/client-lookoutmetrics";
import assert from "node:assert/strict";
import { collect } from "../../pipeline/collect";
import { openStack, ordersConfig, type TestStack } from "../support/stack";

const query =
    'select ts as "timestamp", region, shop, revenue from orders where ts >= {{start}} and ts < {{end}} and region is not null';
const lake = {
    type: "athena",
    secret: undefined,
    database: "sales",
    dataLocations: ["s3://lake/orders/"],
    maxConcurrentStatements: 4,
};

/** The program with a data lake as its source: every call is made, and judged, with the rights of the extractor's own role. */
describe("a stack over a data lake", () => {
    let stack: TestStack;

    before(async () => {
        stack = await openStack();
        const tables = stack.cloud.athena.lake;
        await tables.exec(`
            create schema sales;
            create table sales.orders as
            select ts, region, shop, (100 + 40 * sin(extract(hour from ts) * pi() / 12))::numeric(9, 2) as revenue
            from generate_series(timestamp '2026-03-18', timestamp '2026-04-03', interval '1 hour') ts,
                 unnest(array['north', '']) region, unnest(array['web "one"', 'street, two']) shop;
        `);
        tables.setLocation({ database: "sales", table: "orders", location: "s3://lake/orders/" });
    });

    after(async () => stack.close());

    it("says which key to correct while its role may not read the files, then learns from them and follows them live", async () => {
        const narrow = { ...lake, dataLocations: ["s3://lake/customers/"] };
        await stack.up(ordersConfig({ source: narrow, detector: { query } }));
        await stack.work();
        const [refusal = "", ...others] = stack.told();
        assert.match(refusal, /not authorized to perform: s3:.*lookout:sources\.warehouse\.dataLocations/s);
        assert.deepEqual(others, []);

        await stack.up(ordersConfig({ source: lake, detector: { query } }));
        await stack.work();
        await stack.hours(2);
        const manifests = [...(await stack.ledger()).values()].flat();
        assert.deepEqual(
            manifests.map(({ kind, rows }) => `${kind} ${rows}`),
            ["backfill 672", "backfill 672", "live 4", "live 4"],
        );
        const command = new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: stack.detectorArn() });
        assert.equal((await stack.api().send(command)).Status, "ACTIVE");
        const bucket = stack.cloud.objects(stack.cloud.outputs.bucket as string);
        const kept = (await collect(bucket.list(""))).map(({ key }) => key);
        assert.deepEqual(
            kept.filter((key) => key.endsWith(".metadata") || key.startsWith("_checks/")),
            [],
        );
    });
});
