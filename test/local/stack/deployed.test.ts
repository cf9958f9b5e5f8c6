import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { DeleteAlertCommand, ListAlertsCommand, UpdateMetricSetCommand } from "@aws-sdk/client-lookoutmetrics";
import { stringify } from "yaml";
import type { Around } from "../../../local/cli/around";
import { status, type StatusFlags } from "../../../local/cli/statusCommand";
import { windows, type WindowsFlags } from "../../../local/cli/windowsCommand";
import { openDetectorStore } from "../../../detection/store/detectors";
import { collect } from "../../../pipeline/collect";
import { loadOrders, openStack, ordersConfig, type TestStack } from "../../support/stack";

const topic = "arn:aws:sns:us-east-1:123456789012:oncall";
const detector = {
    history: { last: "P40D", chunk: "P7D" },
    lateness: "PT2H",
    alerts: { oncall: { threshold: 70, sns: topic } },
    measures: [{ name: "revenue", aggregation: "SUM", direction: "both" }],
};

interface ShownWindow {
    readonly start: string;
    readonly state: string;
    readonly version: number;
    readonly rows: number;
}
interface ShownLedger {
    readonly windows: readonly ShownWindow[];
    readonly replayed?: { history: number; live: number; extracted: number; changed: number; changedHistory: number };
}

/*
 * The commands as they work on a stack in an account: Pulumi's command tells the outputs (a stand-in for it, which the project's folder has
 * as if installed), the AWS SDK does the rest over HTTP, at the endpoint that the environment names.
 */
