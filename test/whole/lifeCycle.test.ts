import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
    DescribeAnomalyDetectorCommand,
    DescribeMetricSetCommand,
    ListAnomalyDetectorsCommand,
    ListMetricSetsCommand,
} from "@aws-sdk/client-lookoutmetrics";
import { extractorCalls, usesOfRun, usesOfTick, usesOfWindow } from "../../preview/assumptions";
import { type CountedWork, countWork } from "../support/countedWork";
import { projectFolder } from "../support/sources";
import { loadOrders, openStack, ordersConfig, ordersQuery, type TestStack } from "../support/stack";

const shopsOfOneRegion = 2;
const fixture = (name: string): string => path.join(projectFolder, "test/fixtures/programs", name);

describe("a detector's life cycle on the embedded cloud", () => {
    let stack: TestStack;

    beforeEach(async () => {
        stack = await openStack();
        await loadOrders(stack.warehouse);
    });
    afterEach(() => stack.close());

    it("learns from its history and scores the ticks that follow", async () => {
        const { resources } = await stack.up();
        await stack.work();
        await stack.hours(1);
        const work = countWork(stack.cloud, resources);
        await stack.hours(6);
        costsWhatIsAssumed(work, 5);
        const detector = await describeDetector(stack);
        assert.equal(detector.Status, "ACTIVE");
        const [windows] = [...(await stack.ledger()).values()];
        assert.equal(windows!.filter(({ kind }) => kind === "backfill").length, 2);
        assert.equal(windows!.filter(({ kind }) => kind === "live").length, 6);
        assert.deepEqual(stack.told(), []);
    });

    /** What each of some hours took, of one window and two ticks, against what a preview reckons with: no more, and not much less. */
    function costsWhatIsAssumed({ calls, ...requests }: CountedWork, hours: number): void {
        const { database: _byItself, ...ofWindow } = usesOfWindow;
        const uses = [usesOfRun, ofWindow, usesOfTick, usesOfTick].flatMap((of) => Object.values(of));
        for (const kind of ["writes", "reads"] as const) {
            const assumed = [...uses, extractorCalls.start, extractorCalls.status].reduce(
                (sum, use) => sum + use[kind],
                0,
            );
            const counted = requests[kind] / hours;
            assert.ok(counted <= assumed && counted >= 0.6 * assumed, `${counted} ${kind}, assumed ${assumed}`);
        }
        const assumedCalls = uses.reduce((sum, use) => sum + use.calls, 2);
        const countedCalls = Object.values(calls).reduce((sum, count) => sum + count, 0) / hours;
        assert.ok(Math.abs(countedCalls - assumedCalls) <= 0.5, `${countedCalls} calls, assumed ${assumedCalls}`);
        for (const name of ["plan-live", "close-run", "commit-window"].map((one) => `extraction-${one}-function`))
            assert.equal(calls[name], hours, name);
    }

    it("learns nothing again when only the description and the offset change", async () => {
        await stack.up();
        await stack.work();
        const before = { executions: stack.cloud.executions().length, path: await historicalPath(stack) };
        const again = await stack.up(ordersConfig({ detector: { description: "Revenue, in words", offset: "PT10M" } }));
        await stack.work();
        assert.ok(again.changes.updated.some((urn) => urn.includes("Invocation")));
        assert.equal((await describeDetector(stack)).AnomalyDetectorDescription, "Revenue, in words");
        assert.equal(stack.cloud.executions().length, before.executions);
        assert.equal(await historicalPath(stack), before.path);
    });

    it("fills a new generation beside the old one when the query changes, and deletes the old rows after the switch", async () => {
        await stack.up();
        await stack.work();
        await stack.hours(3);
        const [old] = [...(await stack.ledger()).keys()];
        await stack.up(ordersConfig({ detector: { query: `${ordersQuery} where region = 'north'` } }));
        assert.ok(
            (await historicalPath(stack)).includes(old!),
            "the old generation is read until the new one is complete",
        );
        await stack.work();
        const ledgers = await stack.ledger();
        assert.equal(ledgers.size, 1);
        const [generation, windows] = [...ledgers][0]!;
        assert.notEqual(generation, old);
        assert.ok((await historicalPath(stack)).includes(generation));
        const hours = 14 * 24;
        assert.equal(
            windows.reduce((sum, { rows }) => sum + rows, 0),
            hours * shopsOfOneRegion,
        );
        for await (const { key } of stack.cloud.objects(stack.cloud.outputs.bucket as string).list("orders/"))
            assert.ok(!key.includes(old!), key);
    });

    it("keeps the detector and its history when every function is replaced", async () => {
        await stack.up();
        await stack.work();
        const before = await stack.ledger();
        const again = await stack.up(ordersConfig(), fixture("renamedFunctions"));
        await stack.work();
        assert.ok(again.changes.replaced.some((urn) => urn.endsWith("::extraction-plan-live-function")));
        assert.equal((await describeDetector(stack)).Status, "ACTIVE");
        assert.deepEqual([...(await stack.ledger()).keys()], [...before.keys()]);
        await stack.hours(3);
        const [windows] = [...(await stack.ledger()).values()];
        assert.equal(windows!.filter(({ kind }) => kind === "live").length, 3);
    });

    it("adopts what a create that failed half-way left behind", async () => {
        stack.cloud.faults.inject({
            at: "lambda:lookout-dev-reconcile-detector",
            when: "after",
            times: 3,
            error: { name: "Error", message: "the connection was lost" },
        });
        await assert.rejects(stack.up(), /connection was lost/);
        stack.cloud.faults.clear();
        await stack.up();
        await stack.work();
        const { AnomalyDetectorSummaryList: all } = await stack.api().send(new ListAnomalyDetectorsCommand({}));
        assert.equal(all?.length, 1);
        assert.equal(all[0]!.Status, "ACTIVE");
        const [windows] = [...(await stack.ledger()).values()];
        assert.equal(windows!.filter(({ kind }) => kind === "backfill").length, 2);
    });

    it("adds a second detector by configuration alone, as one resource and its component", async () => {
        const first = await stack.up();
        await stack.work();
        const config = ordersConfig();
        const detectors = config["lookout:detectors"] as Record<string, Record<string, unknown>>;
        const second = { ...detectors.orders, query: `${ordersQuery} where shop = 'web'` };
        const both = await stack.up({ ...config, "lookout:detectors": { ...detectors, web: second } });
        await stack.work();
        assert.equal(both.resources.length, first.resources.length + 2);
        assert.deepEqual(
            await Promise.all(["orders", "web"].map(async (name) => (await describeDetector(stack, name)).Status)),
            ["ACTIVE", "ACTIVE"],
        );
    });
});

