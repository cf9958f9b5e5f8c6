import assert from "node:assert/strict";
import { causesOf } from "../../../detection/engine/causes";
import { contributionsOf } from "../../../detection/engine/contributions";
import type { Scores } from "../../../detection/engine/engine";
import { extendGroups, type AnomalyGroup } from "../../../detection/engine/grouping";
import { severityOf } from "../../../detection/engine/shape";

const combinations = ["app", "web"].flatMap((platform) => ["de", "us", "uk"].map((market) => [platform, market]));

/** One interval in which some series of two measures deviate: `[combination, measure, scaled deviation]`. */
function interval(position: number, odd: readonly (readonly [number, number, number])[]) {
    const column = (): Float64Array => new Float64Array(12);
    const [score, severity, scaled] = [column(), column(), column()];
    for (const [combination, measure, deviation] of odd) {
        const series = combination * 2 + measure;
        scaled[series] = deviation;
        score[series] = Math.abs(deviation);
        severity[series] = severityOf(Math.abs(deviation));
    }
    const none = column();
    const [evidence, verdict] = [new Uint8Array(12), new Uint8Array(12)];
    const band = { value: none, expected: none, lower: none, upper: none };
    const scores: Scores = { ...band, score, severity, scaled, evidence, verdict };
    return { position, measures: 2, combinations, scores };
}

/** Plays intervals; gives all groups, the open ones last. */
function play(intervals: readonly ReturnType<typeof interval>[]): AnomalyGroup[] {
    let open: AnomalyGroup[] = [];
    const all: AnomalyGroup[] = [];
    for (const one of intervals) {
        const next = extendGroups(open, one);
        open = next.open;
        all.push(...next.closed);
    }
    return [...all, ...open];
}

describe("detection/engine/grouping", () => {
    it("makes one group of a measure's anomalies in consecutive intervals", () => {
        const [group, ...others] = play([interval(7, [[0, 0, 6]]), interval(8, [[1, 0, -9]]), interval(9, [])]);
        assert.deepEqual(others, []);
        assert.deepEqual([group!.measure, group!.start, group!.end], [0, 7, 8]);
        assert.deepEqual(
            group!.members.map(({ combination, weight }) => [combination, weight]),
            [
                [0, 6],
                [1, 9],
            ],
        );
        assert.equal(group!.severity, severityOf(9));
    });

    it("begins a new group after an interval without anomalies, and keeps measures apart", () => {
        const groups = play([interval(1, [[0, 0, 6]]), interval(2, [[0, 1, 6]]), interval(3, [[0, 0, 6]])]);
        assert.deepEqual(
            groups.map(({ measure, start, end }) => [measure, start, end]),
            [
                [0, 1, 1],
                [1, 2, 2],
                [0, 3, 3],
            ],
        );
    });

    it("is more severe the more series are affected", () => {
        const one = play([interval(1, [[0, 0, 5]])])[0]!.severity;
        const many = play([
            interval(
                1,
                combinations.map((_, c) => [c, 0, 5] as const),
            ),
        ])[0]!.severity;
        assert.ok(many > one);
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

describe("detection/engine/causes", () => {
    const scaled = (isOdd: (values: readonly string[]) => boolean): number[] =>
        combinations.map((values, i) => (isOdd(values) ? 12 : i % 2 === 0 ? 0.7 : -0.7));

    it("names the cell, the value, or everything: whichever explains alone", () => {
        const causeOf = (isOdd: (values: readonly string[]) => boolean) =>
            causesOf(combinations, scaled(isOdd))[0]?.values;
        assert.deepEqual(
            causeOf(([p, m]) => p === "web" && m === "us"),
            ["web", "us"],
        );
        assert.deepEqual(
            causeOf(([p]) => p === "app"),
            ["app", null],
        );
        assert.deepEqual(
            causeOf(([, m]) => m === "uk"),
            [null, "uk"],
        );
        assert.deepEqual(
            causeOf(() => true),
            [null, null],
        );
    });

    it("names several causes that have nothing to do with each other", () => {
        const values = combinations.map((_, i) => (i === 0 ? 18 : i === 5 ? -18 : 0));
        const causes = causesOf(combinations, values).map((cause) => cause.values);
        assert.deepEqual(causes, [
            ["app", "de"],
            ["web", "uk"],
        ]);
    });

    it("names none where nothing deviates, and the whole of a measure without dimensions", () => {
        assert.deepEqual(causesOf(combinations, [0.1, 1, -1, 0, 2, 1]), []);
        assert.deepEqual(causesOf([[]], [9])[0]?.values, []);
    });
});