describe("lookout status and windows on a deployed stack", () => {
    let stack: TestStack;
    let folder: string;
    let around: Around;
    let out = "";
    const environment = { ...process.env };

    before(async () => {
        stack = await openStack();
        await loadOrders(stack.warehouse, { days: 40, liveDays: 1 });
        await stack.up(ordersConfig({ detector }));
        folder = await mkdtemp(path.join(tmpdir(), "lookout-deployed-"));
        await installPulumi(folder, stack.cloud.outputs);
        await writeStackFile(detector);
        process.env.AWS_ENDPOINT_URL = stack.cloud.endpoint;
        process.env.AWS_ACCESS_KEY_ID = "user";
        process.env.AWS_SECRET_ACCESS_KEY = "user";
        const clock = { now: () => stack.cloud.clock.now(), pause: () => stack.work() };
        const write = (text: string) => void (out += stripVTControlCharacters(text));
        around = { folder, projectFolder: folder, out: write, clock };
    });
    after(async () => {
        process.env = environment;
        await stack.close();
        await rm(folder, { recursive: true });
    });
    beforeEach(() => {
        out = "";
    });

    const writeStackFile = (changed: Record<string, unknown>): Promise<void> =>
        writeFile(
            path.join(folder, "Pulumi.dev.yaml"),
            stringify({ config: { "aws:region": "us-east-1", ...ordersConfig({ detector: changed }) } }),
        );
    const statusOf = async (flags: Partial<StatusFlags> = {}) => {
        const code = await status({ stack: "dev", ...flags }, around);
        return { code, out };
    };
    const ledgerOf = async (flags: Partial<WindowsFlags> = {}): Promise<ShownLedger> => {
        out = "";
        await windows({ stack: "dev", detector: "orders", last: 50, json: true, ...flags }, around);
        return JSON.parse(out) as ShownLedger;
    };
    const keysBelow = async (prefix: string): Promise<string[]> =>
        (await collect(stack.cloud.objects(stack.cloud.outputs.bucket as string).list(prefix))).map(({ key }) => key);
    const runOf = async (): Promise<string | undefined> => {
        const store = stack.cloud.objects(stack.cloud.outputs.bucket as string);
        const arn = stack.detectorArn();
        return (await openDetectorStore(store).read(arn.slice(arn.lastIndexOf(":") + 1)))?.run;
    };

    it("tells of a stack whose history is being extracted, and waits until its detector has learned", async () => {
        const before = await statusOf();
        assert.equal(before.code, 0);
        assert.match(before.out, /the stack dev in us-east-1/);
        assert.match(before.out, /orders {2}INACTIVE[^]*backfill +(has not begun|0 of 6 windows)/);
        out = "";
        const learned = await statusOf({ wait: true });
        assert.equal(learned.code, 0, learned.out);
        assert.match(learned.out, /orders {2}ACTIVE[^]*backfill +6 of 6 windows[^]*drift +none/);
        assert.match(learned.out, /1 of 1 detectors are well/);
    });

    it("prints the ledger, the same after ticks have compacted its closed months", async () => {
        const ledger = `orders/ledger/${[...(await stack.ledger()).keys()][0]}/2026-02/`;
        const before = (await ledgerOf()).windows;
        assert.deepEqual([before.length, (await keysBelow(ledger)).length], [6, 2]);
        await stack.hours(3);
        assert.deepEqual(await keysBelow(ledger), [`${ledger}index.json`]);
        assert.deepEqual((await ledgerOf()).windows.slice(0, 6), before);
        out = "";
        await windows({ stack: "dev", detector: "orders", last: 3 }, around);
        assert.match(out, /complete up to 2026-04-01T03:00:00Z/);
        assert.match(out, /│ 2026-04-01 02:00 – 03:00 +│ live +│ committed +│ +4 │/);
        assert.match(out, /3 windows: 3 committed\n$/);
        await assert.rejects(windows({ stack: "dev", detector: "sales", last: 3 }, around), /it has orders/);
    });

    it("replays live windows: a no-op where nothing has changed, and an amendment where something has", async () => {
        const replay = "2026-04-01T00:00..2026-04-01T03:00";
        const before = (await ledgerOf()).windows;
        const same = await ledgerOf({ replay });
        assert.deepEqual(same.windows, before);
        const none = { history: 0, live: 3, extracted: 3, changed: 0, changedHistory: 0 };
        assert.deepEqual(same.replayed, none);
        await stack.warehouse.exec("delete from orders where ts = '2026-04-01 01:00' and region = 'north'");
        const changed = await ledgerOf({ replay });
        assert.deepEqual(changed.replayed, { ...none, changed: 1 });
        const shown = changed.windows.filter(({ start }) => start >= "2026-04-01");
        assert.deepEqual(
            shown.map(({ version, rows }) => [version, rows]),
            [
                [1, 4],
                [2, 2],
                [1, 4],
            ],
        );
        const forced = await ledgerOf({ replay: "2026-04-01T00:00..2026-04-01T01:00", force: true });
        assert.deepEqual(forced.replayed, { ...none, live: 1, extracted: 1, changed: 1 });
    });

    it("replays windows of the history, whole, and has the detector learn it again only where it has changed", async () => {
        const replay = "2026-02-21T05:00..2026-02-21T06:00";
        const run = await runOf();
        const before = (await ledgerOf()).windows;
        const same = await ledgerOf({ replay });
        const none = { history: 1, live: 0, extracted: 1, changed: 0, changedHistory: 0 };
        assert.deepEqual([same.replayed, same.windows, await runOf()], [none, before, run]);
        await stack.warehouse.exec("delete from orders where ts = '2026-02-21 05:00' and region = 'north'");
        out = "";
        await windows({ stack: "dev", detector: "orders", last: 1, replay }, around);
        assert.match(
            out,
            /of the history are extracted as a whole: 1 window, 2026-02-20T00:00:00Z\/2026-02-27T00:00:00Z/,
        );
        assert.match(out, /1 window extracted again: 1 with other rows[^]*the detector learns it again/);
        const [first] = (await ledgerOf()).windows;
        assert.deepEqual([first!.version, first!.rows], [2, 7 * 24 * 4 - 2]);
        const relearned = await runOf();
        assert.notEqual(relearned, run);
        out = "";
        assert.match((await statusOf({ wait: true })).out, /orders {2}ACTIVE[^]*last score +2026-04-01T03:00:00Z/);
        assert.deepEqual((await ledgerOf({ replay })).replayed, none);
        assert.equal(await runOf(), relearned);
        assert.deepEqual(stack.told(), []);
    });

    it("refuses a stretch without windows, and one that is none", async () => {
        await assert.rejects(ledgerOf({ replay: "2027-01-01..2027-01-02" }), { name: "DataError" });
        await assert.rejects(ledgerOf({ replay: "tomorrow" }), { name: "UsageError" });
        await assert.rejects(ledgerOf({ force: true }), { name: "UsageError" });
    });

    it("tells what is configured and not deployed, and what was changed at the service, each with what to do", async () => {
        const driftOf = async (): Promise<string[]> => {
            out = "";
            await statusOf({ json: true });
            return (JSON.parse(out) as { detectors: { drift: string[] }[] }).detectors[0]!.drift;
        };
        assert.deepEqual(await driftOf(), []);
        const api = stack.api();
        const { AlertSummaryList: [alert] = [] } = await api.send(new ListAlertsCommand({}));
        await api.send(new DeleteAlertCommand({ AlertArn: alert!.AlertArn }));
        const store = stack.cloud.objects(stack.cloud.outputs.bucket as string);
        const name = stack.detectorArn().split(":").at(-1)!;
        const { metricSet } = (await openDetectorStore(store).read(name))!;
        const metricSetArn = `${stack.detectorArn().replace(":AnomalyDetector:", ":MetricSet/")}/${metricSet!.name}`;
        await api.send(new UpdateMetricSetCommand({ MetricSetArn: metricSetArn, Offset: 900 }));
        const remedy = "npx pulumi up --stack dev with a changed lookout:detectors.orders.description sets it right";
        assert.deepEqual(await driftOf(), [
            `offset: 900 s is at the detection service, 300 s is configured: it was changed there; ${remedy}`,
            `alerts.oncall: none is at the detection service, from 70 to ${topic} as JSON is configured: it was changed there; ${remedy}`,
        ]);
        await writeStackFile({ ...detector, lateness: "PT4H", alerts: { oncall: { threshold: 80, sns: topic } } });
        const up = "npx pulumi up --stack dev";
        assert.deepEqual((await driftOf()).slice(1), [
            `lateness: 7200 s is deployed, 14400 s is configured: ${up}`,
            `alerts.oncall: from 70 to ${topic} as JSON is deployed, from 80 to ${topic} as JSON is configured: ${up}`,
        ]);
    });

    it("says what to do when Pulumi knows no such stack", async () => {
        await assert.rejects(status({ stack: "prod" }, around), {
            name: "UsageError",
            message: /there is no Pulumi\.prod\.yaml .*no stack named "prod"/,
        });
    });
});

/** A command that answers for Pulumi's, where npm would have installed it: it knows one stack. */
async function installPulumi(folder: string, outputs: object): Promise<void> {
    const bin = path.join(folder, "node_modules/.bin");
    await mkdir(bin, { recursive: true });
    await writeFile(path.join(bin, "outputs.json"), JSON.stringify(outputs));
    const script = `#!/bin/sh
[ "$*" = "stack output --json --stack dev --non-interactive" ] && exec cat "${bin}/outputs.json"
echo 'error: no stack named "prod" found' >&2
exit 255
`;
    await writeFile(path.join(bin, "pulumi"), script);
    await chmod(path.join(bin, "pulumi"), 0o755);
}
