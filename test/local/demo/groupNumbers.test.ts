import assert from "node:assert/strict";
import { causeNumbers, parseTimestamp, sumSeries } from "../../../local/demo/groupNumbers";

const point = (hour: number, given: object = {}) => ({
    timestamp: `2026-04-01T0${hour}:00:00Z`,
    value: 10,
    expected: 8,
    lower: 5,
    upper: 12,
    severity: 0,
    ...given,
});

describe("local/demo/groupNumbers", () => {
    it("reads the API's timestamps, with their zone in brackets", () => {
        assert.equal(parseTimestamp("2026-04-01T15:00Z[UTC]"), Date.parse("2026-04-01T15:00:00Z"));
    });

    it("refuses what is no timestamp, and quotes it", () => {
        assert.throws(() => parseTimestamp("soon"), /"soon"/);
        assert.throws(() => parseTimestamp(undefined), /timestamp was expected/);
    });

    it("adds values and expectations, and bands as independent spreads", () => {
        const [sum] = sumSeries([[point(1)], [point(1, { lower: 4, upper: 11 })]]);
        assert.deepEqual(sum, {
            timestamp: Date.parse("2026-04-01T01:00:00Z"),
            value: 20,
            expected: 16,
            lower: 16 - 5,
            upper: 16 + 5,
        });
    });

    it("sums over the metrics that have a value, and is null where none has", () => {
        const none = { value: null, expected: null, lower: null, upper: null };
        const [first, second] = sumSeries([[point(1, none), point(2, none)], [point(2)]]);
        assert.deepEqual([first!.value, first!.expected, first!.lower, first!.upper], [null, null, null, null]);
        assert.deepEqual([second!.value, second!.lower], [10, 5]);
    });

    it("orders the points by time", () => {
        const times = sumSeries([[point(3)], [point(1), point(2)]]).map(({ timestamp }) => timestamp);
        assert.deepEqual(times, [...times].sort());
    });

    it("takes the mean of several averages, with a band that narrows", () => {
        const [together] = sumSeries([[point(1)], [point(1, { value: 20, expected: 10, lower: 6, upper: 13 })]], true);
        assert.deepEqual([together!.value, together!.expected], [15, 9]);
        assert.equal(together!.lower, 9 - Math.hypot(3, 4) / 2);
        assert.equal(together!.upper, 9 + Math.hypot(4, 3) / 2);
    });

    it("gives the numbers of the metrics that a cause names, and their part of all deviation", () => {
        const span = { start: Date.parse("2026-04-01T01:00:00Z"), end: Date.parse("2026-04-01T03:00:00Z") };
        const metric = (platform: string, market: string, value: number) => ({
            dimensions: { platform, market },
            points: [point(1, { value }), point(2, { value }), point(3, { value: 1000 })],
        });
        const metrics = [metric("app", "us", 38), metric("app", "de", 38), metric("web", "us", 28)];
        assert.deepEqual(causeNumbers(metrics, { platform: "app" }, span), {
            expected: 32,
            actual: 152,
            share: (100 * 120) / 160,
            metrics: 2,
        });
        assert.deepEqual(causeNumbers(metrics, {}, span).share, 100);
        assert.deepEqual(causeNumbers(metrics, { platform: "tv" }, span).metrics, 3, "all, where it covers none");
    });
});
