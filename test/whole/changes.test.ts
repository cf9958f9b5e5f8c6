import assert from "node:assert/strict";
import {
    CreateAnomalyDetectorCommand,
    DescribeAnomalyDetectorCommand,
    ListAnomalyDetectorsCommand,
    ListTagsForResourceCommand,
} from "@aws-sdk/client-lookoutmetrics";
import type { Manifest } from "../../pipeline/records";
import { loadOrders, openStack, ordersConfig, type TestStack } from "../support/stack";

type Keys = Record<string, unknown>;
const days = 7;
/** Four combinations an hour. */
const rowsOfHistory = days * 24 * 4;
const names = ["renamed", "named", "narrowed", "moved", "daily", "kept"];
const changed = {
    another: {},
    named: { detectorName: "chosen-name" },
    narrowed: { dimensions: ["region"] },
    moved: { source: "second" },
    daily: { interval: "P1D" },
    kept: { offset: "PT10M", lateness: "PT2H" },
};

/** The configuration of several detectors over `orders`, each with keys over those of the first, and a second way to the same database. */
function detectorsConfig(detectors: Record<string, Keys>): Keys {
    const config = ordersConfig({ days });
    const { orders } = config["lookout:detectors"] as Record<string, Keys>;
    const each = Object.entries(detectors).map(([name, keys]) => [name, { ...orders, ...keys }] as const);
    const { warehouse } = config["lookout:sources"] as Keys;
    const sources = { warehouse, second: warehouse };
    return { ...config, "lookout:sources": sources, "lookout:detectors": Object.fromEntries(each) };
}

describe("what a change to a detector does, on the embedded cloud", () => {
    let stack: TestStack;
    const ledgers = new Map<string, Map<string, Manifest[]>>();

    before(async () => {
        stack = await openStack();
        await loadOrders(stack.warehouse, { days, liveDays: 1 });
        await stack.up(detectorsConfig(Object.fromEntries(names.map((name) => [name, {}]))));
        await stack.work();
        for (const name of names) ledgers.set(name, await stack.ledger(name));
        await stack.up(detectorsConfig(changed));
        await stack.work();
    });
    after(() => stack.close());

    const generationsOf = async (name: string) => [...(await stack.ledger(name)).keys()];
    const generationsBefore = (name: string) => [...ledgers.get(name)!.keys()];
    /** A week is less than the API calls ACTIVE. */
    const isAtWork = async (name: string): Promise<boolean> => {
        const AnomalyDetectorArn = stack.detectorArn(name);
        const { Status } = await stack.api().send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn }));
        return Status === "LEARNING" || Status === "ACTIVE";
    };
    const rowsOf = async (name: string): Promise<number> =>
        [...(await stack.ledger(name)).values()].flat().reduce((sum, { rows }) => sum + rows, 0);

    it("extracts and learns nothing again for an offset and a lateness", async () => {
        assert.deepEqual(await generationsOf("kept"), generationsBefore("kept"));
        assert.deepEqual(await stack.ledger("kept"), ledgers.get("kept"));
    });

    it("learns the same rows again under another name at the service, and leaves nothing under the old one", async () => {
        assert.deepEqual(await stack.ledger("named"), ledgers.get("named"));
        assert.match(stack.detectorArn("named"), /:chosen-name$/);
        assert.ok(await isAtWork("named"));
        const { AnomalyDetectorSummaryList: all } = await stack.api().send(new ListAnomalyDetectorsCommand({}));
        assert.deepEqual(
            all!.map(({ AnomalyDetectorName }) => AnomalyDetectorName).sort(),
            [
                "chosen-name",
                ...["another", "daily", "kept", "moved", "narrowed"].map((name) => `lookout-dev-${name}`),
            ].sort(),
        );
    });

    it("makes another detector of another logical name, with a history of its own, and deletes the old one", async () => {
        assert.ok(await isAtWork("another"));
        assert.equal(await rowsOf("another"), rowsOfHistory);
        assert.equal((await stack.ledger("renamed")).size, 0);
    });

    for (const name of ["narrowed", "moved", "daily"]) {
        it(`extracts a new generation and deletes the old one: ${JSON.stringify(changed[name as "moved"])}`, async () => {
            const generations = await generationsOf(name);
            assert.equal(generations.length, 1);
            assert.notDeepEqual(generations, generationsBefore(name));
            assert.equal(await rowsOf(name), rowsOfHistory);
            assert.ok(await isAtWork(name));
        });
    }

    it("touches no detector of another stack: neither takes its name, nor deletes it on giving up", async () => {
        const owner = "urn:pulumi:other::lookout::pulumi:pulumi:Stack::lookout-other";
        const { AnomalyDetectorArn } = await stack.api().send(
            new CreateAnomalyDetectorCommand({
                AnomalyDetectorName: "taken",
                AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
                Tags: { "lookout:owner": owner },
            }),
        );
        const wanted = { ...changed, ours: { detectorName: "taken" } };
        await assert.rejects(stack.up(detectorsConfig(wanted)), (error: Error) => {
            assert.match(error.message, /the detector \\"taken\\" .* belongs to urn:pulumi:other::lookout/);
            assert.match(error.message, /lookout:detectors\.ours\.detectorName/);
            return true;
        });
        await stack.up(detectorsConfig(changed));
        const { Tags } = await stack.api().send(new ListTagsForResourceCommand({ ResourceArn: AnomalyDetectorArn }));
        assert.deepEqual(Tags, { "lookout:owner": owner });
    });
});
