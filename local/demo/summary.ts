import type { DemoOutcome } from "./demo";
import type { Evaluation } from "./evaluation";
import { countedRatio, goals } from "./evaluation";
import { formatCause } from "./foundGroup";
import type { Growth } from "./growth";
import type { DemoResult } from "./result";
import type { SentAlerts } from "./sentAlerts";
import type { OtherDetector } from "./otherDetectors";
import { severityThreshold } from "./sample";
import { counted, formatSpan } from "./table";

/** What a run came to, in lines for the terminal. */
export function summary({ result, evaluation, groups, growth }: DemoOutcome, reportFile: string): string {
    return [
        ...(evaluation === undefined ? [] : quality(evaluation, groups.length)),
        amounts(result),
        ...(result.alerts ?? []).map(alertLine),
        ...(result.others ?? []).map(otherLine),
        ...(growth === undefined || growth.points.length < 2 ? [] : growthLines(growth)),
        times(result),
        line("Report", reportFile),
    ].join("\n");
}

function quality(
    { recall, precision, counted, missed, falseAlarms, exactCauses }: Evaluation,
    groups: number,
): string[] {
    const right = groups - falseAlarms.length;
    return [
        line(
            "Recall",
            `${percent(recall)}: ${counted.length - missed.length} of ${counted.length} injected anomalies larger than ${countedRatio} times the noise (goal ${percent(goals.recall)})`,
        ),
        ...missed.map(({ start, end, dimensions }) =>
            line("", `missed ${formatSpan(start, end)}, ${formatCause(dimensions)}`),
        ),
        line(
            "Precision",
            `${percent(precision)}: ${right} of ${groups} anomaly groups (goal ${percent(goals.precision)}); ${exactCauses} name their cause exactly`,
        ),
        ...falseAlarms.map(({ start, end, measure, dimensions }) =>
            line("", `false alarm ${formatSpan(start, end)}, ${measure}, ${formatCause(dimensions)}`),
        ),
    ];
}

function otherLine({ detector, status, groups }: OtherDetector, index: number): string {
    const found = `${counted(groups, "anomaly group")} of severity ${severityThreshold} or more`;
    return line(
        index === 0 ? "Also" : "",
        `detector ${detector}: ${status}, ${found}; not in table and report, since the truth of its data is not known`,
    );
}

function alertLine({ target, messages }: SentAlerts, index: number): string {
    return line(
        index === 0 ? "Alerts" : "",
        `${counted(messages, "message")} to ${target}, which is not told for real`,
    );
}

function amounts({ windows, rows, bytes }: DemoResult): string {
    return line("Extracted", `${quantity(rows)} rows, ${(bytes / 1e6).toFixed(2)} MB in ${quantity(windows)} windows`);
}

function growthLines({ points, steps }: Growth): string[] {
    return [
        ...points.map(({ detectors, resources, seconds }) =>
            line(
                "Growth",
                `${counted(detectors, "detector")}: ${resources} resources, evaluated and deployed in ${seconds.toFixed(2)} s${detectors === 1 ? ", loading the program included" : ""}`,
            ),
        ),
        ...steps.map(({ resourcesPerDetector }, index) =>
            line(
                "",
                `${points[index]!.detectors} to ${points[index + 1]!.detectors} detectors: ${resourcesPerDetector.toFixed(2)} resources for each one added`,
            ),
        ),
    ];
}

function times({ stages, seconds }: DemoResult): string {
    const each = stages.map((stage) => `${stage.name.toLowerCase()} ${stage.seconds.toFixed(1)} s`).join(", ");
    return line("Time", `${seconds.toFixed(1)} s: ${each}`);
}

function line(name: string, text: string): string {
    return `${name.padEnd(11)}${text}`;
}

function percent(share: number): string {
    return `${(100 * share).toFixed(Number.isInteger(100 * share) ? 0 : 1)} %`;
}

function quantity(value: number): string {
    return value.toLocaleString("en-US");
}
