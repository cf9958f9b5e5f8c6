import assert from "node:assert/strict";
import colors from "picocolors";
import { stretchOf } from "../../../local/cli/windowsCommand";
import { readDetectorState, type DetectorState } from "../../../local/stack/detectorState";
import { driftOf, undeployed } from "../../../local/stack/drift";
import { findDefinition, ledgerRows, readLedgerState } from "../../../local/stack/ledgerRows";
import { durationText, isSettled, isWell, statusText } from "../../../local/stack/statusText";
import { summaryOf, windowsText } from "../../../local/stack/windowsText";
import type { StackConfig } from "../../../local/stackConfig";
import { parseConfig } from "../../../config/parse";
import { extractionSpec } from "../../../config/extractionSpec";
import type { DetectorDefinition, ExtractionSpec } from "../../../pipeline/records";
import { noteArrival } from "../../../pipeline/noteArrival";
import { parkWindow } from "../../../pipeline/park";
import { generationOf } from "../../../pipeline/query";
import { memoryObjectStore } from "../../support/memoryObjectStore";
import { ordersConfig } from "../../support/stack";
import {
    at,
    backfillRun,
    chunks,
    commitAll,
    generation,
    hour,
    liveRun,
    shopDefinition,
    writeShop,
} from "../../support/shop";

const plain = colors.createColors(false);
const now = at("2026-01-11T05:06");
const live = ["00", "01", "02", "03", "04"].map((h) => hour(`2026-01-11T${h}:00`));

/** A ledger whose second live hour is parked and whose fourth is missing. */
async function shop() {
    const store = memoryObjectStore();
    await writeShop(store);
    await commitAll(store, backfillRun, chunks);
    await commitAll(store, liveRun, [live[0]!, live[2]!]);
    const error = { Error: "QueryError", Cause: '{"errorType":"QueryError","errorMessage":"no table"}' };
    await parkWindow(store, { run: liveRun, window: live[1]!, error });
    await commitAll(store, liveRun, [live[4]!]);
    return store;
}

