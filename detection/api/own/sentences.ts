import type { EvidenceName } from "../../engine/verdicts";
import type { OptionsRecord } from "../../store/optionsRecord";
import type { Point } from "./judgement";

/** What is known of a point beside its numbers. */
export interface Circumstances {
    /** Why the interval has no value, when its data could not be used. */
    readonly failure?: string;
    /** How far the metric has learned by now. */
    readonly progress: { readonly points: number; readonly needed: number; readonly scoredFrom: number };
    /** Options of the measure. */
    readonly options?: OptionsRecord["measures"][string];
    /** The known events that the point lies in, as they are to be told. */
    readonly events: readonly string[];
    /** When the marks were made that say of this metric's anomalies that they were none, ISO 8601. */
    readonly feedback: readonly string[];
}

/** Why a value was reported, or was not, as one sentence for people. */
export function sentenceOf(point: Point, about: Circumstances): string {
    const { points, needed } = about.progress;
    switch (point.verdict) {
        case "gap":
            return about.failure ?? "the metric has no value in this interval";
        case "learned from":
            return `was ${point.value}: part of the history that was learned from, and not judged`;
        case "learning":
            return `was ${point.value}; still learning: has ${points} of ${needed} points, and is judged from ${about.progress.scoredFrom} on`;
        case "expected":
            return `${compared(point)}${young(about)}`;
        case "anomalous":
            return `${anomaly(point)}${young(about)}`;
        case "below minimum effect":
            return `${compared(point)}, which is less than the minimum effect${effectOf(about)}`;
        case "other direction":
            return `${compared(point)}; only ${wantedSide(about)} is of interest`;
        case "known event":
            return `${compared(point)}, in the time of a known event${listed(about.events)}`;
        case "lowered by feedback":
            return `${compared(point)}; lowered by feedback${about.feedback.length > 0 ? ` of ${about.feedback.join(", ")}` : ""}: the like was marked as no anomaly`;
    }
}

/** "expected 120 to 160, was 148: inside the band". */
function compared({ value, lower, upper }: Point): string {
    if (value === null || lower === null || upper === null) return `was ${value}`;
    const rounded = roundedTo(upper - lower);
    const place =
        value > upper
            ? `above the band by ${rounded(value - upper)}`
            : value < lower
              ? `below the band by ${rounded(lower - value)}`
              : "inside the band";
    return `expected ${rounded(lower)} to ${rounded(upper)}, was ${rounded(value)}: ${place}`;
}

/** Writes numbers as finely as a band of that width warrants, to a thousandth of it; those that would vanish, with six digits. */
function roundedTo(width: number): (value: number) => string {
    if (!(width > 0) || !Number.isFinite(width)) return shown;
    const digits = 3 - Math.floor(Math.log10(width));
    return (value) => {
        const coarse = Number(`${Math.round(Number(`${value}e${digits}`))}e${-digits}`);
        return coarse === 0 || !Number.isFinite(coarse) ? shown(value) : String(coarse);
    };
}

/** What the engine means by each piece of evidence. */
const spoken: Readonly<Record<EvidenceName, string>> = {
    none: "",
    jump: "a jump",
    drift: "a slow drift away from what was usual",
    variance: "values vary more, or less, than usual",
    "flat line": "values that always moved stand still",
    record: "a record: nothing like it was seen before",
    count: "too many, or too few, for a count",
    scope: "many metrics of one part deviate together",
};

/** Why a value is anomalous; one that lies inside its band is so by what is around it, and that is said. */
function anomaly(point: Point): string {
    const { value, lower, upper, severity, evidence } = point;
    const isInside = value !== null && lower !== null && upper !== null && lower <= value && value <= upper;
    if (!isInside || !ofMore.has(evidence)) return `${compared(point)}; severity ${severity}${spokenBy(point)}`;
    const reason = evidence === "drift" ? driftOf(point) : spoken[evidence];
    const band = `${shown(lower)} to ${shown(upper)}`;
    return `${shown(value)} lies inside the band for a single value (${band}), but ${reason}; severity ${severity}`;
}

/** Evidence of more than the value alone. */
const ofMore: ReadonlySet<EvidenceName> = new Set(["drift", "variance", "flat line", "scope"]);

function driftOf({ value, expected }: Point): string {
    if (value === null || expected === null || value === expected) return spoken.drift;
    return `values have been ${value < expected ? "lower" : "higher"} than expected for some intervals on end`;
}

function spokenBy({ evidence }: Point): string {
    return spoken[evidence] === "" ? "" : `, for ${spoken[evidence]}`;
}

/** A band is wide while its metric has few points: said, as it explains much. */
function young({ progress: { points, needed } }: Circumstances): string {
    return points < needed ? `; still learning: has ${points} of ${needed} points` : "";
}

function effectOf({ options }: Circumstances): string {
    const { absolute, relative } = options?.minimumEffect ?? {};
    const limits = [
        ...(absolute === undefined ? [] : [String(absolute)]),
        ...(relative === undefined ? [] : [`${shown(100 * relative)} %`]),
    ];
    return limits.length === 0 ? "" : ` of ${limits.join(" and ")}`;
}

function wantedSide({ options }: Circumstances): string {
    return options?.direction === "up" ? "a rise" : options?.direction === "down" ? "a fall" : "the other side";
}

const listed = (names: readonly string[]): string => (names.length === 0 ? "" : `: ${names.join(", ")}`);

/** Six digits are enough to read. */
const shown = (value: number): string => String(Number(value.toPrecision(6)));
