import type { AlertRecord } from "../detection/store/alerts";
import type { Notice } from "./notice";
import { changeText, numberText, periodText, startText } from "./wording";

/** What is known beside the notice when its message is written. */
export interface Telling {
    readonly notice: Notice;
    readonly alert: AlertRecord;
    /** Page of the anomaly; undefined where there is none to open. */
    readonly link: string | undefined;
}

/** Series that the long text lists, and values of a dimension. */
const mostSeries = 10;
const mostValues = 5;
/** Characters that a text message has room for: SNS sends a longer one in several parts. */
const shortLength = 320;

/** Subject of an e-mail: ASCII, at most 100 characters, as SNS demands. */
export function subjectOf({ notice }: Telling): string {
    const severity = isWithdrawn(notice) ? "" : `, severity ${Math.round(notice.severity)}`;
    const text = `${titleOf(notice)} ${notice.measure} of ${notice.detector}${severity}`;
    return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}

/** One or two sentences and the link, for a telephone. */
export function shortText({ notice, link }: Telling): string {
    if (isWithdrawn(notice)) {
        const text = `Withdrawn: no anomaly in ${notice.measure} of ${notice.detector}, ${startText(notice)}. ${lateReason}`;
        return link === undefined ? text : `${text} ${link}`;
    }
    const cause = causeText(notice);
    const change = changeOf(notice);
    const sentence =
        `${titleOf(notice)} ${notice.measure} of ${notice.detector}, ${startText(notice)}` +
        `${change === undefined ? "" : `: ${change}`}${cause === undefined ? "" : `; ${cause}`}. ` +
        `Severity ${Math.round(notice.severity)}.`;
    const text = sentence.length > shortLength ? `${sentence.slice(0, shortLength - 1)}…` : sentence;
    return link === undefined ? text : `${text} ${link}`;
}

/** A whole page for people: what, when, how bad, by whom, against what was expected. */
export function longText({ notice, alert, link }: Telling): string {
    if (isWithdrawn(notice)) return withdrawnText({ notice, alert, link });
    const change = changeOf(notice);
    const cause = causeText(notice);
    return [
        `${capital(notice.measure)} left its normal course${change === undefined ? "" : `: ${change}`}.`,
        "",
        `Detector: ${notice.detector}`,
        `When: ${periodText(notice)}`,
        `Severity: ${notice.severity} of 100 (alert "${alert.name}" tells from ${alert.threshold} on)`,
        ...(cause === undefined ? [] : [`Cause: ${cause}`]),
        ...contributionLines(notice),
        "",
        ...seriesLines(notice),
        ...(alert.description === undefined ? [] : ["", alert.description]),
        ...(link === undefined ? [] : ["", `Details: ${link}`]),
    ].join("\n");
}

function withdrawnText({ notice, alert, link }: Telling): string {
    return [
        `${capital(notice.measure)} did not leave its normal course: the anomaly that was told is withdrawn.`,
        "",
        `Detector: ${notice.detector}`,
        `When: ${periodText(notice)}`,
        `Why: ${lateReason}`,
        `Alert: ${alert.name}`,
        ...(link === undefined ? [] : ["", `Details: ${link}`]),
    ].join("\n");
}

const lateReason = "Rows came late, and with them the values are as expected.";
const isWithdrawn = ({ change }: Notice): boolean => change === "withdrawn";

function titleOf({ change }: Notice): string {
    if (change === undefined) return "Anomaly in";
    return change === "renewed" ? "Again an anomaly in" : "Withdrawn: anomaly in";
}

/** The number to tell: of all affected series together where they can be summed, else of the most affected one. */
function changeOf({ total, series }: Notice): string | undefined {
    const seen = total ?? series[0];
    return seen === undefined ? undefined : valueText(seen, " instead of");
}

function valueText({ value, expected }: NonNullable<Notice["total"]>, than: string): string | undefined {
    if (value === null) return undefined;
    if (expected === null) return numberText(value);
    return `${numberText(value)}${than} ${numberText(expected)}${changeText(value, expected)}`;
}

/** The scope that explains most; undefined where none was found. */
function causeText({ causes, dimensions }: Notice): string | undefined {
    const best = causes[0];
    if (best === undefined) return undefined;
    const fixed = best.flatMap((value, d) => (value === null ? [] : [`${dimensions[d]} ${value}`]));
    if (fixed.length > 0) return fixed.join(", ");
    return dimensions.length === 0 ? undefined : "everywhere";
}

function contributionLines({ dimensions, contributions }: Notice): string[] {
    return dimensions.map((dimension, d) => {
        const parts = contributions[d]!;
        const shown = parts.slice(0, mostValues).map(({ value, share }) => `${value} ${share} %`);
        const rest = parts.slice(mostValues).reduce((sum, { share }) => sum + share, 0);
        return `${capital(dimension)}: ${shown.join(", ")}${rest > 0 ? `, others ${rest} %` : ""}`;
    });
}

function seriesLines({ series, seriesCount, dimensions }: Notice): string[] {
    const shown = dimensions.length === 0 ? [] : series.slice(0, mostSeries);
    if (shown.length === 0) return [`Affected: ${seriesCount === 1 ? "1 series" : `${seriesCount} series`}`];
    const more = seriesCount - shown.length;
    return [
        `Affected: ${seriesCount} series`,
        ...shown.map((one) => {
            const name = one.values.map((value, d) => `${dimensions[d]}=${value}`).join(", ");
            return `  ${name}: ${valueText(one, ", expected") ?? "no value"}`;
        }),
        ...(more > 0 ? [`  and ${more} more`] : []),
    ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
