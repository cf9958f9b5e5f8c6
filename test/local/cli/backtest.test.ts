import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { csvOf, injected, openFolder, sampleRows } from "../../support/backtestFiles";
import { runLookout } from "../../support/lookoutCommand";

describe("lookout backtest", () => {
    let folder: Awaited<ReturnType<typeof openFolder>>;
    before(async () => {
        folder = await openFolder();
        await writeFile(folder.file("sales.csv"), csvOf(sampleRows()));
    });
    after(async () => folder.close());

    it("prints a table, what it took, and where the report is", async () => {
        const { code, out, err } = await runLookout(folder.file("."), "backtest", "sales.csv");
        assert.equal(code, 0, err);
        assert.match(out, /2026-01-25 10:00 – 13:00 .*orders .*rome .*−90 %/);
        assert.match(out, /Found +\d anomaly groups? of severity 70 or more in 217 intervals/);
        assert.match(out, /Report +backtest-report\.html\n$/);
        assert.match(
            err,
            /note: took --timestamp ts --dimensions shop,channel --measures orders:SUM,latency_ms:AVG --interval PT1H/,
        );
        assert.match(err, /done: Learn and score: 217 of 217 intervals scored/);
        assert.match(await readFile(folder.file("backtest-report.html"), "utf8"), /^<!doctype html>/);
    });

    it("prints nothing but an array with --json, and writes scores where it is told", async () => {
        const flags = [
            "--timestamp",
            "ts",
            "--dimensions",
            "shop,channel",
            "--measures",
            "orders:SUM",
            "--interval",
            "PT1H",
        ];
        const { code, out, err } = await runLookout(
            folder.file("."),
            ...["backtest", "sales.csv", ...flags, "--learn", "500", "--json", "--scores", "scores.csv"],
        );
        assert.equal(code, 0, err);
        const [worst] = (JSON.parse(out) as { severity: number; start: string; causes: { dims: object }[] }[]).sort(
            (a, b) => b.severity - a.severity,
        );
        assert.deepEqual([worst?.start, worst?.causes[0]?.dims], [injected.start, { shop: "rome" }]);
        assert.match(
            await readFile(folder.file("scores.csv"), "utf8"),
            /^timestamp,shop,channel,measure,severity,value,/,
        );
    });

    it("ends with one line for what cannot be used", async () => {
        const { code, out, err } = await runLookout(folder.file("."), "backtest", "sales.csv", "--interval", "1h");
        assert.deepEqual([code, out], [1, ""]);
        assert.match(err, /^lookout: --interval 1h is not a duration; expected ISO 8601 .*\n$/);
    });
});
