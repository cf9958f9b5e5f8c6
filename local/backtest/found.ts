import { contributionsOf } from "../../detection/engine/contributions";
import type { AnomalyGroup } from "../../detection/engine/incidents";
import { type CauseNumbers, type FoundGroup, type SeriesPoint, shareOf } from "../demo/foundGroup";
import type { Backtest } from "./backtest";
import { startOf, timelineOf } from "./interval";

/** Intervals that are shown before and after a group, at most: a day and a half, and half of that. */
const contextSeconds = { before: 129_600, after: 64_800 };
const fewestShown = 24;
const mostShown = 400;

/** The groups of a severity and more, as the demo shows them, oldest first. */
export function foundGroups(backtest: Backtest, threshold: number): FoundGroup[] {
    return backtest.played.groups
        .filter(({ severity }) => severity >= threshold)
        .map((group) => foundGroup(backtest, group))
        .sort((a, b) => a.start - b.start || a.measure.localeCompare(b.measure));
}

function foundGroup(backtest: Backtest, group: AnomalyGroup): FoundGroup {
    const { settings, history, played } = backtest;
    const { dimensions, measures, intervalSeconds, timeZone } = settings;
    const timeline = timelineOf(intervalSeconds, timeZone);
    const members = group.members.map(({ combination }) => played.order[combination]!);
    const [from, to] = [group.start - history.first, group.end - history.first];
    const around = (seconds: number): number =>
        Math.min(mostShown, Math.max(fewestShown, Math.ceil(seconds / intervalSeconds)));
    const shown = {
        from: Math.max(played.scoredFrom, from - around(contextSeconds.before)),
        to: Math.min(history.intervals, to + 1 + around(contextSeconds.after)),
    };
    const series = seriesOf(backtest, group.measure, members, shown);
    const isMean = measures[group.measure]!.aggregation === "AVG";
    return {
        id: `${group.measure}-${group.start}`,
        detector: "backtest",
        start: startOf(group.start, timeline),
        end: startOf(group.end + 1, timeline),
        measure: measures[group.measure]!.name,
        severity: group.severity,
        dimensions: causeNames(group, dimensions),
        contributions: dimensions.flatMap((dimension, d) =>
            contributionsOf(group.members, (combination) => history.combinations[played.order[combination]!]![d]!).map(
                ({ value, share }) => ({ dimension, value, share }),
            ),
        ),
        ...totalsOf(series.slice(from - shown.from, to + 1 - shown.from), isMean),
        cause: causeNumbers(backtest, group, members),
        series,
        metrics: members.length,
    };
}

/** What the members that the first cause covers came to, and their part of all members' deviation. */
function causeNumbers(backtest: Backtest, group: AnomalyGroup, members: readonly number[]): CauseNumbers {
    const { settings, history } = backtest;
    const values = group.causes[0]?.values ?? [];
    const isCovered = (member: number): boolean =>
        history.combinations[member]!.every((value, d) => (values[d] ?? value) === value);
    const span = { from: group.start - history.first, to: group.end + 1 - history.first };
    const { own, share } = shareOf(members, isCovered, (member) => seriesOf(backtest, group.measure, [member], span));
    const isMean = settings.measures[group.measure]!.aggregation === "AVG";
    return { ...totalsOf(seriesOf(backtest, group.measure, own, span), isMean), share, metrics: own.length };
}

function totalsOf(inside: readonly SeriesPoint[], isMean: boolean): { expected: number; actual: number } {
    const combined = isMean ? mean : sum;
    return {
        expected: combined(inside.map(({ expected }) => expected ?? NaN)) ?? 0,
        actual: combined(inside.map(({ value }) => value ?? NaN)) ?? 0,
    };
}

function causeNames({ causes }: AnomalyGroup, dimensions: readonly string[]): Record<string, string> {
    const values = causes[0]?.values ?? [];
    return Object.fromEntries(
        dimensions.flatMap((name, d) => (values[d] === null || values[d] === undefined ? [] : [[name, values[d]]])),
    );
}

/**
 * Some metrics of one measure together, interval by interval: their sum, or their mean where it is an average. Bands are added as independent spreads are, by the root of the sum of
 * squares; an interval that one metric lacks is summed over the others.
 */
export function seriesOf(
    { settings, history, played }: Backtest,
    measure: number,
    combinations: readonly number[],
    { from, to }: { readonly from: number; readonly to: number },
): SeriesPoint[] {
    const { intervalSeconds, timeZone, measures } = settings;
    const timeline = timelineOf(intervalSeconds, timeZone);
    const { expected, lower, upper } = played.judged;
    const scored = history.intervals - played.scoredFrom;
    const { aggregation } = measures[measure]!;
    const combined = combinerOf(aggregation);
    const isMean = aggregation === "AVG";
    return Array.from({ length: to - from }, (_, index) => {
        const interval = from + index;
        const at = combinations.map((c) => (c * measures.length + measure) * scored + interval - played.scoredFrom);
        const center = combined(at.map((place) => expected[place]!));
        const spread = (edge: Float64Array): number | null => {
            const squares = sum(at.map((place) => (edge[place]! - expected[place]!) ** 2));
            return squares === null ? null : Math.sqrt(squares) / (isMean ? at.length : 1);
        };
        const [below, above] = [spread(lower), spread(upper)];
        return {
            timestamp: startOf(history.first + interval, timeline),
            value: combined(
                combinations.map(
                    (c) => history.values[(c * measures.length + measure) * history.intervals + interval]!,
                ),
            ),
            expected: center,
            lower: center === null || below === null ? null : center - below,
            upper: center === null || above === null ? null : center + above,
        };
    });
}

const combinerOf = (aggregation: "SUM" | "AVG"): typeof sum => (aggregation === "AVG" ? mean : sum);

/** The mean of what is known, null when nothing is. */
function mean(values: readonly number[]): number | null {
    const all = sum(values);
    return all === null ? null : all / values.filter((value) => !Number.isNaN(value)).length;
}

/** The sum of what is known, null when nothing is. */
function sum(values: readonly number[]): number | null {
    const known = values.filter((value) => !Number.isNaN(value));
    return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
}
