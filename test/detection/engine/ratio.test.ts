import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { noOptions, type EngineOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { loadSnapshot, saveSnapshot } from "../../../detection/engine/snapshot";
import { createState } from "../../../detection/engine/state";
import { volumeBounds, volumeScore } from "../../../detection/engine/volume";
import { seededChance } from "../../support/businessSeries";

const first = 24 * 7 * 2900;
const length = 60 * 24;
const next = first + length;
/** Orders, visits, and orders by visits. */
const [orders, visits, rate] = [0, 1, 2];
const conversion: EngineOptions = {
    measures: [{}, {}, { ratio: { numerator: orders, denominator: visits } }],
    events: [],
};

/** Visits follow the hour of the day from 4 at night to 400 at noon; a tenth of them order, by chance. */
function interval(i: number, chance: () => number): [number, number, number] {
    const volume = Math.round(202 + 198 * Math.sin((2 * Math.PI * (i - 6)) / 24));
    let ordered = 0;
    for (let k = 0; k < volume; k++) if (chance() < 0.1) ordered++;
    return [ordered, volume, ordered / volume];
}

function learned(options: EngineOptions, seed: number): { detector: Detector; chance: () => number } {
    const chance = seededChance(seed);
    const values = new Float64Array(3 * length);
    for (let i = 0; i < length; i++) interval(i, chance).forEach((value, m) => (values[m * length + i] = value));
    const engine = createState(shapeOf(3600, 3), 1);
    const detector: Detector = { engine, combinations: [[]], options, open: [], feedback: [] };
    learnHistory(detector, { first, length, values });
    return { detector, chance };
}

const copyOf = (detector: Detector): Detector => ({ ...detector, engine: loadSnapshot(saveSnapshot(detector.engine)) });

const [noon, night] = [12, 0];

describe("detection/engine/ratio", () => {
    const { detector, chance } = learned(conversion, 21);

    /** Severity and band of a number of orders among visits. */
    function judged(hour: number, ordered: number, volume: number) {
        const { scores } = judge(copyOf(detector), next + hour, Float64Array.of(ordered, volume, NaN));
        return {
            value: scores.value[rate]!,
            severity: scores.severity[rate]!,
            width: scores.upper[rate]! - scores.lower[rate]!,
            lower: scores.lower[rate]!,
            upper: scores.upper[rate]!,
        };
    }

    it("widens the band as the volume falls", () => {
        const widths = [400, 100, 25, 5].map((volume) => judged(noon, Math.round(volume / 10), volume).width);
        widths.forEach((width, k) => assert.ok(k === 0 || width > 1.3 * widths[k - 1]!, widths.join(", ")));
    });

    it("takes the same quotient for chance at a small volume and for an anomaly at a large one", () => {
        assert.ok(judged(noon, 160, 400).severity > 70);
        assert.ok(judged(noon, 4, 10).severity < 50);
        assert.ok(judged(night, 2, 4).severity < 50);
    });

    it("still finds at a small volume what chance does not bring", () => {
        assert.ok(judged(night, 12, 12).severity > 50);
    });

    it("never has a severity that falls as the quotient rises", () => {
        for (const volume of [8, 60, 400]) {
            const severities = Array.from({ length: 20 }, (_, k) => judged(noon, (volume * (k + 2)) / 21, volume));
            severities.forEach(({ severity }, k) =>
                assert.ok(k === 0 || severity >= severities[k - 1]!.severity - 1e-9),
            );
        }
    });

    it("raises hardly a false alarm in a month, and sees at noon what judging the quotient alone overlooks", () => {
        const alone = learned(noOptions, 21).detector;
        const one = copyOf(detector);
        let alarms = 0;
        for (let i = 0; i < 30 * 24; i++) {
            const { scores } = judge(one, next + i, Float64Array.from(interval(i, chance)));
            if (scores.severity[rate]! >= 50) alarms++;
        }
        assert.ok(alarms <= 2, `${alarms} alarms`);
        const fall = Float64Array.of(8, 400, 0.02);
        assert.ok(judge(copyOf(detector), next + noon, fall).scores.severity[rate]! >= 50);
        assert.ok(judge(copyOf(alone), next + noon, fall).scores.severity[rate]! < 50);
    });

    it("computes the quotient, and takes nothing by nothing for a gap", () => {
        assert.equal(judged(noon, 30, 400).value, 0.075);
        assert.ok(Number.isNaN(judged(night, 0, 0).value));
    });

    it("uses the measure's own value where one of the two is missing", () => {
        const { scores } = judge(copyOf(detector), next + noon, Float64Array.of(NaN, 400, 0.09));
        assert.equal(scores.value[rate], 0.09);
        assert.ok(scores.severity[rate]! < 50);
    });

    it("never gives NaN for odd parts of a quotient", () => {
        const odd = [0, -5, 1e300, Infinity, -Infinity, 5e-324, 7];
        const one = copyOf(detector);
        let i = 0;
        for (const ordered of odd)
            for (const volume of odd) {
                const { scores } = judge(one, next + i++, Float64Array.of(ordered, volume, NaN));
                const { severity, score, lower, upper } = scores;
                for (const column of [severity, score, lower, upper]) assert.ok(!Number.isNaN(column[rate]!), `${i}`);
            }
    });
});

describe("detection/engine/volume", () => {
    const of = { volume: 50, usual: 1e6, isShare: true };

    it("comes near the exact chance of single events", () => {
        // Of 4, 3 or more where each has a tenth: 4 · 0.1³ · 0.9 + 0.1⁴.
        const exact = -Math.log10(4 * 0.001 * 0.9 + 0.0001);
        const found = volumeScore(0.75, 0.1, { ...of, volume: 4 });
        assert.ok(Math.abs(found - exact) < 0.4, `${found} for ${exact}`);
    });

    it("grows with the volume and with the distance", () => {
        assert.ok(volumeScore(0.2, 0.1, { ...of, volume: 500 }) > volumeScore(0.2, 0.1, of));
        assert.ok(volumeScore(0.3, 0.1, of) > volumeScore(0.2, 0.1, of));
        assert.ok(volumeScore(0, 0.1, of) > volumeScore(0.05, 0.1, of));
    });

    it("holds nothing for impossible that was never seen", () => {
        assert.ok(volumeScore(0.02, 0, { ...of, usual: 100 }) < 3);
        assert.ok(Number.isFinite(volumeScore(1, 0, of)));
    });

    it("bounds what it scores", () => {
        for (const isShare of [true, false]) {
            const { lower, upper } = volumeBounds(3, 0.4, { ...of, isShare });
            assert.ok(volumeScore(lower, 0.4, { ...of, isShare }) >= 3);
            assert.ok(volumeScore(upper, 0.4, { ...of, isShare }) >= 3);
            assert.ok(volumeScore(lower * 1.01, 0.4, { ...of, isShare }) < 3);
            assert.ok(volumeScore(upper * 0.99, 0.4, { ...of, isShare }) < 3);
        }
    });

    it("has no bound where none is reached, and no opinion on values below 0", () => {
        assert.deepEqual(volumeBounds(30, 0.5, { ...of, volume: 3 }), { lower: -Infinity, upper: Infinity });
        assert.equal(volumeScore(-1, 0.5, of), Infinity);
        assert.equal(volumeScore(1, -0.5, of), Infinity);
    });
});
