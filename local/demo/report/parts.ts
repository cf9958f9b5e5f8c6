import type { Evaluation } from "../evaluation";
import { matches } from "../evaluation";
import { formatCause, type FoundGroup } from "../foundGroup";
import type { DemoResult, StageTime } from "../result";
import { formatChange, formatSpan } from "../table";
import type { Truth } from "../warehouse";

/** Text as HTML shows it. */
export function escapeHtml(text: string): string {
    const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
    return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** The run's figures. */
export function tiles(result: DemoResult, { counted, missed, falseAlarms }: Evaluation, groups: number): string {
    const tile = (name: string, value: string, beside: string): string =>
        `<div class="tile"><dt>${name}</dt><dd>${value} <small>${beside}</small></dd></div>`;
    return `<dl class="tiles">${[
        tile("Recall", percent(result.recall), `${counted.length - missed.length} of ${counted.length}`),
        tile("Precision", percent(result.precision), `${groups - falseAlarms.length} of ${groups}`),
        tile("Windows", quantity(result.windows), "committed"),
        tile("Rows", quantity(result.rows), "extracted"),
        tile("Data", `${(result.bytes / 1e6).toFixed(1)} MB`, "in CSV objects"),
        tile("Time", `${result.seconds.toFixed(1)} s`, "from start to report"),
    ].join("")}</dl>`;
}

/** All groups, each linked to its card: cards are numbered over the page, `before` come before these. With the truth where it is known. */
export function groupTable(
    groups: readonly FoundGroup[],
    { truth, before = 0 }: { readonly truth?: readonly Truth[]; readonly before?: number } = {},
): string {
    const rows = groups.map((group, index) => {
        const right = truth?.some((anomaly) => matches(group, anomaly));
        return `<tr data-measure="${escapeHtml(group.measure)}"><th scope="row"><a href="#group-${before + index + 1}">${formatSpan(group.start, group.end)}</a></th>
<td>${escapeHtml(group.measure)}</td><td class="number">${severity(group)}</td><td>${escapeHtml(formatCause(group.dimensions))}</td>
<td class="number" data-label="share">${group.cause.share.toFixed(0)} %</td>
<td class="number" data-label="expected">${quantity(group.cause.expected)}</td><td class="number" data-label="actual">${quantity(group.cause.actual)}</td>
<td class="number">${formatChange(group.cause.expected, group.cause.actual)}</td>${right === undefined ? "" : `\n<td class="${right ? "right" : "wrong"}">${right ? "✓ injected" : "✗ false alarm"}</td>`}</tr>`;
    });
    return `<table class="groups"><caption>The severity is the group's. Expected and actual are sums over the intervals and over those of its metrics that the cause covers, means for an
average; the share is their part of the group's deviation. Times are UTC.</caption>
<thead><tr><th scope="col">Time</th><th scope="col">Measure</th><th scope="col" class="number">Severity</th><th scope="col">Caused by</th>
<th scope="col" class="number">Share</th><th scope="col" class="number">Expected</th><th scope="col" class="number">Actual</th><th scope="col" class="number">Change</th>${truth === undefined ? "" : `<th scope="col">Truth</th>`}</tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

/** Injected anomalies that no group matches. */
export function missedTable(missed: readonly Truth[]): string {
    const rows = missed.map(
        (anomaly) => `<tr><th scope="row">${formatSpan(anomaly.start, anomaly.end)}</th>
<td>${escapeHtml(formatCause(anomaly.dimensions))}</td><td class="number">${quantity(anomaly.shift)}</td><td class="number">${anomaly.ratio.toFixed(1)}</td></tr>`,
    );
    return `<table><thead><tr><th scope="col">Time</th><th scope="col">Where</th><th scope="col" class="number">Views per pair and hour</th>
<th scope="col" class="number">Times the noise</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** Whether a group is one of the injected anomalies. */
export const verdict = (isHit: boolean): string =>
    isHit ? ` <span class="right">✓ injected</span>` : ` <span class="wrong">✗ false alarm</span>`;

/** One group: what happened, its series, who contributed, and the numbers; `beside` is HTML behind what happened. */
export function groupCard(group: FoundGroup, index: number, beside = ""): string {
    const cause = escapeHtml(formatCause(group.dimensions));
    const measure = escapeHtml(group.measure);
    const summary =
        `${formatSpan(group.start, group.end)}: ${measure} ${quantity(group.cause.actual)}, expected ${quantity(group.cause.expected)} ` +
        `(${formatChange(group.cause.expected, group.cause.actual)})`;
    const sum = group.metrics === 1 ? "" : ` <span class="soft">${wholeGroup(group)}</span>`;
    return `<article class="card" id="group-${index + 1}" data-measure="${measure}">
<header><div><h3>${cause} · ${measure}</h3><p class="soft">${summary}.${beside}${sum}</p></div>${severity(group)}</header>
<div class="chart" data-chart="group-${index + 1}" role="img" aria-label="${measure} of ${cause}. ${summary}. The numbers are in the table below."></div>
${shares(group)}
<details><summary>Numbers</summary><div class="scroll">${pointTable(group)}</div></details>
</article>`;
}

/** What of the group is not its cause's: the chart shows all of its metrics. */
function wholeGroup({ metrics, cause, expected, actual }: FoundGroup): string {
    const chart = `The chart shows ${metrics} metrics together`;
    return cause.metrics === metrics
        ? `${chart}.`
        : `That is ${cause.share.toFixed(0)} % of the deviation. ${chart}: ${quantity(actual)}, expected ${quantity(expected)}.`;
}

/** The stages with a bar each. */
export function stageTable(stages: readonly StageTime[]): string {
    const longest = Math.max(...stages.map(({ seconds }) => seconds), 0.001);
    const rows = stages.map(
        ({
            name,
            seconds,
        }) => `<tr><th scope="row">${escapeHtml(name)}</th><td class="number">${seconds.toFixed(1)} s</td>
<td class="stage-cell"><span class="stage-bar" style="width:${((100 * seconds) / longest).toFixed(1)}%"></span></td></tr>`,
    );
    return `<table><thead><tr><th scope="col">Stage</th><th scope="col" class="number">Time</th><td></td></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

/** The three largest contributions of each dimension. */
function shares({ contributions }: FoundGroup): string {
    const dimensions = [...new Set(contributions.map(({ dimension }) => dimension))];
    const rows = dimensions.flatMap((dimension) =>
        contributions
            .filter((contribution) => contribution.dimension === dimension && contribution.share >= 0.5)
            .sort((a, b) => b.share - a.share)
            .slice(0, 3)
            .map(
                ({ value, share }) =>
                    `<span>${escapeHtml(dimension)} <strong>${escapeHtml(value)}</strong></span>` +
                    `<span class="track"><span class="bar" style="width:${Math.min(100, share).toFixed(1)}%"></span></span><span class="number">${share.toFixed(0)} %</span>`,
            ),
    );
    return rows.length === 0 ? "" : `<div class="shares" aria-label="Contributions">${rows.join("\n")}</div>`;
}

function pointTable({ series, start, end }: FoundGroup): string {
    const cell = (value: number | null): string => `<td class="number">${value === null ? "–" : quantity(value)}</td>`;
    const rows = series.map(({ timestamp, value, expected, lower, upper }) => {
        const time = new Date(timestamp).toISOString().slice(0, 16).replace("T", " ");
        const mark = timestamp >= start && timestamp < end ? ' class="wrong"' : "";
        return `<tr${mark}><th scope="row">${time}</th>${[value, expected, lower, upper].map(cell).join("")}</tr>`;
    });
    return `<table><thead><tr><th scope="col">Time</th><th scope="col" class="number">Actual</th><th scope="col" class="number">Expected</th>
<th scope="col" class="number">Lower</th><th scope="col" class="number">Upper</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function severity(group: FoundGroup): string {
    return `<span class="severity" title="Severity, 0 to 100">${group.severity.toFixed(0)}</span>`;
}

function percent(share: number): string {
    return `${(100 * share).toFixed(share === 1 ? 0 : 1)} %`;
}

/** A number as people read it: small ones with a decimal. */
export function quantity(value: number): string {
    return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 100 ? 1 : 0 });
}
