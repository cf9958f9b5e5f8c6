import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import {
    chunksBetween,
    dueWindows,
    durationSeconds,
    floorToInterval,
    formatInstant,
    formatWindow,
    type IntervalName,
    nextBoundary,
    parseWindow,
    pathTime,
    startOfLocalDate,
    windowsBetween,
} from "../../pipeline/windows";

const at = (text: string): number => {
    const instant = Date.parse(text);
    assert.ok(!Number.isNaN(instant), text);
    return instant;
};
const texts = (windows: Iterable<{ start: number; end: number }>): string[] => [...windows].map(formatWindow);
const hourMs = 3_600_000;

/** Local days: the zone, the date, its first instant and its length in hours. */
const days: readonly [zone: string, date: string, start: string, hours: number][] = [
    ["UTC", "2026-02-28", "2026-02-28T00:00:00Z", 24],
    ["Europe/Berlin", "2026-03-28", "2026-03-27T23:00:00Z", 24],
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23],
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25],
    ["America/New_York", "2026-03-08", "2026-03-08T05:00:00Z", 23],
    ["America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", 25],
    // Midnight does not exist: the clock goes from 23:59:59 to 01:00.
    ["America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", 23],
    ["Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z", 23],
    // The hour before midnight comes twice.
    ["America/Santiago", "2026-04-04", "2026-04-04T03:00:00Z", 25],
    ["Africa/Cairo", "2026-10-29", "2026-10-28T21:00:00Z", 25],
    // Midnight comes twice: the first counts.
    ["America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25],
    // Offsets, and changes, that are no whole hours.
    ["Asia/Kolkata", "2026-01-01", "2025-12-31T18:30:00Z", 24],
    ["Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z", 24],
    ["Australia/Lord_Howe", "2026-10-04", "2026-10-03T13:30:00Z", 23.5],
    ["Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5],
    ["America/St_Johns", "2026-03-08", "2026-03-08T03:30:00Z", 23],
    // The furthest zones on either side.
    ["Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z", 24],
    ["Pacific/Pago_Pago", "2026-01-01", "2026-01-01T11:00:00Z", 24],
    // A leap day.
    ["Europe/Berlin", "2028-02-29", "2028-02-28T23:00:00Z", 24],
];

describe("pipeline/windows", () => {
    it("imports nothing", () => {
        const source = readFileSync(path.join(__dirname, "../../pipeline/windows.ts"), "utf8");
        assert.doesNotMatch(source, /^\s*import\b|\brequire\(|\bimport\(/m);
    });

    describe("durationSeconds", () => {
        const cases: readonly [string, number][] = [
            ["PT5M", 300],
            ["PT10M", 600],
            ["PT1H", 3600],
            ["P1D", 86_400],
            ["P30D", 2_592_000],
            ["P2W", 1_209_600],
            ["P1DT2H3M4S", 93_784],
            ["PT0S", 0],
            ["PT90M", 5400],
        ];
        for (const [text, seconds] of cases) {
            it(`reads ${text} as ${seconds} s`, () => {
                assert.equal(durationSeconds(text), seconds);
            });
        }
        for (const text of [
            "",
            "P",
            "PT",
            "P1DT",
            "5m",
            "PT5",
            "P1M",
            "P1Y",
            "-PT5M",
            "PT1.5H",
            "pt5m",
            "PT1M2H",
            " PT5M",
        ]) {
            it(`refuses ${JSON.stringify(text)}, naming it`, () => {
                assert.throws(() => durationSeconds(text), {
                    name: "RangeError",
                    message: new RegExp(`^"${text}" is not a duration`),
                });
            });
        }
        it("refuses a duration beyond what milliseconds can count", () => {
            assert.throws(() => durationSeconds("P999999999999D"), /too long/);
        });
    });

    describe("floorToInterval", () => {
        const cases: readonly [IntervalName, string, string][] = [
            ["PT5M", "2021-03-01T19:18:28Z", "2021-03-01T19:15:00Z"],
            ["PT10M", "2021-03-01T19:18:28Z", "2021-03-01T19:10:00Z"],
            ["PT10M", "2021-03-01T19:21:15Z", "2021-03-01T19:20:00Z"],
            ["PT1H", "2021-03-01T19:59:59Z", "2021-03-01T19:00:00Z"],
            ["PT1H", "2021-03-01T19:00:00Z", "2021-03-01T19:00:00Z"],
            ["P1D", "2028-02-29T23:59:59Z", "2028-02-29T00:00:00Z"],
            ["PT1H", "1969-12-31T23:30:00Z", "1969-12-31T23:00:00Z"],
        ];
        for (const [interval, instant, start] of cases) {
            it(`puts ${instant} into the ${interval} window of ${start}`, () => {
                assert.equal(formatInstant(floorToInterval(at(instant), interval, "UTC")), start);
            });
        }

        it("aligns intervals below a day in UTC whatever the zone", () => {
            const instant = at("2026-01-01T00:40:00Z");
            assert.equal(floorToInterval(instant, "PT1H", "Asia/Kolkata"), at("2026-01-01T00:00:00Z"));
        });

        it("puts the hour that a clock shows again after midnight into the day that had begun", () => {
            // St John's changed at 00:01 then: 2006-10-29 had begun when the clock went back to 23:01 on the 28th.
            const start = startOfLocalDate("2006-10-29", "America/St_Johns");
            for (const minutes of [0, 1, 30, 61, 90]) {
                assert.equal(
                    floorToInterval(start + minutes * 60_000, "P1D", "America/St_Johns"),
                    start,
                    `${minutes} min`,
                );
            }
        });
    });

    describe("local days", () => {
        for (const [zone, date, start, hours] of days) {
            it(`lets ${date} in ${zone} begin at ${start} and last ${hours} h`, () => {
                const begin = startOfLocalDate(date, zone);
                const end = nextBoundary(begin, "P1D", zone);
                assert.equal(formatInstant(begin), start);
                assert.equal((end - begin) / hourMs, hours);
                assert.equal(floorToInterval(begin, "P1D", zone), begin);
                assert.equal(floorToInterval(end - 1, "P1D", zone), begin);
                assert.equal(floorToInterval(begin - 1, "P1D", zone) < begin, true);
                assert.equal(pathTime(begin, "P1D", zone), `${date.replaceAll("-", "")}0000`);
            });
        }

        it("leaves out a day that a zone skipped at the date line", () => {
            assert.deepEqual(
                texts(windowsBetween(at("2011-12-29T10:00:00Z"), at("2012-01-01T10:00:00Z"), "P1D", "Pacific/Apia")),
                [
                    "2011-12-29T10:00:00Z/2011-12-30T10:00:00Z",
                    "2011-12-30T10:00:00Z/2011-12-31T10:00:00Z",
                    "2011-12-31T10:00:00Z/2012-01-01T10:00:00Z",
                ],
            );
        });

        for (const text of [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "yesterday",
            "2026-01-01T00:00:00Z",
            "",
        ]) {
            it(`refuses ${JSON.stringify(text)} as a date`, () => {
                assert.throws(() => startOfLocalDate(text, "UTC"), {
                    name: "RangeError",
                    message: new RegExp(`^"${text}" is not a date`),
                });
            });
        }

        it("refuses a zone that does not exist", () => {
            assert.throws(() => startOfLocalDate("2026-01-01", "Europe/Atlantis"), RangeError);
        });
    });

    describe("windowsBetween", () => {
        for (const zone of [
            "UTC",
            "Europe/Berlin",
            "America/Santiago",
            "Africa/Cairo",
            "Australia/Lord_Howe",
            "America/Havana",
        ]) {
            it(`cuts three years in ${zone} into days without gap or overlap`, () => {
                const windows = [
                    ...windowsBetween(
                        startOfLocalDate("2026-01-01", zone),
                        startOfLocalDate("2029-01-01", zone),
                        "P1D",
                        zone,
                    ),
                ];
                assert.equal(windows.length, 365 + 365 + 366);
                assert.equal(windows[0]?.start, startOfLocalDate("2026-01-01", zone));
                assert.equal(windows.at(-1)?.end, startOfLocalDate("2029-01-01", zone));
                for (const [index, window] of windows.entries()) {
                    assert.equal(window.end, windows[index + 1]?.start ?? window.end);
                    assert.ok(Math.abs(window.end - window.start - 24 * hourMs) <= hourMs);
                }
                assert.equal(new Set(windows.map(({ start }) => pathTime(start, "P1D", zone))).size, windows.length);
            });
        }

        it("crosses the end of February in a leap year and in a common one", () => {
            const daysOf = (year: number): string[] =>
                [...windowsBetween(at(`${year}-02-28T00:00:00Z`), at(`${year}-03-02T00:00:00Z`), "P1D", "UTC")].map(
                    ({ start }) => pathTime(start, "P1D", "UTC").slice(4, 8),
                );
            assert.deepEqual(daysOf(2028), ["0228", "0229", "0301"]);
            assert.deepEqual(daysOf(2026), ["0228", "0301"]);
        });

        it("gives whole windows only, leaving out what is cut off at either end", () => {
            assert.deepEqual(
                texts(windowsBetween(at("2026-01-31T22:10:00Z"), at("2026-02-01T01:59:59Z"), "PT1H", "UTC")),
                ["2026-01-31T23:00:00Z/2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z/2026-02-01T01:00:00Z"],
            );
        });

        it("gives nothing for an empty or reversed stretch", () => {
            const instant = at("2026-01-01T00:00:00Z");
            assert.deepEqual([...windowsBetween(instant, instant, "PT5M", "UTC")], []);
            assert.deepEqual([...windowsBetween(instant + hourMs, instant, "PT5M", "UTC")], []);
        });

        it("gives an hour of daylight saving its own windows, both times the clock shows it", () => {
            const windows = [
                ...windowsBetween(at("2026-10-25T00:00:00Z"), at("2026-10-25T02:00:00Z"), "PT10M", "Europe/Berlin"),
            ];
            assert.equal(windows.length, 12);
            assert.equal(new Set(windows.map(({ start }) => pathTime(start, "PT10M", "Europe/Berlin"))).size, 12);
        });

        it("cuts a day into 288, 144 and 24 windows", () => {
            const count = (interval: IntervalName): number =>
                [...windowsBetween(at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"), interval, "UTC")].length;
            assert.deepEqual([count("PT5M"), count("PT10M"), count("PT1H"), count("P1D")], [288, 144, 24, 1]);
        });
    });

    describe("chunksBetween", () => {
        it("spans at most so many days, the last window shorter", () => {
            assert.deepEqual(
                texts(chunksBetween(at("2026-01-01T00:00:00Z"), at("2026-03-10T13:00:00Z"), 30, "PT1H", "UTC")),
                [
                    "2026-01-01T00:00:00Z/2026-01-31T00:00:00Z",
                    "2026-01-31T00:00:00Z/2026-03-02T00:00:00Z",
                    "2026-03-02T00:00:00Z/2026-03-10T13:00:00Z",
                ],
            );
        });

        it("counts local days across daylight saving", () => {
            const zone = "Europe/Berlin";
            const chunks = texts(
                chunksBetween(
                    startOfLocalDate("2026-03-01", zone),
                    startOfLocalDate("2026-04-15", zone),
                    30,
                    "P1D",
                    zone,
                ),
            );
            assert.deepEqual(chunks, [
                "2026-02-28T23:00:00Z/2026-03-30T22:00:00Z",
                "2026-03-30T22:00:00Z/2026-04-14T22:00:00Z",
            ]);
        });

        for (const interval of ["PT5M", "PT10M", "PT1H", "P1D"] as const) {
            it(`covers the same stretch as the windows of ${interval}, unaligned ends left out`, () => {
                const [from, to, zone] = [at("2026-03-20T10:07:00Z"), at("2026-04-05T21:44:00Z"), "America/Santiago"];
                const windows = [...windowsBetween(from, to, interval, zone)];
                const chunks = [...chunksBetween(from, to, 4, interval, zone)];
                assert.equal(chunks[0]?.start, windows[0]?.start);
                assert.equal(chunks.at(-1)?.end, windows.at(-1)?.end);
                chunks.slice(1).forEach((chunk, index) => assert.equal(chunk.start, chunks[index]?.end));
                const starts = new Set(windows.map(({ start }) => start));
                assert.ok(chunks.every(({ start }) => starts.has(start)));
            });
        }

        it("gives nothing when no whole window fits", () => {
            assert.deepEqual(
                [...chunksBetween(at("2026-01-01T00:10:00Z"), at("2026-01-01T01:50:00Z"), 30, "PT1H", "UTC")],
                [],
            );
        });

        for (const chunkDays of [0, -1, 1.5, NaN]) {
            it(`refuses windows of ${chunkDays} days`, () => {
                assert.throws(() => [...chunksBetween(0, hourMs, chunkDays, "PT1H", "UTC")], RangeError);
            });
        }
    });

    describe("dueWindows", () => {
        const options = { interval: "PT1H", timeZone: "UTC", offsetSeconds: 300, limit: 40 } as const;
        const frontier = at("2026-04-01T00:00:00Z");

        it("plans nothing before the end and the offset have passed", () => {
            assert.deepEqual(dueWindows(frontier, at("2026-04-01T01:04:59Z"), options), []);
        });

        it("plans a window at the very second it is due", () => {
            assert.deepEqual(texts(dueWindows(frontier, at("2026-04-01T01:05:00Z"), options)), [
                "2026-04-01T00:00:00Z/2026-04-01T01:00:00Z",
            ]);
        });

        it("plans the same window for a late tick", () => {
            assert.deepEqual(
                dueWindows(frontier, at("2026-04-01T01:05:00Z"), options),
                dueWindows(frontier, at("2026-04-01T01:47:13Z"), options),
            );
        });

        it("plans nothing for a repeated tick once the frontier has moved", () => {
            assert.deepEqual(dueWindows(at("2026-04-01T01:00:00Z"), at("2026-04-01T01:05:00Z"), options), []);
        });

        it("plans all due windows after an outage, oldest first, up to the limit", () => {
            const due = dueWindows(frontier, at("2026-04-04T00:05:00Z"), options);
            assert.equal(due.length, 40);
            assert.equal(due[0]?.start, frontier);
            assert.deepEqual(dueWindows(due.at(-1)?.end ?? NaN, at("2026-04-04T00:05:00Z"), options).length, 72 - 40);
        });

        it("plans nothing when the frontier lies ahead, as after a first run that ended in the future", () => {
            assert.deepEqual(dueWindows(at("2026-05-01T00:00:00Z"), at("2026-04-01T00:05:00Z"), options), []);
        });

        it("begins a first run whose frontier lies within a window at the next whole one", () => {
            assert.deepEqual(texts(dueWindows(at("2026-04-01T00:20:00Z"), at("2026-04-01T02:05:00Z"), options)), [
                "2026-04-01T01:00:00Z/2026-04-01T02:00:00Z",
            ]);
        });

        it("waits for the end of the local day, also a short and a long one", () => {
            const daily = { interval: "P1D", timeZone: "Europe/Berlin", offsetSeconds: 600, limit: 5 } as const;
            const spring = startOfLocalDate("2026-03-29", "Europe/Berlin");
            assert.equal(dueWindows(spring, spring + 23 * hourMs + 599_000, daily).length, 0);
            assert.equal(dueWindows(spring, spring + 23 * hourMs + 600_000, daily).length, 1);
            const autumn = startOfLocalDate("2026-10-25", "Europe/Berlin");
            assert.equal(dueWindows(autumn, autumn + 25 * hourMs + 599_000, daily).length, 0);
            assert.equal(dueWindows(autumn, autumn + 25 * hourMs + 600_000, daily).length, 1);
        });

        it("plans nothing with a limit of none", () => {
            assert.deepEqual(dueWindows(frontier, at("2026-04-04T00:05:00Z"), { ...options, limit: 0 }), []);
        });
    });

    describe("pathTime", () => {
        it("writes UTC below a day and the local date for days", () => {
            const instant = at("2026-03-31T22:00:00Z");
            assert.equal(pathTime(instant, "PT1H", "Europe/Berlin"), "202603312200");
            assert.equal(pathTime(instant, "P1D", "Europe/Berlin"), "202604010000");
            assert.equal(pathTime(at("2026-12-31T23:55:00Z"), "PT5M", "UTC"), "202612312355");
        });
    });

    describe("parseWindow and formatWindow", () => {
        it("reads what events carry and writes it for people", () => {
            const window = parseWindow({ start: "2026-01-01T00:00:00Z", end: "2026-01-01T01:00:00Z" }, "event.window");
            assert.deepEqual(window, { start: at("2026-01-01T00:00:00Z"), end: at("2026-01-01T01:00:00Z") });
            assert.equal(formatWindow(window), "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z");
        });

        it("takes an offset and writes UTC", () => {
            const window = parseWindow({ start: "2026-01-01T01:00:00+01:00", end: "2026-01-01T02:00:00+01:00" }, "w");
            assert.equal(formatWindow(window), "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z");
        });

        const wrong: readonly [unknown, RegExp][] = [
            [undefined, /^event\.window: undefined is not a window/],
            [null, /^event\.window: null is not a window/],
            ["2026-01-01", /^event\.window: "2026-01-01" is not a window/],
            [{ start: "2026-01-01T00:00:00Z" }, /^event\.window\.end: undefined is not an instant/],
            [{ start: 0, end: 1 }, /^event\.window\.start: 0 is not an instant/],
            [
                { start: "2026-01-01T00:00:00", end: "2026-01-01T01:00:00Z" },
                /^event\.window\.start: "2026-01-01T00:00:00" is not/,
            ],
            [
                { start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z" },
                /^event\.window: the end .* is not after the start/,
            ],
        ];
        for (const [value, message] of wrong) {
            it(`refuses ${JSON.stringify(value)}, naming where it stands`, () => {
                assert.throws(() => parseWindow(value, "event.window"), { name: "RangeError", message });
            });
        }
    });
});
