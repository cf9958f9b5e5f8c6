import assert from "node:assert/strict";
import type { Point } from "../../../../detection/api/own/judgement";
import { sentenceOf, type Circumstances } from "../../../../detection/api/own/sentences";

const point: Point = {
    timestamp: "2026-04-01T00:00:00Z",
    value: 148,
    expected: 140,
    lower: 120,
    upper: 160,
    severity: 0,
    verdict: "expected",
    evidence: "none",
};
const plain: Circumstances = { progress: { points: 400, needed: 300, scoredFrom: 40 }, events: [], feedback: [] };
const young: Circumstances = { ...plain, progress: { points: 212, needed: 300, scoredFrom: 40 } };

describe("detection/api/own/sentences", () => {
    const cases: readonly (readonly [Partial<Point>, Circumstances, string])[] = [
        [{}, plain, "expected 120 to 160, was 148: inside the band"],
        [
            { lower: 84.51234, upper: 192.0345, value: 148.27182 },
            plain,
            "expected 84.5 to 192, was 148.3: inside the band",
        ],
        [
            { lower: 123456780.25, upper: 123456790.25, value: 123456795.5 },
            plain,
            "expected 123456780.25 to 123456790.25, was 123456795.5: above the band by 5.25",
        ],
        [{ lower: 0, upper: 1500, value: 0.04 }, plain, "expected 0 to 1500, was 0.04: inside the band"],
        [{}, young, "expected 120 to 160, was 148: inside the band; still learning: has 212 of 300 points"],
        [{ value: null, verdict: "gap" }, plain, "the metric has no value in this interval"],
        [{ value: null, verdict: "gap" }, { ...plain, failure: "No datapoint was found." }, "No datapoint was found."],
        [{ verdict: "learned from" }, plain, "was 148: part of the history that was learned from, and not judged"],
        [
            { verdict: "learning" },
            { ...plain, progress: { points: 12, needed: 300, scoredFrom: 40 } },
            "was 148; still learning: has 12 of 300 points, and is judged from 40 on",
        ],
        [
            { value: 310.25, verdict: "anomalous", severity: 87.5, evidence: "jump" },
            plain,
            "expected 120 to 160, was 310.25: above the band by 150.25; severity 87.5, for a jump",
        ],
        [
            { verdict: "anomalous", severity: 61, evidence: "flat line" },
            plain,
            "148 lies inside the band for a single value (120 to 160), but values that always moved stand still; severity 61",
        ],
        [
            { value: 131, verdict: "anomalous", severity: 61, evidence: "drift" },
            young,
            "131 lies inside the band for a single value (120 to 160), but values have been lower than expected for some intervals on end; severity 61; still learning: has 212 of 300 points",
        ],
        [
            { verdict: "anomalous", severity: 61, evidence: "scope" },
            plain,
            "148 lies inside the band for a single value (120 to 160), but many metrics of one part deviate together; severity 61",
        ],
        [
            { value: 170, verdict: "anomalous", severity: 61, evidence: "drift" },
            plain,
            "expected 120 to 160, was 170: above the band by 10; severity 61, for a slow drift away from what was usual",
        ],
        [
            { value: 100, verdict: "below minimum effect" },
            { ...plain, options: { minimumEffect: { absolute: 50, relative: 0.1 } } },
            "expected 120 to 160, was 100: below the band by 20, which is less than the minimum effect of 50 and 10 %",
        ],
        [
            { value: 100, verdict: "other direction" },
            { ...plain, options: { direction: "up" } },
            "expected 120 to 160, was 100: below the band by 20; only a rise is of interest",
        ],
        [
            { value: 200, verdict: "other direction" },
            { ...plain, options: { direction: "down" } },
            "expected 120 to 160, was 200: above the band by 40; only a fall is of interest",
        ],
        [
            { value: 200, verdict: "known event" },
            { ...plain, events: ["2026-04-01T00:00:00Z to 2026-04-02T00:00:00Z"] },
            "expected 120 to 160, was 200: above the band by 40, in the time of a known event: 2026-04-01T00:00:00Z to 2026-04-02T00:00:00Z",
        ],
        [
            { value: 200, verdict: "lowered by feedback" },
            { ...plain, feedback: ["2026-03-30T08:00:00Z"] },
            "expected 120 to 160, was 200: above the band by 40; lowered by feedback of 2026-03-30T08:00:00Z: the like was marked as no anomaly",
        ],
    ];
    for (const [members, about, sentence] of cases)
        it(`says "${sentence}"`, () => {
            assert.equal(sentenceOf({ ...point, ...members }, about), sentence);
        });
});