describe("destroying the stack on the embedded cloud", () => {
    for (const seed of [1, 2, 3]) {
        it(`leaves nothing, whatever the order of independent resources (seed ${seed})`, async () => {
            const stack = await openStack({ seed });
            try {
                await loadOrders(stack.warehouse);
                await stack.up();
                await stack.work();
                const roles = stack.warehouse.roles().length;
                const { resources } = await stack.cloud.down();
                assert.deepEqual(resources, []);
                assert.equal(roles, 1);
                assert.deepEqual(stack.warehouse.roles(), []);
                assert.deepEqual(await bucketsOf(stack), []);
            } finally {
                await stack.close();
            }
        });
    }

    it("keeps the bucket, with rows and ledger, where that is configured, and nothing else", async () => {
        const stack = await openStack({ seed: 4 });
        try {
            await loadOrders(stack.warehouse);
            await stack.up({ ...ordersConfig(), "lookout:keepData": true });
            await stack.work();
            const store = stack.cloud.objects(stack.cloud.outputs.bucket as string);
            const keys = async (): Promise<string[]> => {
                const found: string[] = [];
                for (const part of ["ledger", "backtest"])
                    for await (const { key } of store.list(`orders/${part}/`)) found.push(key);
                return found;
            };
            const [before, bucket] = [await keys(), stack.cloud.outputs.bucket];
            await stack.cloud.down();
            assert.deepEqual(stack.warehouse.roles(), []);
            assert.deepEqual(
                (await bucketsOf(stack)).filter((name) => !name.endsWith(".jsonl")),
                [bucket],
            );
            assert.ok(before.length >= 4, before.join());
            assert.deepEqual(await keys(), before);
        } finally {
            await stack.close();
        }
    });

    it("fails for some order when a dependency is not recorded", async () => {
        let noticed: string | undefined;
        for (let seed = 1; seed <= 6 && noticed === undefined; seed++) noticed = await destroyForgetful(seed);
        assert.match(noticed ?? "every order went well", /deleting aws:lambda\/invocation:Invocation/);
    });
});

/** Names of the buckets that there are. */
async function bucketsOf(stack: TestStack): Promise<string[]> {
    const entries = await readdir(path.join(stack.cloud.folder, "s3"));
    return entries.filter((entry) => !entry.startsWith("."));
}

/** Brings the program up, then one that forgets the invocations' dependencies, and destroys it; the message of what could not be taken down. */
async function destroyForgetful(seed: number): Promise<string | undefined> {
    const stack = await openStack({ seed });
    try {
        await loadOrders(stack.warehouse);
        await stack.up();
        await stack.up(ordersConfig(), fixture("forgottenEdges"));
        return await stack.cloud.down().then(
            () => undefined,
            (error: unknown) => String(error),
        );
    } finally {
        await stack.close();
    }
}

async function describeDetector(stack: TestStack, name = "orders") {
    return stack.api().send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: stack.detectorArn(name) }));
}

/** Where the detector's metric set finds its history: names the generation that it reads. */
async function historicalPath(stack: TestStack): Promise<string> {
    const sets = await stack.api().send(new ListMetricSetsCommand({ AnomalyDetectorArn: stack.detectorArn() }));
    const set = await stack
        .api()
        .send(new DescribeMetricSetCommand({ MetricSetArn: sets.MetricSetSummaryList![0]!.MetricSetArn }));
    return set.MetricSource!.S3SourceConfig!.HistoricalDataPathList![0]!;
}
