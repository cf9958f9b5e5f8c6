import assert from "node:assert/strict";
import { judge } from "../../../detection/engine/detector";
import { noiseSlope } from "../../../detection/engine/noise";
import { build, copyOf, gaussian, goOn, learnedDetector, monday } from "../../support/engineRuns";
import { seededChance } from "../../support/businessSeries";

const learned = 42 * 24;
const length = learned + 56 * 24;
const hump = (i: number): number => 1 + 0.8 * Math.cos((2 * Math.PI * ((i % 24) - 14)) / 24);
/** Night and peak of that day. */
const [night, peak] = [2, 14];

/** Noise of six per cent of a value that is nine times as high by day as at night; and the same noise all day. */
const inParts = (seed: number): Float64Array =>
    build(length, seed, (i, chance) => 1000 * hump(i) * (1 + 0.06 * gaussian(chance)));
const evenly = (seed: number): Float64Array =>
    build(length, seed, (i, chance) => 1000 * hump(i) + 60 * gaussian(chance));

/** Band of an interval right after the learned ones, above its expectation. */
function reachAt(series: Float64Array, hour: number): number {
    const detector = learnedDetector([series], learned);
    goOn(detector, [series], learned, learned + hour);
    const { expected, upper } = judge(detector, monday + learned + hour, Float64Array.of(NaN)).scores;
    return upper[0]! - expected[0]!;
}

describe("detection/engine/noise", () => {
    it("keeps the band of a quiet night narrow, and that of a noisy peak wide, where noise goes with the value", () => {
        for (const seed of [1, 2, 3]) {
            const [atNight, atPeak] = [reachAt(inParts(seed), night), reachAt(inParts(seed), peak)];
            assert.ok(atNight < atPeak / 2, `seed ${seed}: ${atNight} at night, ${atPeak} at the peak`);
        }
    });

    it("keeps the band as wide at night as by day where the noise is the same", () => {
        for (const seed of [1, 2, 3]) {
            const [atNight, atPeak] = [reachAt(evenly(seed), night), reachAt(evenly(seed), peak)];
            assert.ok(
                Math.abs(atNight / atPeak - 1) < 0.35,
                `seed ${seed}: ${atNight} at night, ${atPeak} at the peak`,
            );
        }
    });

    it("finds at night what would be nothing at the peak", () => {
        for (const seed of [1, 2, 3]) {
            const series = inParts(seed);
            const severityAt = (hour: number): number => {
                const detector = learnedDetector([series], learned);
                goOn(detector, [series], learned, learned + hour);
                const odd = Float64Array.of(1000 * hump(hour) + 200);
                return judge(copyOf(detector), monday + learned + hour, odd).scores.severity[0]!;
            };
            assert.ok(severityAt(night) >= 70, `seed ${seed}: ${severityAt(night)} at night`);
            assert.ok(severityAt(peak) < 50, `seed ${seed}: ${severityAt(peak)} at the peak`);
        }
    });

    it("raises no more alarms at the peak than at other times", () => {
        let [peaks, all] = [0, 0];
        for (const seed of [1, 2, 3, 4, 5, 6]) {
            const series = inParts(seed);
            goOn(learnedDetector([series], learned), [series], learned).forEach(({ scores }, k) => {
                if (scores.severity[0]! < 40) return;
                all++;
                if (Math.abs((k % 24) - peak) <= 3) peaks++;
            });
        }
        assert.ok(all >= 5 && peaks <= 0.6 * all, `${peaks} of ${all}`);
    });

    it("takes chance for no slope, and a few enormous deviations for no noise", () => {
        const effects = Float64Array.from({ length: 500 }, (_, i) => i % 24);
        for (let seed = 1; seed <= 20; seed++) {
            const chance = seededChance(seed);
            const rest = effects.map(() => gaussian(chance));
            assert.equal(noiseSlope({ effects, rest }), 0);
            rest[23] = 1000;
            assert.equal(noiseSlope({ effects, rest }), 0);
        }
    });

    it("finds a slope from many values, gaps among them, in the unit of the effects", () => {
        const chance = seededChance(7);
        const effects = Float64Array.from({ length: 2000 }, (_, i) => (i % 24) - 12);
        const rest = effects.map((effect, i) => (i % 50 === 7 ? NaN : (1 + 0.06 * effect) * gaussian(chance)));
        const slope = noiseSlope({ effects, rest });
        assert.ok(Math.abs(slope - 0.06) < 0.012, `${slope}`);
        const other = noiseSlope({ effects: effects.map((x) => x * 8), rest: rest.map((x) => x * 1024) });
        assert.ok(Math.abs(other - slope / 8) < 1e-12, `${other}`);
    });

    it("knows no slope without values, without a season, or where nothing is left over", () => {
        const flat = new Float64Array(100);
        const season = Float64Array.from({ length: 100 }, (_, i) => i % 7);
        assert.equal(noiseSlope({ effects: season, rest: flat }), 0);
        assert.equal(noiseSlope({ effects: flat, rest: season }), 0);
        assert.equal(noiseSlope({ effects: season, rest: flat.map(() => NaN) }), 0);
        assert.equal(noiseSlope({ effects: season.subarray(0, 30), rest: season.subarray(0, 30) }), 0);
    });
});
