import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { DemoResult } from "../../local/demo/result";

const starter = path.resolve(__dirname, "..", "..", "bin", "lookout.js");

/** Starts `lookout demo` in a folder and kills it, as the operating system would, at the first line of progress that matches. */
async function runUntil(folder: string, line: RegExp, ...flags: string[]): Promise<void> {
    const child = spawn(process.execPath, [starter, "demo", ...flags], {
        cwd: folder,
        stdio: ["ignore", "ignore", "pipe"],
    });
    const lines: string[] = [];
    createInterface({ input: child.stderr }).on("line", (text) => {
        lines.push(text);
        if (line.test(text)) {
            child.kill("SIGKILL");
        }
    });
    await once(child, "close");
    assert.equal(child.signalCode, "SIGKILL", `the demo ended before ${line}:\n${lines.join("\n")}`);
}

/** Runs `lookout demo --json` to its end. */
async function runToEnd(
    folder: string,
    ...flags: string[]
): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, [starter, "demo", "--json", ...flags], { cwd: folder });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    await once(child, "close");
    return { code: child.exitCode, out, err };
}

describe("whole: the demo, killed and resumed", function () {
    this.timeout(900_000);
    let folder = "";
    before(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-whole-"))));
    after(() => rm(folder, { recursive: true, force: true }));

    it("goes on from the ledger after a kill in the backfill and one in the live week; no window is lost, none doubled", async () => {
        await runUntil(folder, /^- Backfill$/);
        await runUntil(folder, /hour \d+ of 168$/, "--resume");
        const { code, out, err } = await runToEnd(folder, "--resume");
        assert.equal(code, 0, err);
        const result = JSON.parse(out) as DemoResult;
        // 90 days in three windows, and the hours up to the end of the week, each of their rows once. Killed before its first run was
        // planned, the backfill begins with the next tick: the history ends an hour later, and the first live hour belongs to it.
        const hours = result.windows - 3;
        assert.ok(hours === 168 || hours === 167, `${hours} live hours`);
        assert.equal(result.rows, (90 * 24 + hours) * 21);
        assert.ok(result.recall >= 0.9, `recall ${result.recall}`);
        assert.ok(result.precision >= 0.8, `precision ${result.precision}`);
        assert.equal(result.error, undefined);
        assert.doesNotMatch(err, /warning/i);
        const report = await readFile(path.join(folder, "demo-report.html"), "utf8");
        assert.match(report, /<title>Lookout demo: \d+ anomaly groups found<\/title>/);
    });
});
