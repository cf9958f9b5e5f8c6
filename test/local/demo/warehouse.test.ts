import assert from "node:assert/strict";
import { buildWarehouse, noiseDeviation, pairScopes } from "../../../local/demo/warehouse";
import { warehouseOptions } from "../../../local/demo/sample";

const hourMs = 3_600_000;
const sample = buildWarehouse(warehouseOptions);
const table = (name: string): string[][] =>
    sample.tables
        .find((one) => one.name === name)!
        .csv.trimEnd()
        .split("\n")
        .map((line) => line.split(","));
const [header, ...facts] = table("ecommerce");
const liveTruth = sample.truth.filter(({ start }) => start >= sample.liveStart);

describe("local/demo/warehouse", () => {
    it("holds a row per hour and pair of the history and the live week", () => {
        assert.deepEqual(header, ["id", "ts", "platform", "marketplace", "views", "revenue"]);
        assert.equal(facts.length, 97 * 24 * 21);
        assert.equal(sample.rows, facts.length);
        assert.equal(facts[0]![1], "2026-01-01 00:00:00");
        assert.equal(facts.at(-1)![1], "2026-04-07 23:00:00");
        assert.equal(
            new Set(facts.map(([, ts, platform, marketplace]) => `${ts} ${platform} ${marketplace}`)).size,
            facts.length,
        );
    });

    it("numbers the rows from one and names 3 platforms and 7 marketplaces", () => {
        assert.deepEqual([facts[0]![0], facts.at(-1)![0]], ["1", String(facts.length)]);
        assert.equal(table("platform").length, 1 + 3);
        assert.equal(table("marketplace").length, 1 + 7);
        assert.equal(pairScopes.length, 21);
    });

    it("makes revenue 0.3 x views, in cents", () => {
        assert.ok(facts.every(([, , , , views, revenue]) => revenue === (Number(views) * 0.3).toFixed(2)));
    });

    it("keeps quiet hours within base, peak and noise of the model", () => {
        const touched = sample.truth;
        const quiet = facts.filter(([, ts]) => {
            const hour = Date.parse(`${ts!.replace(" ", "T")}Z`);
            return !touched.some(({ start, end }) => hour >= start && hour < end);
        });
        const views = quiet.map((row) => Number(row[4]));
        assert.ok(Math.min(...views) >= 100 - 10 && Math.max(...views) <= 200 + 400 + 10);
    });

    it("gives the same bytes for the same seed and others for another", () => {
        assert.deepEqual(buildWarehouse(warehouseOptions), sample);
        assert.notDeepEqual(buildWarehouse({ ...warehouseOptions, seed: 8 }).tables, sample.tables);
    });

    it("injects in the live week enough to judge by: single pairs, and platforms and marketplaces as a whole", () => {
        const scopes = liveTruth.map(({ dimensions }) => Object.keys(dimensions).sort().join());
        assert.ok(scopes.filter((scope) => scope === "marketplace,platform").length >= 12);
        assert.equal(scopes.filter((scope) => scope === "platform").length, 2);
        assert.equal(scopes.filter((scope) => scope === "marketplace").length, 1);
    });

    it("injects a few anomalies in the history too, so that the detector learns from data that are not clean", () => {
        const history = sample.truth.length - liveTruth.length;
        assert.ok(history >= 10 && history <= 40);
    });

    it("lists in its truth the shift that the data show", () => {
        const whole = liveTruth.find(
            ({ dimensions }) => Object.keys(dimensions).length === 2 && dimensions.platform !== undefined,
        )!;
        const names = { platform: table("platform"), marketplace: table("marketplace") };
        const id = (name: "platform" | "marketplace"): string =>
            names[name].find((row) => row[1] === whole.dimensions[name])![0]!;
        const [platform, marketplace] = [id("platform"), id("marketplace")];
        const at = (hour: number): number => {
            const ts = new Date(hour).toISOString().slice(0, 19).replace("T", " ");
            return Number(facts.find((row) => row[1] === ts && row[2] === platform && row[3] === marketplace)![4]);
        };
        const day = 24 * hourMs;
        const shifts = Array.from({ length: (whole.end - whole.start) / hourMs }, (_, index) => {
            const hour = whole.start + index * hourMs;
            return at(hour) - at(hour - day);
        });
        const largest = shifts.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
        assert.ok(Math.abs(largest - whole.shift) <= 21, `${largest} in the data, ${whole.shift} in the truth`);
        assert.equal(whole.ratio, Math.abs(whole.shift) / noiseDeviation);
    });
});
