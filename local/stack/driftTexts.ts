import type { AlertRecord } from "../../detection/store/alerts";
import type { OptionsRecord } from "../../detection/store/optionsRecord";
import type { WantedAlert } from "../../pipeline/detectorAlerts";
import type { DetectorOptions } from "../../pipeline/detectorOptions";
import type { ExtractionSpec } from "../../pipeline/records";
import { formatInstant } from "../../pipeline/windows";

/*
 * What a configuration says, as short texts: two that are equal say the same, whatever order they list it in.
 */

export const listText = (items: readonly string[]): string => (items.length === 0 ? "none" : items.join(", "));

export const measuresText = (measures: ExtractionSpec["measures"]): string =>
    measures.map(({ name, aggregation }) => `${name} ${aggregation}`).join(", ");

/** An alert of the configuration. */
export function alertText({ threshold, sns, lambda, role, format, measures, dimensions }: WantedAlert): string {
    const target = sns === undefined ? lambda! : `${sns} as ${format ?? "JSON"}`;
    return shown({ threshold, target, role, measures, dimensions: Object.entries(dimensions) });
}

/** An alert as the detection service has it. */
export function alertRecordText({ threshold, target, measures = [], dimensions = [] }: AlertRecord): string {
    return shown({
        threshold,
        target: target.type === "SNS" ? `${target.topicArn} as ${target.format}` : target.functionArn,
        role: target.roleArn,
        measures,
        dimensions: dimensions.map(({ dimension, values }) => [dimension, values] as const),
    });
}

interface Shown {
    readonly threshold: number;
    readonly target: string;
    readonly role: string | undefined;
    readonly measures: readonly string[];
    readonly dimensions: readonly (readonly [string, readonly string[]])[];
}

function shown({ threshold, target, role, measures, dimensions }: Shown): string {
    const filters = [
        ...(measures.length === 0 ? [] : [`of ${[...measures].sort().join(" or ")}`]),
        ...[...dimensions]
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([name, values]) => `where ${name} is ${[...values].sort().join(" or ")}`),
        ...(role === undefined ? [] : [`by ${role}`]),
    ];
    return [`from ${threshold} to ${target}`, ...filters].join(" ");
}

/** What is known of each measure, by its name; none of those of which nothing is. */
export function measureOptionsTexts(measures: DetectorOptions["measures"]): Record<string, string> {
    const texts = Object.entries(measures).map(([name, options]) => [name, canonical(options)] as const);
    return Object.fromEntries(texts.filter(([, text]) => text !== "{}"));
}

/** Known times, from the configuration or from the service. */
export function eventsText(events: DetectorOptions["events"] | OptionsRecord["events"]): string {
    const at = (time: string | number): string => formatInstant(typeof time === "number" ? time : Date.parse(time));
    const texts = events.map(({ from, to, measure, dimensions }) =>
        [`${at(from)}/${at(to)}`, measure ?? "", dimensions === undefined ? "" : canonical(dimensions)]
            .join(" ")
            .trim(),
    );
    return listText(texts.sort());
}

/** JSON in which members are sorted and what is undefined is left out. */
const canonical = (value: unknown): string =>
    JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === "object" && inner !== null && !Array.isArray(inner)
            ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
            : inner,
    );