describe("local/stack", () => {
    it("lists a ledger's windows with what is missing, however few are asked for", async () => {
        const store = await shop();
        const state = (await readLedgerState(store, await findDefinition(store, "shop")))!;
        const rows = await ledgerRows(store, state, { last: 1, now });
        assert.deepEqual(
            rows.map(({ state, failures, error }) => [state, failures, error]),
            [
                ["parked", 1, "QueryError: no table"],
                ["gap", 0, undefined],
                ["committed", 0, undefined],
            ],
        );
        const all = await ledgerRows(store, state, { last: Infinity, now: now + 3_600_000 });
        assert.deepEqual(
            all.map(({ kind, state }) => `${kind} ${state}`),
            [
                ...Array<string>(3).fill("backfill committed"),
                "live committed",
                "live parked",
                "live committed",
                "live gap",
                "live committed",
                "live due",
            ],
        );
        assert.equal(summaryOf(all), "9 windows: 6 committed, 1 parked, 1 gap, 1 due, 1 retried");
        const text = windowsText(state, all, plain);
        assert.match(text, /^shop: generation aaaaaaaaaa, complete up to 2026-01-11T01:00:00Z\n/);
        assert.match(text, /2026-01-11 01:00 – 02:00 +│ live +│ parked +│ .*QueryError: no table/);
    });

    it("names the detectors that there are when it is asked for another", async () => {
        await assert.rejects(findDefinition(await shop(), "shopp"), /no detector "shopp" in the stack; it has shop/);
    });

    it("tells how a detector is, from the bucket alone", async () => {
        const store = await shop();
        const arrived = [{ ...live[4]!, rows: 7, version: 1 }];
        await noteArrival(store, { detector: "shop", generation }, arrived, live[4]!.end + 360_000);
        const state = await readDetectorState(store, shopDefinition, shopDefinition.detectorArn);
        assert.deepEqual(state, {
            name: "shop",
            parked: 1,
            backfill: { committed: 3, planned: 3, parked: 0 },
            watermark: at("2026-01-11T01:00"),
            arrival: { offsetSeconds: 300, changedWindows: 0 },
        });
        const text = statusText([{ ...state, drift: [] }], now, plain);
        assert.match(text, /shop {2}not at the detection service yet/);
        assert.match(text, /watermark +2026-01-11T01:00:00Z \(4 h 6 min ago\)/);
        assert.match(text, /! 1 window failed and wait/);
        assert.match(text, /drift +none/);
    });

    it("takes a detector for settled when its history is there and it has learned, or when it has failed", () => {
        const state: DetectorState = {
            name: "shop",
            parked: 0,
            backfill: { committed: 3, planned: 3, parked: 0 },
            status: "LEARNING",
        };
        assert.equal(isSettled(state), true);
        assert.equal(isSettled({ ...state, status: "ACTIVATING" }), false);
        assert.equal(isSettled({ ...state, backfill: { committed: 2, planned: 3, parked: 0 } }), false);
        assert.equal(isSettled({ ...state, status: "FAILED", backfill: undefined }), true);
        assert.equal(isWell({ ...state, status: "FAILED", failure: "no rows" }), false);
        assert.equal(isWell(state), true);
    });

    it("tells what is deployed otherwise than it is configured", () => {
        const raw = ordersConfig();
        const config = parseConfig(
            Object.fromEntries(Object.entries(raw).map(([key, value]) => [key.replace("lookout:", ""), value])),
            () => "",
        );
        const file: StackConfig = { stack: "dev", folder: "", project: "lookout", config };
        const orders = config.detectors.orders!;
        const spec = extractionSpec(orders, config.sources.warehouse!);
        const deployed = { ...shopDefinition, name: "orders", live: generationOf(spec), latenessSeconds: 0 };
        const record = { version: 1 as const, generation: generationOf(spec), spec };
        const drift = (definition: Partial<DetectorDefinition>, before: Partial<ExtractionSpec> = {}) =>
            driftOf(file, {
                definition: { ...deployed, ...definition },
                record: { ...record, spec: { ...spec, ...before } },
                alerts: [],
            });
        const up = "npx pulumi up --stack dev";
        assert.deepEqual(drift({}), []);
        const alerts = {
            oncall: { threshold: 70, lambda: "arn:f", measures: ["b", "a"], dimensions: { shop: ["x"] } },
        };
        const options = { measures: { revenue: { sensitivity: "low" as const } }, events: [] };
        assert.deepEqual(
            drift(
                { offsetSeconds: 600, alerts, options, maxConcurrentStatements: 4 },
                { dimensions: ["shop"], measures: [{ name: "views", aggregation: "AVG" }], chunk: "P30D" },
            ),
            [
                `dimensions: shop is deployed, region, shop is configured: ${up}`,
                `measures: views AVG is deployed, revenue SUM is configured: ${up}`,
                `history.chunk: P30D is deployed, P7D is configured: ${up}`,
                `offset: 600 s is deployed, 300 s is configured: ${up}`,
                `maxConcurrentStatements: 4 is deployed, 2 is configured: ${up}`,
                `alerts.oncall: from 70 to arn:f of a or b where shop is x is deployed, none is configured: ${up}`,
                `options of the measure revenue: {"sensitivity":"low"} is deployed, none is configured: ${up}`,
            ],
        );
        assert.deepEqual(drift({ name: "shop" }), [`is no longer in the configuration: ${up} takes it away`]);
        assert.deepEqual(undeployed(file, ["shop"]), ["orders"]);
    });

    it("reads a stretch to replay in UTC, and refuses what is none", () => {
        assert.deepEqual(stretchOf("2026-01-11T00:00..2026-01-11T05:00Z"), {
            start: at("2026-01-11"),
            end: at("2026-01-11T05:00"),
        });
        for (const text of ["2026-01-11", "2026-01-12..2026-01-11", "yesterday..today", "2026-01-11..2026-01-12..x"])
            assert.throws(() => stretchOf(text), { name: "UsageError", message: /expected FROM\.\.TO/ });
    });

    it("says how long something takes in the two largest units", () => {
        const texts = [20_000, 300_000, 3_600_000, 5_400_000, 90_000_000, 172_800_000].map(durationText);
        assert.deepEqual(texts, ["0 min", "5 min", "1 h", "1 h 30 min", "1 d 1 h", "2 d"]);
    });
});
