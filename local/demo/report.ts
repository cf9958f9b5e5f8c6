import type { Evaluation } from "./evaluation";
import { matches } from "./evaluation";
import { type FoundGroup, type SeriesPoint } from "./foundGroup";
import { chart, renderPage, type Chart } from "./report/page";
import { escapeHtml, groupCard, groupTable, missedTable, stageTable, tiles, verdict } from "./report/parts";
import type { DemoResult } from "./result";
import { counted } from "./table";
import type { Truth } from "./warehouse";

/** What the report shows. */
export interface ReportContent {
    readonly result: DemoResult;
    /** The groups of one detector, oldest first. */
    readonly groups: readonly FoundGroup[];
    readonly evaluation: Evaluation;
    /** Injected anomalies of the live stretch. */
    readonly truth: readonly Truth[];
    /** Views of all pairs together over the live stretch. */
    readonly overview: readonly SeriesPoint[];
}

/** Writes the report as one HTML page that needs nothing else: styles, scripts and data are inside. */
export async function renderReport(content: ReportContent): Promise<string> {
    const title = `Lookout demo: ${content.groups.length} anomaly groups found`;
    return renderPage({ title, body: renderBody(content), charts: charts(content) });
}

function renderBody({ result, groups, evaluation, truth, overview }: ReportContent): string {
    const days = Math.max(1, Math.round(overview.length / 24));
    const stretch = days === 7 ? "week" : counted(days, "day");
    const measures = [...new Set(groups.map(({ measure }) => measure))].sort();
    const filter = (measure: string, label: string): string =>
        `<button type="button" data-measure-filter="${escapeHtml(measure)}" aria-pressed="${measure === ""}">${escapeHtml(label)}</button>`;
    const cards = groups.map((group, index) => {
        const hit = truth.find((anomaly) => matches(group, anomaly));
        return groupCard(group, index, verdict(hit !== undefined));
    });
    return `<a class="skip" href="#found">Skip to the anomalies</a>
<header>
<div><h1>Lookout demo report</h1>
<p class="soft">${days === 7 ? "A week" : counted(days, "day")} of hourly views and revenue, 3 platforms × 7 marketplaces, watched by a detector that had learned the 90 days before.
${truth.length} anomalies were hidden in it, ${evaluation.counted.length} of them larger than five times the noise.</p></div>
<button type="button" id="theme">Light or dark</button>
</header>
<main>
${tiles(result, evaluation, groups.length)}
<h2>The ${stretch}</h2>
<section class="card" aria-label="The ${stretch}">
<div class="toolbar"><p class="soft">Views of all platforms and marketplaces together</p>${legend}</div>
<div class="chart tall" data-chart="overview" role="img" aria-label="Views of all pairs over the ${stretch}, with the expected band. ${truth.length} injected anomalies and ${groups.length} found groups are marked; the tables below list them."></div>
</section>
<h2 id="found">Anomaly groups found</h2>
<div class="card scroll">${groupTable(groups, { truth })}</div>
${evaluation.missed.length === 0 ? "" : `<h2>Injected anomalies that were missed</h2><div class="card scroll">${missedTable(evaluation.missed)}</div>`}
<h2>What happened in each</h2>
<div class="toolbar"><div class="buttons" role="group" aria-label="Measure">${filter("", "All measures")}${measures.map((measure) => filter(measure, measure)).join("")}</div>${legend}</div>
<div class="cards">${cards.join("\n")}</div>
<h2>Where the time went</h2>
<div class="card scroll">${stageTable(result.stages)}</div>
</main>
<footer>A group is right when it shares an interval with an injected anomaly and when, in each dimension that the anomaly is
confined to, the value that was hit contributes most. Causes named exactly: ${evaluation.exactCauses} of ${groups.length - evaluation.falseAlarms.length}. All times are UTC.</footer>`;
}

const legend = `<ul class="legend" aria-label="Legend">
<li><i class="key-value"></i>actual</li><li><i class="key-expected"></i>expected</li><li><i class="key-band"></i>expected band</li>
<li><i class="key-truth"></i>injected</li><li><i class="key-found"></i>found</li></ul>`;

function charts({ groups, truth, overview }: ReportContent): Record<string, Chart> {
    const spans = groups.map(({ start, end }) => [start / 1000, end / 1000] as const);
    const all = truth.map(({ start, end }) => [start / 1000, end / 1000] as const);
    const drawn: Record<string, Chart> = { overview: chart(overview, all, spans) };
    groups.forEach((group, index) => {
        const inside = truth.filter((anomaly) => touches(group, anomaly));
        drawn[`group-${index + 1}`] = chart(
            group.series,
            inside.map(({ start, end }) => [start / 1000, end / 1000] as const),
            [[group.start / 1000, group.end / 1000]],
        );
    });
    return drawn;
}

/** True when the anomaly lies in the group's picture and hit some of its metrics. */
function touches(group: FoundGroup, truth: Truth): boolean {
    const first = group.series[0]?.timestamp ?? group.start;
    const last = group.series.at(-1)?.timestamp ?? group.end;
    return (
        truth.start <= last &&
        truth.end > first &&
        Object.entries(truth.dimensions).every(([dimension, value]) =>
            group.contributions.some((share) => share.dimension === dimension && share.value === value),
        )
    );
}
