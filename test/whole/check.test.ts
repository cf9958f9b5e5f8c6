import { LambdaClient } from "@aws-sdk/client-lambda";
import assert from "node:assert/strict";
import { parseConfig } from "../../config/parse";
import { checkStack, type StackCheck } from "../../local/check/checkStack";
import { checkDeployed } from "../../local/check/deployed";
import { lookoutKeys, type StackConfig } from "../../local/stackConfig";
import { loadOrders, openStack, ordersConfig, type TestStack } from "../support/stack";

describe("a check of a deployed stack, on the embedded cloud", () => {
    let stack: TestStack;

    before(async () => {
        stack = await openStack();
        await loadOrders(stack.warehouse, { liveDays: 0 });
        await stack.up(ordersConfig({ detector: { dimensions: ["region", "shp"] } }));
        await stack.work();
    });
    after(async () => stack.close());

    const client = (): LambdaClient =>
        new LambdaClient({
            endpoint: stack.cloud.endpoint,
            region: "us-east-1",
            credentials: { accessKeyId: "user", secretAccessKey: "user" },
        });

    /** Checks the detector of a stack file with these keys by the functions that are deployed. */
    const checked = async (detector: Record<string, unknown>, more: Partial<StackCheck> = {}) => {
        const config = parseConfig(lookoutKeys({ config: ordersConfig({ detector }) }), () => "");
        const file: StackConfig = { stack: "dev", project: "lookout", folder: "", config };
        const check = checkDeployed(file, client());
        const now = stack.cloud.clock.now();
        const [report] = await checkStack({ stack: file, now, check, ...more });
        return report!;
    };

    it("stops the backfill before anything is extracted, and tells the mistake once, by its key", async () => {
        const told = stack.told();
        assert.equal(told.length, 1, told.join("\n---\n"));
        const message =
            'lookout:detectors.orders.dimensions[1]: the query has no column "shp"; it has timestamp, region, shop, revenue.';
        assert.ok(told[0]!.includes(message), told[0]);
        assert.doesNotMatch(told[0]!, /\d windows/);
        assert.equal((await stack.ledger()).size, 0);
    });

    it("looks with the deployed extractor's role, at the detectors of the file, and writes nothing", async () => {
        const before = await keys(stack);
        const report = await checked({});
        assert.deepEqual([report.verdict, report.findings], ["ok", []]);
        assert.deepEqual([report.window?.rows, report.window?.metrics], [4, 4]);
        assert.deepEqual(await keys(stack), before);
    });

    it("finds there what it finds here", async () => {
        const report = await checked({ measures: [{ name: "shop", aggregation: "SUM" }], dimensions: ["region"] });
        assert.equal(report.verdict, "failed");
        assert.match(report.findings[0]!.finding, /"shop" is varchar, which is text; expected a number/);
    });

    it("goes on by itself once the configuration is right", async () => {
        await stack.up(ordersConfig());
        await stack.work();
        const [windows] = [...(await stack.ledger()).values()];
        assert.equal(windows?.length, 2);
        assert.match(stack.told().at(-1)!, /works again/);
    });
});

const keys = async ({ cloud }: TestStack): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of cloud.objects(cloud.outputs.bucket as string).list("")) found.push(key);
    return found;
};
