import assert from "node:assert/strict";
import { contributionsOf } from "../../../detection/engine/contributions";
import { learn, type Scores } from "../../../detection/engine/engine";
import { incidentsOf } from "../../../detection/engine/incidentList";
import { extendGroups, isClearOf, longestPause, type AnomalyGroup } from "../../../detection/engine/incidents";
import { severityOf, shapeOf } from "../../../detection/engine/shape";
import { createState } from "../../../detection/engine/state";
import { evidenceIndex, verdictIndex, type EvidenceName } from "../../../detection/engine/verdicts";
import { seededChance } from "../../support/businessSeries";

const combinations = ["app", "web"].flatMap((platform) => ["de", "us", "uk"].map((market) => [platform, market]));

type Odd = readonly (readonly [combination: number, measure: number, deviation: number])[];

/** One interval in which some series of two measures deviate, by so many usual deviations; all expect 100 and usually miss it by 5. */
function scoresOf(odd: Odd): Scores {
    const column = (fill = 0): Float64Array => new Float64Array(12).fill(fill);
    const [score, severity, scaled, value] = [column(), column(), column(), column(100)];
    const verdict = new Uint8Array(12).fill(verdictIndex("expected"));
    for (const [combination, measure, deviation] of odd) {
        const series = combination * 2 + measure;
        value[series] = 100 + 5 * deviation;
        scaled[series] = deviation;
        score[series] = Math.abs(deviation);
        severity[series] = severityOf(Math.abs(deviation));
        if (Math.abs(deviation) > 3.1) verdict[series] = verdictIndex("anomalous");
    }
    const [none, evidence] = [column(), new Uint8Array(12).fill(evidenceIndex("jump"))];
    const [expected, usual] = [column(100), column(5)];
    return { value, expected, lower: none, upper: none, score, severity, usual, scaled, evidence, verdict };
}

/** Plays intervals from position 1; gives all groups, the open ones last. */
function play(intervals: readonly Odd[], intervalSeconds = 86_400): AnomalyGroup[] {
    const engine = createState(shapeOf(intervalSeconds, 2), 6);
    const chance = seededChance(4);
    const values = Float64Array.from({ length: 12 * 200 }, () => 100 + 20 * (chance() - 0.5));
    learn(engine, { first: -199, length: 200, values });
    let open: readonly AnomalyGroup[] = [];
    const all: AnomalyGroup[] = [];
    intervals.forEach((odd, i) => {
        const next = extendGroups({ engine, combinations, open }, i + 1, scoresOf(odd));
        open = next.open;
        all.push(...next.closed);
    });
    return [...all, ...open];
}

describe("detection/engine/incidents", () => {
    it("makes one group of a measure's anomalies in consecutive intervals", () => {
        const [group, ...others] = play([[[0, 0, 6]], [[1, 0, -9]], []]);
        assert.deepEqual(others, []);
        assert.deepEqual([group!.measure, group!.start, group!.end, group!.version], [0, 1, 2, 2]);
        assert.deepEqual(
            group!.members.map(({ combination, weight }) => [combination, weight]),
            [
                [0, 6],
                [1, 9],
            ],
        );
        assert.ok(Math.abs(group!.severity - severityOf(9)) < 1e-9);
    });

    it("begins a new group after a longer pause, and keeps measures apart", () => {
        const pause = Array.from({ length: longestPause(shapeOf(86_400, 1)) + 1 }, () => []);
        const groups = play([[[0, 0, 6]], [[5, 1, 6]], ...pause, [[0, 0, 6]]]);
        assert.deepEqual(
            groups.map(({ measure, start, end }) => [measure, start, end]),
            [
                [0, 1, 1],
                [1, 2, 2],
                [0, 3 + pause.length, 3 + pause.length],
            ],
        );
    });

    it("takes the more to begin a group the more combinations there are, and less to join one", () => {
        const member = (score: number, scaled: number, evidence: EvidenceName) => {
            const peak = { position: 1, value: 1, expected: 2, scaled, evidence: evidenceIndex(evidence) };
            return { combination: 0, weight: 1, severity: severityOf(score), peak };
        };
        const leasts = [1, 100, 10_000].map((combinations) =>
            Array.from({ length: 300 }, (_, i) => i / 10).find((s) => isClearOf(member(s, 90, "drift"), combinations)),
        );
        assert.deepEqual(leasts, [3.1, 4.1, 6.1]);
        assert.ok(isClearOf(member(20, -9, "jump"), 20) && isClearOf(member(20, 2, "drift"), 20));
        assert.ok(!isClearOf(member(20, -5, "jump"), 20), "surer than a Gaussian");
    });

    it("lets a faint anomaly join what it does not begin", () => {
        const faint = 4;
        assert.deepEqual(play([[[0, 0, faint]], []]), []);
        const [group] = play([
            [
                [0, 0, 9],
                [1, 0, 9],
                [2, 0, 9],
            ],
            [[0, 0, faint]],
        ]);
        assert.deepEqual([group!.start, group!.end], [1, 2]);
    });

    it("is more severe the more series are affected", () => {
        const one = play([[[0, 0, 8]]])[0]!.severity;
        const many = play([combinations.map((_, c) => [c, 0, 8] as const)])[0]!.severity;
        assert.ok(many > one);
    });
});

