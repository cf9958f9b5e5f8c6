import assert from "node:assert/strict";
import { coarseBounds, coarseDays, coarseUnix } from "../../../sources/sql/coarseFilter";

const start = Date.parse("2026-07-01T10:00:00Z");
const window = { start, end: start + 3_600_000 };
const newest = window.end - 1;

describe("sources/sql/coarseFilter", () => {
    it("lets through what a clock of any zone shows at the window's first and last moment", () => {
        const { start: from, end: to } = coarseBounds(window);
        for (const hours of [-12, 0, 14]) {
            assert.ok(start + hours * 3_600_000 >= from, `${hours} hours`);
            assert.ok(newest + hours * 3_600_000 < to, `${hours} hours`);
        }
    });

    it("gives days between which lies all that any zone writes, whatever follows the day", () => {
        const { start: from, end: to } = coarseDays(window);
        assert.deepEqual([from, to], ["2026-06-30", "2026-07-03"]);
        for (const text of [
            "2026-06-30",
            "2026-06-30T22:00:00-12:00",
            "2026-07-02 01:00:00.000 Etc/GMT-14",
            "2026-07-02T23:59",
        ]) {
            assert.ok(text >= from && text < to, text);
        }
    });

    it("crosses a month's and a year's end", () => {
        const night = Date.parse("2025-12-31T23:00:00Z");
        assert.deepEqual(coarseDays({ start: night, end: night + 3_600_000 }), {
            start: "2025-12-30",
            end: "2026-01-03",
        });
    });

    it("lets through the window's numbers in seconds and milliseconds, with fractions, and hours beside it nothing", () => {
        const isThrough = (number: number): boolean => {
            const [low = [], high = []] = coarseUnix("n", window)
                .split(" or ")
                .map((part) => [...part.matchAll(/\d+/g)].map(([digits]) => Number(digits)));
            return [low, high].some(([from = 0, to = 0]) => number >= from && number < to);
        };
        for (const number of [start / 1000, start, newest, newest / 1000]) assert.ok(isThrough(number), `${number}`);
        for (const hours of [-1, 2]) {
            const moment = start + hours * 3_600_000;
            assert.ok(!isThrough(moment) && !isThrough(moment / 1000), `${hours} hours`);
        }
    });
});
