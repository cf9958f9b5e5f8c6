import assert from "node:assert/strict";
import { aheadAt } from "../../../detection/engine/clock";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { noOptions } from "../../../detection/engine/options";
import { shapeOf, shortSlot, weekSlot } from "../../../detection/engine/shape";
import { loadSnapshot, saveSnapshot } from "../../../detection/engine/snapshot";
import { createState } from "../../../detection/engine/state";
import { verdictNames } from "../../../detection/engine/verdicts";
import { clockFrom } from "../../../detection/worker/calendar";
import { seededChance } from "../../support/businessSeries";

const hour = 3_600_000;
const berlin = "Europe/Berlin";
const positionOf = (instant: string): number => Date.parse(instant) / hour;

/** What an office does by its own clock: closed at night, busy from 8 to 18, half as busy on Saturdays, closed on Sundays. */
function officeOf(zone: string, from: number, seed: number): (position: number) => number {
    const chance = seededChance(seed);
    const clock = clockFrom(from * hour, zone);
    return (position) => {
        const local = position + 1 + aheadAt(clock, position * 3600) / 3600;
        const [ofDay, weekday] = [((local % 24) + 24) % 24, (Math.floor(local / 24) + 3) % 7];
        const busy = ofDay >= 8 && ofDay < 18 ? [1, 1, 1, 1, 1, 0.5, 0][weekday]! : 0;
        return 20 + 980 * busy + 10 * (chance() - 0.5);
    };
}

/** A detector that has learned ten weeks of the office up to, not including, a position, and what the office does next. */
function learned(until: number, withClock: boolean, zone = berlin) {
    const length = 70 * 24;
    const first = until - length;
    const office = officeOf(zone, first, 7);
    const clock = withClock ? clockFrom(first * hour, zone) : [];
    const detector: Detector = {
        engine: createState(shapeOf(3600, 1, clock), 1),
        combinations: [["office"]],
        options: noOptions,
        open: [],
        feedback: [],
    };
    learnHistory(detector, { first, length, values: Float64Array.from({ length }, (_, i) => office(first + i)) });
    return { detector, office };
}

/** Hours that are anomalous in some days from a position on. */
function alarms(
    { detector, office }: ReturnType<typeof learned>,
    from: number,
    days: number,
    falls: readonly number[],
) {
    const found: number[] = [];
    for (let position = from; position < from + days * 24; position++) {
        const value = office(position) * (falls.includes(position) ? 0.4 : 1);
        const { scores } = judge(detector, position, Float64Array.of(value));
        if (verdictNames[scores.verdict[0]!] === "anomalous") found.push(position);
    }
    return found;
}

const changes = [
    { name: "put forward", at: positionOf("2026-03-29T01:00:00Z"), nine: positionOf("2026-03-30T07:00:00Z") },
    { name: "put back", at: positionOf("2026-10-25T01:00:00Z"), nine: positionOf("2026-10-26T08:00:00Z") },
];

describe("detection/engine/clock", () => {
    for (const { name, at, nine } of changes) {
        const until = at - 9 - 24 * 4;

        it(`finds nothing odd in the ten days around a clock that is ${name}, and an anomaly on the Monday after`, () => {
            assert.deepEqual(alarms(learned(until, true), until, 10, []), []);
            assert.deepEqual(alarms(learned(until, true), until, 10, [nine]), [nine]);
            assert.ok(alarms(learned(until, false), until, 10, []).length >= 4, "without a clock the hours do not fit");
        });

        it(`has learned whole hours from a history in which the clock was ${name}`, () => {
            const later = at + 5 * 7 * 24;
            assert.deepEqual(alarms(learned(later, true), later, 5, []), []);
        });
    }

    it("judges detectors of several clocks at one time, each by its own", () => {
        const until = positionOf("2026-03-24T00:00:00Z");
        const newYork = (): ReturnType<typeof learned> => learned(until, true, "America/New_York");
        const days = Array.from({ length: 48 }, (_, i) => until + i);
        const expectedBy = ({ detector, office }: ReturnType<typeof learned>, position: number): number =>
            judge(detector, position, Float64Array.of(office(position))).scores.expected[0]!;
        const [here, there, alone] = [learned(until, true), newYork(), newYork()];
        const beside = days.map((position) => {
            expectedBy(here, position);
            return expectedBy(there, position);
        });
        assert.deepEqual(
            beside,
            days.map((position) => expectedBy(alone, position)),
        );
    });

    it("puts the hour that is shown twice into one slot, and leaves out the one that is not shown", () => {
        for (const seconds of [300, 600, 3600]) {
            const shape = shapeOf(seconds, 1, clockFrom(Date.parse("2026-01-01T00:00:00Z"), berlin));
            const at = (instant: string): number => Date.parse(instant) / 1000 / seconds;
            assert.equal(shortSlot(shape, at("2026-10-25T00:00:00Z")), shortSlot(shape, at("2026-10-25T01:00:00Z")));
            assert.equal(weekSlot(shape, at("2026-10-25T00:00:00Z")), weekSlot(shape, at("2026-10-25T01:00:00Z")));
            const two = shortSlot(shape, at("2026-01-07T01:00:00Z"));
            const spring = Array.from({ length: 86_400 / seconds }, (_, i) =>
                shortSlot(shape, at("2026-03-28T23:00:00Z") + i),
            );
            assert.ok(!spring.slice(0, (23 * 3600) / seconds).includes(two), "02:00 is not shown on 2026-03-29");
        }
    });

    it("is kept in snapshots, and costs nothing where clocks never change", () => {
        const { detector } = learned(changes[0]!.at - 100, true);
        const again = loadSnapshot(saveSnapshot(detector.engine));
        assert.deepEqual(again.shape, detector.engine.shape);
        assert.equal(saveSnapshot(again)[4], 4);
        assert.deepEqual(clockFrom(0, "Asia/Kolkata"), []);
        const [tokyo, none] = [learned(500_000, true, "Asia/Tokyo"), learned(500_000, false, "Asia/Tokyo")];
        assert.deepEqual(saveSnapshot(tokyo.detector.engine), saveSnapshot(none.detector.engine));
        assert.equal(saveSnapshot(none.detector.engine)[4], 3);
        assert.deepEqual(shapeOf(86_400, 1, clockFrom(0, berlin)).clock, [], "days are local dates already");
    });

    it("knows the changes of a zone years ahead, half hours among them", () => {
        const years = clockFrom(Date.parse("2026-01-01T00:00:00Z"), berlin);
        assert.deepEqual(years.slice(0, 2), [
            { from: Date.parse("2026-03-29T01:00:00Z") / 1000, ahead: 3600 },
            { from: Date.parse("2026-10-25T01:00:00Z") / 1000, ahead: 0 },
        ]);
        assert.equal(years.length, 40);
        const island = clockFrom(Date.parse("2026-01-01T00:00:00Z"), "Australia/Lord_Howe");
        assert.deepEqual(island[0], { from: Date.parse("2026-04-04T15:00:00Z") / 1000, ahead: -1800 });
        assert.equal(aheadAt(island, island[0].from - 1), 0);
        assert.equal(aheadAt(island, island[0].from), -1800);
        assert.throws(() => clockFrom(0, "Nowhere/Land"), RangeError);
    });
});
