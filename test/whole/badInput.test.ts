import assert from "node:assert/strict";
import { DescribeAnomalyDetectorCommand } from "@aws-sdk/client-lookoutmetrics";
import { loadOrders, openStack, ordersConfig, ordersQuery, type TestStack, warehouseSecret } from "../support/stack";

interface Mistake {
    readonly name: string;
    readonly detector?: Record<string, unknown>;
    /** The database's credentials; null when there are none. */
    readonly secret?: object | null;
    /** SQL beside the usual rows. */
    readonly sql?: string;
    /** What the one message must say. */
    readonly says: readonly RegExp[];
    /** Mends it, so that the next run goes well. */
    readonly mend?: (stack: TestStack) => Promise<unknown>;
}

const mistakes: readonly Mistake[] = [
    {
        name: "an error in the SQL",
        detector: { query: 'select ts as "timestamp", region, shop, revenue frmo orders' },
        says: [/orders/, /syntax error/i],
    },
    {
        name: "a table that does not exist",
        detector: { query: ordersQuery.replace("orders", "invoices") },
        says: [/orders/, /relation "invoices" does not exist/],
        mend: (stack) => stack.warehouse.exec("alter table orders rename to invoices"),
    },
    {
        name: "a query without the timestamp column",
        detector: { query: "select region, shop, revenue from orders" },
        says: [/timestamp/, /has no column/, /lookout:detectors\.orders\.timestamp\.column/],
    },
    {
        name: "timestamps that do not parse",
        detector: { query: "select 'noon' as \"timestamp\", region, shop, revenue from orders" },
        says: [/orders/, /noon/],
    },
    {
        name: "a secret that does not exist",
        secret: null,
        says: [/warehouse-secret/, /there is no secret/],
        mend: (stack) => stack.cloud.secrets.put("warehouse-secret", warehouseSecret),
    },
    {
        name: "a secret without a key",
        secret: { ...warehouseSecret, dbClusterIdentifier: undefined },
        says: [/warehouse-secret/, /dbClusterIdentifier/],
        mend: (stack) => stack.cloud.secrets.put("warehouse-secret", warehouseSecret),
    },
    {
        name: "a measure that is not a number",
        detector: { query: 'select ts as "timestamp", region, shop, shop as revenue from orders' },
        says: [/orders/, /revenue/, /number|numeric/i],
    },
    {
        name: "a query that gives no rows",
        detector: { query: `${ordersQuery} where false` },
        says: [/orders/, /no rows|no usable rows|no data/i],
    },
];

describe("bad input", () => {
    for (const mistake of mistakes) {
        it(`tells ${mistake.name} once, on the operations topic`, async () => {
            const stack = await openStack({ secret: mistake.secret });
            try {
                await loadOrders(stack.warehouse);
                const failure = await bringUp(stack, mistake);
                const told = failure === undefined ? stack.told() : [failure];
                assert.equal(told.length, 1, told.join("\n---\n"));
                for (const pattern of mistake.says) assert.match(told[0]!, pattern);
                assert.doesNotMatch(told[0]!, /correct-horse/);
                if (mistake.mend === undefined) return;
                await mistake.mend(stack);
                if (failure !== undefined) await stack.up(ordersConfig({ detector: mistake.detector }));
                // A tick starts the backfill again, not in the hour of its first start.
                await stack.hours(2);
                await stack.work();
                assert.equal(
                    (
                        await stack
                            .api()
                            .send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: stack.detectorArn() }))
                    ).Status,
                    "ACTIVE",
                );
            } finally {
                await stack.close();
            }
        });
    }

    it("tells of a live window that failed once, loses nothing, and tells when it is mended", async () => {
        const stack = await openStack();
        try {
            await loadOrders(stack.warehouse);
            await stack.up();
            await stack.work();
            await stack.warehouse.exec("alter table orders rename to moved");
            await stack.hours(3);
            assert.equal(stack.told().length, 1, stack.told().join("\n---\n"));
            assert.match(stack.told()[0]!, /relation "orders" does not exist/);
            await stack.warehouse.exec("alter table moved rename to orders");
            await stack.hours(12);
            const [windows] = [...(await stack.ledger()).values()];
            const live = windows!.filter(({ kind }) => kind === "live");
            assert.equal(live.length, 12);
            assert.ok(live.every(({ rows }) => rows === 4));
            assert.equal(stack.told().length, 2, stack.told().join("\n---\n"));
        } finally {
            await stack.close();
        }
    });

    it("tells that the bucket is gone", async () => {
        const stack = await openStack();
        try {
            await loadOrders(stack.warehouse);
            await stack.up();
            await stack.work();
            const error = { name: "NoSuchBucket", message: "The specified bucket does not exist", status: 404 };
            for (const operation of ["GetObject", "PutObject", "ListObjectsV2"])
                stack.cloud.faults.inject({ at: `s3:${operation}`, times: 10_000, error });
            // The tick of 01:05 is tried three times, up to 01:08.
            await stack.hours(2);
            const planning = stack.told().filter((text) => text.startsWith("Planning the live windows"));
            assert.equal(planning.length, 1, stack.told().join("\n---\n"));
            assert.match(planning[0]!, /interval PT1H[^]*NotFoundError: .*bucket .*does not exist/);
            assert.match(planning[0]!, /could not be used to note that you were told/);
            assert.doesNotMatch(planning[0]!, /correct-horse/);
        } finally {
            await stack.close();
        }
    });

    it("tells of scoring that fails once, and once when it works again", async () => {
        const stack = await openStack();
        try {
            await loadOrders(stack.warehouse);
            await stack.up();
            await stack.work();
            const error = { name: "Boom", message: "out of ideas" };
            stack.cloud.faults.inject({ at: "lambda:detection-worker-function", times: 20, error });
            await stack.hours(8);
            const [failed, worksAgain, ...more] = stack.told();
            assert.match(
                failed ?? "",
                /^Learning and scoring of the detector "lookout-dev-orders"[^]*Boom: out of ideas/,
            );
            assert.match(worksAgain ?? "", /^Learning and scoring of the detector "lookout-dev-orders".* works again/);
            assert.deepEqual(more, []);
        } finally {
            await stack.close();
        }
    });
});

/** Brings the stack up and lets the backfill end; the error of `up` where that failed already. */
async function bringUp(stack: TestStack, { detector }: Mistake): Promise<string | undefined> {
    try {
        await stack.up(ordersConfig({ detector }));
    } catch (error) {
        return String(error);
    }
    await stack.work();
    return undefined;
}
