import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { noOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { loadSnapshot, saveSnapshot } from "../../../detection/engine/snapshot";
import { createState } from "../../../detection/engine/state";
import { evidenceNames } from "../../../detection/engine/verdicts";
import { createChance } from "../../../bench/generator/chance";

const combinations = ["app", "web"].flatMap((platform) =>
    ["de", "us", "uk", "fr", "es", "it", "jp", "br"].map((market) => [platform, market]),
);
const length = 24 * 28;
const first = 24 * 7 * 2900;

/** Noisy hourly series of all combinations. `factor` changes what a combination reads. */
function column(seed: number, factor: (values: readonly string[]) => number = () => 1): Float64Array {
    const chance = createChance(seed);
    return Float64Array.from(combinations, (values) => 100 * factor(values) * Math.exp(0.1 * chance.normal()));
}

function learned(): Detector {
    const values = new Float64Array(combinations.length * length);
    for (let i = 0; i < length; i++) column(1000 + i).forEach((value, s) => (values[s * length + i] = value));
    const engine = createState(shapeOf(3600, 1), combinations.length);
    const detector = {
        engine,
        combinations: combinations.map((c) => [...c]),
        options: noOptions,
        open: [],
        feedback: [],
    };
    learnHistory(detector, { first, length, values });
    return detector;
}

const copyOf = (detector: Detector): Detector => ({ ...detector, engine: loadSnapshot(saveSnapshot(detector.engine)) });
const plain = learned();

/** Plays intervals; gives the platforms and markets that were raised by evidence of their scope, and the groups. */
function play(detector: Detector, factor: (values: readonly string[], i: number) => number, intervals = 4) {
    const raised = new Set<string>();
    let open: Detector["open"] = [];
    for (let i = 0; i < intervals; i++) {
        const judged = judge(
            detector,
            first + length + i,
            column(50 + i, (values) => factor(values, i)),
        );
        judged.scores.evidence.forEach((evidence, s) => {
            if (evidenceNames[evidence] === "scope") raised.add(combinations[s]!.join("/"));
        });
        open = judged.open;
    }
    return { raised: [...raised], open };
}

describe("detection/engine/scopeEvidence", () => {
    it("hears a fall of all series of a value that none of them shows alone, and names it", () => {
        const { raised, open } = play(copyOf(plain), ([platform]) => (platform === "app" ? 0.83 : 1));
        assert.ok(raised.filter((name) => name.startsWith("app/")).length >= 4, raised.join());
        assert.deepEqual(
            raised.filter((name) => name.startsWith("web/")),
            [],
        );
        assert.deepEqual(open[0]?.causes[0]?.values, ["app", null]);
    });

    it("hears nothing in noise, and nothing in what one series does alone", () => {
        assert.deepEqual(play(copyOf(plain), () => 1, 48).raised, []);
        const alone = play(copyOf(plain), ([p, m]) => (p === "app" && m === "us" ? 0.2 : 1));
        assert.deepEqual(
            alone.raised.filter((name) => name !== "app/us"),
            [],
        );
        assert.deepEqual(alone.open[0]?.causes[0]?.values, ["app", "us"]);
    });

    it("goes on the same from a snapshot", () => {
        const [one, other] = [copyOf(plain), copyOf(plain)];
        const fall = (values: readonly string[], i: number): number => (values[1] === "us" ? 1 - 0.1 * i : 1);
        play(one, fall, 3);
        play(other, fall, 3);
        const reloaded = copyOf(other);
        assert.deepEqual(saveSnapshot(reloaded.engine), saveSnapshot(one.engine));
        const next = column(99, ([, market]) => (market === "us" ? 0.6 : 1));
        assert.deepEqual(judge(reloaded, first + length + 3, next), judge(one, first + length + 3, next));
    });

    it("takes a gap of all series for no deviation", () => {
        const detector = copyOf(plain);
        const gap = new Float64Array(combinations.length).fill(NaN);
        const before = saveSnapshot(detector.engine);
        assert.equal(judge(detector, first + length, gap).open.length, 0);
        assert.deepEqual(saveSnapshot(detector.engine), before);
    });
});
