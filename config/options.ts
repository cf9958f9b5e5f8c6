import type { Problem } from "../errors";
import type { DetectorOptions } from "../pipeline/detectorOptions";
import { formatInstant, startOfLocalDate } from "../pipeline/windows";
import { foreign } from "./detectorProblems";
import { isDayText } from "./fields";
import { type KeyPath, problem, setCommand, show } from "./problems";
import type { DetectorKeys } from "./schema";

type MeasureKeys = DetectorKeys["measures"][number];
type EventKeys = DetectorKeys["events"][number];

/** What the user knows of measures and times, as the detection service is told it. */
export function optionsOf(keys: DetectorKeys): DetectorOptions {
    const said = keys.measures.map(
        ({ name, aggregation: _extracted, ...options }) => [name, definite(options)] as const,
    );
    const measures = Object.fromEntries(said.filter(([, options]) => Object.keys(options).length > 0));
    const events = keys.events.map((event) => ({
        ...definite(event),
        from: instantOf(event.from, keys.timeZone),
        to: instantOf(event.to, keys.timeZone),
    }));
    return { measures, events };
}

/** What is wrong with keys that are each valid, but do not go together. */
export function optionProblems(path: KeyPath, keys: DetectorKeys): Problem[] {
    return [
        ...keys.measures.flatMap((measure, index) => measureProblems([...path, "measures", index], measure, keys)),
        ...keys.events.flatMap((event, index) => eventProblems([...path, "events", index], event, keys)),
    ];
}

function measureProblems(at: KeyPath, { name, ratio, minimumEffect }: MeasureKeys, keys: DetectorKeys): Problem[] {
    const isEmpty =
        minimumEffect !== undefined && minimumEffect.absolute === undefined && minimumEffect.relative === undefined;
    const effect = [...at, "minimumEffect"];
    const empty = problem(
        effect,
        "says nothing; expected absolute, relative or both",
        setCommand([...effect, "relative"], 0.1),
    );
    return [
        ...(isEmpty ? [empty] : []),
        ...(ratio === undefined ? [] : ratioProblems([...at, "ratio"], name, ratio, keys)),
    ];
}

function ratioProblems(
    at: KeyPath,
    name: string,
    ratio: NonNullable<MeasureKeys["ratio"]>,
    keys: DetectorKeys,
): Problem[] {
    const names = keys.measures.map((measure) => measure.name);
    const parts = (["numerator", "denominator"] as const).flatMap((part) => {
        const found = ratio[part];
        const where = [...at, part];
        if (!names.includes(found)) return [foreign(where, found, "measure", names)];
        const of = keys.measures.find((measure) => measure.name === found);
        const finding =
            found === name
                ? `${show(found)} is the measure itself; expected another measure`
                : of?.ratio !== undefined
                  ? `${show(found)} is a ratio itself; expected a measure that is none`
                  : undefined;
        return finding === undefined
            ? []
            : [problem(where, finding, "name a measure that is extracted, such as a sum")];
    });
    const isSame = ratio.numerator === ratio.denominator;
    const same = problem(
        at,
        `divides ${show(ratio.numerator)} by itself; expected two measures`,
        "name another measure",
    );
    return [...parts, ...(isSame ? [same] : [])];
}

function eventProblems(at: KeyPath, event: EventKeys, keys: DetectorKeys): Problem[] {
    const { from, to, measure, dimensions = {} } = event;
    const names = keys.measures.map(({ name }) => name);
    const isBackwards = instantOf(to, keys.timeZone) <= instantOf(from, keys.timeZone);
    const order = problem(
        [...at, "to"],
        `${show(to)} is not after from (${from}); expected the first day or instant after the event`,
        "write a later one",
    );
    return [
        ...(isBackwards ? [order] : []),
        ...(measure === undefined || names.includes(measure)
            ? []
            : [foreign([...at, "measure"], measure, "measure", names)]),
        ...Object.keys(dimensions).flatMap((dimension) =>
            keys.dimensions.includes(dimension)
                ? []
                : [foreign([...at, "dimensions", dimension], dimension, "dimension", keys.dimensions)],
        ),
    ];
}

/** ISO 8601 in UTC, which sorts by time. */
function instantOf(time: string, timeZone: string): string {
    const ms = isDayText(time) ? startOfLocalDate(time.slice(0, 10), timeZone) : Date.parse(time);
    return formatInstant(ms);
}

/** Without keys that have nothing behind them. */
const definite = <Keys extends object>(keys: Keys): Keys =>
    Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== undefined)) as Keys;
