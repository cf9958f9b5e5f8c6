import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { judge, type Detector } from "../../../detection/engine/detector";
import { noOptions } from "../../../detection/engine/options";
import { seriesProgress } from "../../../detection/engine/engine";
import { loadSnapshot, saveSnapshot } from "../../../detection/engine/snapshot";
import { appendCombinations, seriesCount } from "../../../detection/engine/state";
import { fixtureFirst, fixtureInterval, fixtureSeries, fixtureSpans, fixtureValue } from "../../support/snapshotSeries";
import { projectFolder } from "../../support/sources";

const fixtures = [
    { file: "v1.bin", kind: "hourly", perDay: 24, seconds: 3600 },
    { file: "v1Daily.bin", kind: "daily", perDay: 1, seconds: 86_400 },
    { file: "v2.bin", kind: "hourly", perDay: 24, seconds: 3600 },
    { file: "v2Daily.bin", kind: "daily", perDay: 1, seconds: 86_400 },
    { file: "v3.bin", kind: "hourly", perDay: 24, seconds: 3600 },
    { file: "v3Daily.bin", kind: "daily", perDay: 1, seconds: 86_400 },
] as const;
const at = (name: (typeof fixtureSeries)[number]): number => fixtureSeries.indexOf(name);

for (const { file, kind, perDay, seconds } of fixtures)
    describe(`detection/engine/snapshot, ${file} of an earlier version`, () => {
        const bytes = readFileSync(path.join(projectFolder, "test/fixtures/snapshots", file));
        const from = fixtureSpans[kind].learned + fixtureSpans[kind].scored;
        const next = fixtureFirst[kind] + from;
        const load = (): Detector => ({
            engine: loadSnapshot(bytes),
            combinations: [["a"], ["b"], ["c"]],
            options: noOptions,
            open: [],
            feedback: [],
        });

        it("is loaded with its series, its interval and what they have seen", () => {
            const { engine } = load();
            assert.equal(engine.shape.intervalSeconds, seconds);
            assert.equal(engine.shape.measures, 2);
            assert.equal(seriesCount(engine), fixtureSeries.length);
            const seen = (series: number): number =>
                Array.from({ length: from }, (_, i) => fixtureValue(series, i, perDay)).filter((v) => !Number.isNaN(v))
                    .length;
            fixtureSeries.forEach((_, series) => assert.equal(seriesProgress(engine, series).points, seen(series)));
        });

        it("still expects what its series do, and calls none of it anomalous", () => {
            const detector = load();
            for (let i = 0; i < 4 * perDay; i++) {
                const { scores } = judge(detector, next + i, fixtureInterval(from + i, perDay));
                for (const name of ["daily", "weekend", "counts", "constant"] as const) {
                    assert.ok(scores.severity[at(name)]! < 70, `${name}, interval ${i}: ${scores.severity[at(name)]}`);
                    assert.ok(Number.isFinite(scores.expected[at(name)]!), name);
                }
                const value = fixtureValue(at("daily"), from + i, perDay);
                if (!Number.isNaN(value))
                    assert.ok(Math.abs(scores.expected[at("daily")]! - value) < 40, `interval ${i}`);
            }
        });

        it("still finds what leaves its course", () => {
            const values = fixtureInterval(from, perDay);
            for (const [name, value] of [
                ["daily", 1200],
                ["constant", 20],
                ["counts", 40],
            ] as const) {
                const odd = values.slice();
                odd[at(name)] = value;
                const severity = judge(load(), next, odd).scores.severity[at(name)]!;
                assert.ok(severity >= 50, `${name}: ${severity}`);
            }
        });

        it("goes on learning: is saved in the present form, and grows", () => {
            const detector = load();
            const steps = 400;
            for (let i = 0; i < steps; i++) judge(detector, next + i, fixtureInterval(from + i, perDay));
            const again = loadSnapshot(saveSnapshot(detector.engine));
            assert.deepEqual(saveSnapshot(again), saveSnapshot(detector.engine));
            assert.ok(seriesProgress(again, at("young")).points > steps - 10);
            appendCombinations(again, 1);
            assert.equal(seriesCount(again), fixtureSeries.length + 2);
            assert.equal(seriesProgress(again, fixtureSeries.length).points, 0);
        });
    });
