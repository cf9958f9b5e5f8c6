import assert from "node:assert/strict";
import { judge, learnHistory, type Detector } from "../../../detection/engine/detector";
import { fitMonths, monthSlot } from "../../../detection/engine/month";
import { noOptions } from "../../../detection/engine/options";
import { shapeOf } from "../../../detection/engine/shape";
import { slotsFrom } from "../../../detection/engine/slots";
import { loadSnapshot, saveSnapshot } from "../../../detection/engine/snapshot";
import { createState } from "../../../detection/engine/state";
import { verdictNames } from "../../../detection/engine/verdicts";
import { seededChance } from "../../support/businessSeries";

const dayOf = (date: string): number => Date.parse(date) / 86_400_000;
const dateOf = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
const first = dayOf("2024-09-02");
const days = 540;
const isLast = (day: number): boolean => dateOf(day + 1).endsWith("-01");

/** Sales of a day: less at weekends, twice as much on the last day of a month and less on the first one, by chance five per cent more or less. */
function sales(seed: number, monthly = true): (day: number) => number {
    const chance = seededChance(seed);
    const all = Array.from({ length: days + 120 }, (_, i) => {
        const day = first + i;
        const week = i % 7 >= 5 ? 300 : 0;
        const month = !monthly ? 0 : isLast(day) ? 900 : dateOf(day).endsWith("-01") ? -400 : 0;
        return 1000 - week + month + 50 * (chance() + chance() + chance() - 1.5);
    });
    return (day) => all[day - first]!;
}

function learned(valueOf: (day: number) => number, length = days, from = first): Detector {
    const engine = createState(shapeOf(86_400, 1), 1);
    const detector: Detector = { engine, combinations: [["shop"]], options: noOptions, open: [], feedback: [] };
    const values = Float64Array.from({ length }, (_, i) => valueOf(from + i));
    learnHistory(detector, { first: from, length, values });
    return detector;
}

/** Days that are anomalous from a day on. */
function alarms(detector: Detector, valueOf: (day: number) => number, from: number, count: number): string[] {
    const found: string[] = [];
    for (let day = from; day < from + count; day++) {
        const { scores } = judge(detector, day, Float64Array.of(valueOf(day)));
        if (verdictNames[scores.verdict[0]!] === "anomalous") found.push(dateOf(day));
    }
    return found;
}

describe("detection/engine/month", () => {
    it("counts days from both ends of a month, so that its last day is the last one", () => {
        for (const last of ["2026-01-31", "2026-02-28", "2028-02-29", "2026-04-30"])
            assert.equal(monthSlot(dayOf(last)), 30, last);
        assert.equal(monthSlot(dayOf("2026-02-01")), 0);
        assert.equal(monthSlot(dayOf("2026-02-16")), 15);
        assert.equal(monthSlot(dayOf("2026-02-17")), 19);
        assert.equal(monthSlot(dayOf("2026-01-17")), 16);
        assert.equal(monthSlot(dayOf("1969-12-31")), 30);
    });

    it("finds nothing odd in what every month brings, and something in a month that does not bring it", () => {
        const shop = sales(3);
        const from = first + days;
        assert.deepEqual(alarms(learned(shop), shop, from, 120), []);
        const missing = dayOf("2026-03-31");
        const quiet = (day: number): number => shop(day) - (day === missing ? 900 : 0);
        assert.deepEqual(alarms(learned(shop), quiet, from, 120), ["2026-03-31"]);
        const busy = (day: number): number => shop(day) + (day === missing - 9 ? 900 : 0);
        assert.deepEqual(alarms(learned(shop), busy, from, 120), ["2026-03-22"]);
    });

    it("expects the month's end, in a band about as narrow as on other days", () => {
        const shop = sales(4);
        const detector = learned(shop);
        const bands = new Map<string, number>();
        for (let day = first + days; day <= dayOf("2026-03-31"); day++) {
            const { scores } = judge(detector, day, Float64Array.of(shop(day)));
            bands.set(dateOf(day), scores.upper[0]! - scores.lower[0]!);
            if (isLast(day)) assert.ok(Math.abs(scores.expected[0]! - shop(day)) < 200, dateOf(day));
        }
        assert.ok(bands.get("2026-03-31")! < 1.3 * bands.get("2026-03-30")!);
    });

    it("follows an effect that grows", () => {
        const shop = sales(5);
        const grown = (day: number): number => shop(day) + (isLast(day) ? (day - first - days) * 2 : 0);
        const detector = learned(shop);
        alarms(detector, grown, first + days, 119);
        assert.ok(detector.engine.month[30]! > 900, `${detector.engine.month[30]}`);
    });

    it("takes chance for no effect, and few months for none", () => {
        const shape = shapeOf(86_400, 1);
        let found = 0;
        for (let seed = 1; seed <= 60; seed++) {
            const chance = seededChance(seed);
            const slots = slotsFrom(shape, first, days);
            const rest = Float64Array.from({ length: days }, () => chance() + chance() + chance() - 1.5);
            if (fitMonths(shape, slots, rest) !== undefined) found++;
        }
        assert.ok(found <= 3, `${found} of 60 series by chance`);
        const twoMonths = Float64Array.from({ length: 80 }, (_, i) => sales(3)(first + i) - 1000);
        assert.equal(fitMonths(shape, slotsFrom(shape, first, 80), twoMonths), undefined);
        assert.equal(shapeOf(3600, 1).monthSlots, 0);
    });

    it("is kept in snapshots, and costs nothing where no month has an effect", () => {
        const { engine } = learned(sales(3));
        const bytes = saveSnapshot(engine);
        assert.deepEqual(loadSnapshot(bytes).month, engine.month.slice(0, 31));
        assert.deepEqual(saveSnapshot(loadSnapshot(bytes)), bytes);
        const none = saveSnapshot(learned(sales(3, false)).engine);
        assert.deepEqual([bytes[4], none[4]], [4, 3]);
        assert.ok(none.length < bytes.length - 100);
    });
});
