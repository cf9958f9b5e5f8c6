import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeSampleData } from "../../local/sampleData/writeSampleData";
import { parseServeFlags } from "../../local/serve/options";
import { startServer, type Serving } from "../../local/serve/server";

const script = path.resolve(__dirname, "../../examples/oldSamples/flow.js");
const dayMs = 86_400_000;
const liveStart = Date.parse("2026-04-01T00:00:00Z");

interface Ended {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
}

/** Runs the script against a service, as a user would. */
function play(serving: Serving, ...args: string[]): Promise<Ended> {
    const given = [script, "--endpoint", serving.endpoint, "--poll-ms", "5", ...args];
    return new Promise((resolve) => {
        const child = execFile(process.execPath, given, (_error, out, err) =>
            resolve({ code: child.exitCode, out, err }),
        );
    });
}

describe("examples/oldSamples", () => {
    let folder = "";
    let serving: Serving | undefined;
    const lines: string[] = [];

    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "lookout-flow-"));
        const data = path.join(folder, "data");
        await writeSampleData(data, { seed: 7, start: liveStart - 35 * dayMs, historyDays: 35, liveDays: 3 });
        const flags = {
            port: 0,
            dir: "service",
            bucket: [`sample-data=${data}`],
            region: "us-east-1",
            account: "123456789012",
            simulate: true,
            now: "2026-04-01T00:05:00Z",
        };
        serving = await startServer(parseServeFlags(flags, folder), (line) => lines.push(line));
    });
    afterEach(async () => {
        await serving?.close();
        await rm(folder, { recursive: true, force: true });
        lines.length = 0;
    });

    it("plays from the first back-test to the last alert by the official client alone", async () => {
        const { code, out, err } = await play(serving!, "--advance", "2026-04-04T00:05:00Z");
        assert.equal(code, 0, err);
        const [tested = "", live = ""] = out.split("== Live");
        assert.match(tested, /BACK_TEST_COMPLETE\n {2}ROWS_PROCESSED: 17640\n {2}INVALID_ROWS_COMPLIANCE: 0\n/);
        assert.match(tested, /TIME_SERIES_COUNT: 42\n {2}[1-9]\d* anomaly groups\n/);
        assert.match(tested, /(views|revenue) {2}severity \d/);
        assert.match(tested, /platform: \w+ \d+ %/);
        assert.match(tested, /\d+ time series of [1-9]\d\d values, up to 2026-/);
        assert.match(tested, /marked \w+, \w+ as no anomaly/);
        assert.match(
            live,
            / {2}ACTIVE\n[\s\S]*the clock shows 2026-04-04T00:05:00\.000Z\n {2}[1-9]\d* anomaly groups\n/,
        );
        assert.match(live, /deleted .*ecommerce-backtest\ndeleted .*ecommerce-live\n$/);
    });

    it("has its alerts told in lines, and kept for programs, as no topic can be reached", async () => {
        const { code, err } = await play(serving!, "--advance", "2026-04-04T00:05:00Z", "--keep");
        assert.equal(code, 0, err);
        assert.ok(
            lines.some((line) =>
                line.startsWith("alert for arn:aws:sns:us-east-1:123456789012:anomalies (not called): "),
            ),
        );
        const file = path.join(folder, "service", "alerts.jsonl");
        assert.ok(existsSync(file));
        const kept = (await readFile(file, "utf8"))
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as { text: string });
        assert.equal(new Set(kept.map(({ text }) => text)).size, kept.length);
        assert.match(
            kept[0]?.text ?? "",
            new RegExp(`${serving!.endpoint}/lookout/v1/detectors/ecommerce-live/groups/`),
        );
    });

    it("says what failed, in the service's words", async () => {
        const { code, err } = await play(serving!, "--bucket", "nowhere");
        assert.equal(code, 1);
        assert.match(err, /nowhere/);
    });
});
