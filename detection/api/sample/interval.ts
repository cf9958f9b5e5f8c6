import { sure, unknown, unsure, type DetectedField } from "./detected";

const hourMs = 3_600_000;
/** Longest first. */
const intervals = [
    ["P1D", 24 * hourMs],
    ["PT1H", hourMs],
    ["PT10M", hourMs / 6],
    ["PT5M", hourMs / 12],
] as const;

/** The interval at which data come, by the time between them. */
export function detectInterval(instants: readonly number[]): DetectedField {
    const times = [...new Set(instants)].sort((one, other) => one - other);
    if (times.length < 2) return unknown("All rows of the sample have the same time, which tells nothing of the next.");
    const gaps = times.slice(1).map((time, i) => time - times[i]!);
    // Days begin anywhere on the clock of UTC; shorter intervals are aligned to it.
    const fits = intervals.find(([name, ms]) =>
        times.every((time) => (name === "P1D" ? time - times[0]! : time) % ms === 0),
    );
    if (fits === undefined)
        return unsure({ S: "PT5M" }, "Rows come at any time; choose the interval in which they are to be summed up.");
    const [name, ms] = fits;
    const regular = gaps.filter((gap) => gap === ms).length;
    if (regular * 2 > gaps.length) return sure({ S: name });
    return unsure({ S: name }, "Most rows are further apart than that.");
}