describe("detection/engine/links", () => {
    const app = [0, 1, 2];
    const keys = (groups: readonly AnomalyGroup[]) =>
        groups.map(({ measure, incident }) => [measure, incident.measure]);

    it("makes one incident of what one cause does to two measures, also when the second follows later", () => {
        const both = app.flatMap((c) => [[c, 0, -8] as const, [c, 1, -8] as const]);
        assert.deepEqual(keys(play([both])), [
            [0, 0],
            [1, 0],
        ]);
        const first = app.map((c) => [c, 1, -8] as const);
        const groups = play([first, [...first, ...app.map((c) => [c, 0, -8] as const)]]);
        assert.deepEqual(keys(groups), [
            [0, 1],
            [1, 1],
        ]);
        const [incident, ...others] = incidentsOf(groups);
        assert.deepEqual(others, []);
        assert.deepEqual([incident!.start, incident!.end, incident!.key], [1, 2, { measure: 1, start: 1 }]);
        assert.deepEqual(incident!.causes[0]!.values, ["app", null]);
    });

    it("keeps apart what different causes do to two measures at one time", () => {
        const groups = play([[...app.map((c) => [c, 0, -8] as const), [5, 1, 9]]]);
        assert.deepEqual(keys(groups), [
            [0, 0],
            [1, 1],
        ]);
        assert.equal(incidentsOf(groups).length, 2);
    });

    it("judges the cause by both measures where one alone would mislead", () => {
        const unclear = [
            [0, 0, 9],
            [1, 0, 2],
            [2, 0, 1.5],
        ] as const;
        const alone = play([unclear])[0]!;
        assert.deepEqual(alone.causes[0]!.values, ["app", "de"]);
        const together = play([[...unclear, ...app.map((c) => [c, 1, 6] as const)]]);
        assert.deepEqual(keys(together)[1], [1, 0]);
        for (const { causes } of together) assert.deepEqual(causes[0]!.values, ["app", null]);
    });

    it("shares each group's causes out to 1, and counts its versions", () => {
        const [group] = play([
            [
                [0, 0, 8],
                [5, 0, -9],
            ],
            [
                [0, 0, 8],
                [5, 0, -9],
            ],
        ]);
        assert.ok(group!.causes.length > 1);
        assert.ok(Math.abs(group!.causes.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12);
        assert.equal(group!.version, 2);
    });
});

describe("detection/engine/contributions", () => {
    it("shares a deviation among the values of a dimension, adding up to 100", () => {
        const members = [1, 1, 1].map((weight, combination) => ({ combination, weight, severity: 60 }));
        const shares = contributionsOf(members, (c) => combinations[c]![1]!);
        assert.deepEqual(
            shares.map(({ share }) => share),
            [33.34, 33.33, 33.33],
        );
        assert.deepEqual(
            contributionsOf(members, () => "app"),
            [{ value: "app", share: 100 }],
        );
    });

    it("gives the larger deviation the larger share", () => {
        const members = [
            { combination: 0, weight: 27, severity: 60 },
            { combination: 1, weight: 73, severity: 60 },
        ];
        assert.deepEqual(
            contributionsOf(members, (c) => combinations[c]![1]!),
            [
                { value: "us", share: 73 },
                { value: "de", share: 27 },
            ],
        );
    });
});
