import assert from "node:assert/strict";
import { noOptions } from "../../../detection/engine/options";
import { openCalendar } from "../../../detection/worker/calendar";
import { engineOptionsOf } from "../../../detection/worker/engineOptions";

const calendar = openCalendar("PT1H", "UTC");
const names = {
    measures: (["orders", "views", "rate"] as const).map((name) => ({ name, aggregation: "SUM" as const })),
    dimensions: ["platform", "marketplace"],
};
const at = (time: string): number => Date.parse(`2026-04-01T${time}:00Z`);
const position = (time: string): number => calendar.positionOf(at(time));

describe("detection/worker/engineOptions", () => {
    it("knows nothing when nothing was said", () => {
        assert.equal(engineOptionsOf(undefined, names, calendar), noOptions);
    });

    it("puts names in the engine's order, and leaves the others at their defaults", () => {
        const ratio = { numerator: "orders", denominator: "views" };
        const { measures } = engineOptionsOf(
            { measures: { rate: { ratio, sensitivity: "high" }, orders: { direction: "down" } }, events: [] },
            names,
            calendar,
        );
        assert.deepEqual(measures, [
            { direction: "down" },
            {},
            { sensitivity: "high", ratio: { numerator: 0, denominator: 1 } },
        ]);
    });

    it("takes an event for all intervals that it touches, of the values that it names", () => {
        const event = { from: at("01:30"), to: at("04:00"), measure: "views", dimensions: { marketplace: "de" } };
        const { events } = engineOptionsOf({ measures: {}, events: [event] }, names, calendar);
        assert.deepEqual(events, [
            { from: position("01:00"), to: position("03:00"), measure: 1, values: [null, "de"] },
        ]);
    });

    it("takes an event without names for all measures and values", () => {
        const event = { from: at("01:00"), to: at("02:00") };
        const { events } = engineOptionsOf({ measures: {}, events: [event] }, names, calendar);
        assert.deepEqual(events, [{ from: position("01:00"), to: position("01:00"), values: [null, null] }]);
    });

    it("passes over what the metric set has lost since", () => {
        const span = { from: at("01:00"), to: at("02:00") };
        const lost = engineOptionsOf(
            {
                measures: { gone: { direction: "up" }, rate: { ratio: { numerator: "gone", denominator: "views" } } },
                events: [
                    { ...span, measure: "gone" },
                    { ...span, dimensions: { shop: "x" } },
                ],
            },
            names,
            calendar,
        );
        assert.deepEqual(lost, { measures: [{}, {}, {}], events: [] });
    });
});
