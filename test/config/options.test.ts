import assert from "node:assert/strict";
import { parseConfig } from "../../config/parse";
import { ConfigError } from "../../errors";
import type { DetectorOptions } from "../../pipeline/detectorOptions";
import { type RawMap, type RawValue, smallConfig } from "../support/rawConfig";

const listed = (values: readonly RawValue[]): RawValue => [...values];

const measures = (revenue: RawMap): RawValue => [
    { name: "revenue", aggregation: "SUM", ...revenue },
    { name: "views", aggregation: "SUM" },
    { name: "orders", aggregation: "SUM" },
];

/** The small configuration with its detector changed. */
const changed = (change: RawMap): RawMap => {
    const raw = smallConfig();
    return { ...raw, detectors: { orders: { ...raw.detectors.orders, ...change } } };
};

const optionsOf = (change: RawMap): DetectorOptions | undefined =>
    parseConfig(changed(change), () => "").detectors.orders?.options;

/** The problems of a configuration, each as one text. */
function problemsOf(change: RawMap): string[] {
    try {
        parseConfig(changed(change), () => "");
    } catch (error) {
        assert.ok(error instanceof ConfigError, String(error));
        return error.problems.map(({ key, finding, fix }) => `${key}: ${finding} | ${fix}`);
    }
    return [];
}

const at = "lookout:detectors.orders";

describe("config/options", () => {
    it("takes what is known of a measure, by its name, and leaves it out of what is extracted", () => {
        const known = {
            direction: "down",
            minimumEffect: { absolute: 50, relative: 0.1 },
            sensitivity: "low",
            ratio: { numerator: "orders", denominator: "views" },
        };
        const { orders } = parseConfig(changed({ measures: measures(known) }), () => "").detectors;
        assert.deepEqual(orders?.options, { measures: { revenue: known }, events: [] });
        assert.deepEqual(orders?.measures[0], { name: "revenue", aggregation: "SUM" });
    });

    it("says nothing of measures of which nothing is said", () => {
        assert.deepEqual(optionsOf({ measures: measures({}) }), { measures: {}, events: [] });
    });

    it("takes events from days in the detector's zone and from instants", () => {
        const events = listed([
            { from: "2026-11-27", to: "2026-11-30" },
            {
                from: "2026-12-01T08:30:00Z",
                to: "2026-12-01T10:00Z",
                measure: "views",
                dimensions: { platform: "app" },
            },
        ]);
        assert.deepEqual(optionsOf({ events, interval: "P1D", timeZone: "America/New_York" })?.events, [
            { from: "2026-11-27T05:00:00Z", to: "2026-11-30T05:00:00Z" },
            {
                from: "2026-12-01T08:30:00Z",
                to: "2026-12-01T10:00:00Z",
                measure: "views",
                dimensions: { platform: "app" },
            },
        ]);
    });

    it("takes a day that the reader of the file made an instant of", () => {
        const events = [{ from: "2026-11-27T00:00:00Z", to: "2026-11-28T00:00:00Z" }];
        const [event] = optionsOf({ events, interval: "P1D", timeZone: "Asia/Tokyo" })?.events ?? [];
        assert.equal(event?.from, "2026-11-26T15:00:00Z");
    });

    for (const [what, change, expected] of [
        [
            "a direction that is none",
            { measures: measures({ direction: "left" }) },
            `${at}.measures[0].direction: "left" is not a direction; expected up, down or both | pulumi config set --path '${at}.measures[0].direction' up`,
        ],
        [
            "an effect of nothing",
            { measures: measures({ minimumEffect: { relative: 0 } }) },
            `${at}.measures[0].minimumEffect.relative: 0 is not an effect; expected a number above 0, 0.1 for a tenth | pulumi config set --path '${at}.measures[0].minimumEffect.relative' 0.1`,
        ],
        [
            "an effect without a size",
            { measures: measures({ minimumEffect: {} }) },
            `${at}.measures[0].minimumEffect: says nothing; expected absolute, relative or both | pulumi config set --path '${at}.measures[0].minimumEffect.relative' 0.1`,
        ],
        [
            "a ratio of a measure that is not there",
            { measures: measures({ ratio: { numerator: "order", denominator: "views" } }) },
            `${at}.measures[0].ratio.numerator: "order" is not a measure of this detector; expected one of revenue, views, orders | write orders, or add order to the detector's measures`,
        ],
        [
            "a ratio of a measure to itself",
            { measures: measures({ ratio: { numerator: "views", denominator: "views" } }) },
            `${at}.measures[0].ratio: divides "views" by itself; expected two measures | name another measure`,
        ],
        [
            "a ratio of the measure itself",
            { measures: measures({ ratio: { numerator: "revenue", denominator: "views" } }) },
            `${at}.measures[0].ratio.numerator: "revenue" is the measure itself; expected another measure | name a measure that is extracted, such as a sum`,
        ],
        [
            "an event that ends before it begins",
            { events: [{ from: "2026-11-27", to: "2026-11-27" }] },
            `${at}.events[0].to: "2026-11-27" is not after from (2026-11-27); expected the first day or instant after the event | write a later one`,
        ],
        [
            "an event on a day that the calendar does not have",
            { events: [{ from: "2026-02-30", to: "2026-03-02" }] },
            `${at}.events[0].from: "2026-02-30" is not a time; expected a day such as 2026-11-27, or an instant such as 2026-11-27T08:00:00Z | pulumi config set --path '${at}.events[0].from' 2026-11-27`,
        ],
        [
            "an event of a measure and a dimension that are not there",
            { events: [{ from: "2026-11-27", to: "2026-11-28", measure: "view", dimensions: { country: "us" } }] },
            [
                `${at}.events[0].measure: "view" is not a measure of this detector; expected one of revenue, views | write views, or add view to the detector's measures`,
                `${at}.events[0].dimensions.country: "country" is not a dimension of this detector; expected one of platform | write platform, or add country to the detector's dimensions`,
            ],
        ],
    ] as const)
        it(`tells of ${what}, and how to mend it`, () => {
            assert.deepEqual(problemsOf(change as unknown as RawMap), [expected].flat());
        });

    it("refuses a ratio of a ratio", () => {
        const ratio = { numerator: "orders", denominator: "views" };
        const chained = listed([
            { name: "orders", aggregation: "SUM" },
            { name: "views", aggregation: "SUM" },
            { name: "rate", aggregation: "AVG", ratio },
            { name: "twice", aggregation: "AVG", ratio: { numerator: "rate", denominator: "views" } },
        ]);
        assert.match(
            problemsOf({ measures: chained })[0] ?? "",
            /measures\[3\]\.ratio\.numerator: "rate" is a ratio itself/,
        );
    });
});
