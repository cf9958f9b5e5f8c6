import type { FoundGroup, SeriesPoint } from "../demo/foundGroup";
import { chart, renderPage, type Chart } from "../demo/report/page";
import { escapeHtml, groupCard, groupTable } from "../demo/report/parts";
import { counted, formatSpan } from "../demo/table";
import type { Backtest } from "./backtest";
import { seriesOf } from "./found";
import { durationOf } from "./interval";

/** Groups that are drawn, the most severe; the table lists as many. */
const mostCards = 100;
/** Points of the overview; a longer stretch shows its end. */
const mostPoints = 20_000;

/** Writes the groups of a back-test, oldest first, as one HTML page that needs nothing else. */
export async function renderBacktest(
    backtest: Backtest,
    groups: readonly FoundGroup[],
    threshold: number,
): Promise<string> {
    const worst = new Set([...groups].sort((a, b) => b.severity - a.severity).slice(0, mostCards));
    const shown = groups.filter((group) => worst.has(group));
    const overviews = backtest.settings.measures.map(({ name }, measure) => ({
        name,
        points: overviewOf(backtest, measure),
    }));
    return renderPage({
        title: `Lookout back-test: ${counted(groups.length, "anomaly group")}`,
        body: bodyOf(backtest, { groups, shown, overviews, threshold }),
        charts: chartsOf(shown, overviews),
    });
}

interface Overview {
    readonly name: string;
    readonly points: readonly SeriesPoint[];
}

interface Shown {
    readonly groups: readonly FoundGroup[];
    readonly shown: readonly FoundGroup[];
    readonly overviews: readonly Overview[];
    readonly threshold: number;
}

function overviewOf(backtest: Backtest, measure: number): SeriesPoint[] {
    const { history, played } = backtest;
    const from = Math.max(played.scoredFrom, history.intervals - mostPoints);
    return seriesOf(backtest, measure, [...history.combinations.keys()], { from, to: history.intervals });
}

function chartsOf(shown: readonly FoundGroup[], overviews: readonly Overview[]): Record<string, Chart> {
    const span = ({ start, end }: FoundGroup): [number, number] => [start / 1000, end / 1000];
    return Object.fromEntries([
        ...overviews.map(({ name, points }, index) => [
            `overview-${index + 1}`,
            chart(points, [], shown.filter(({ measure }) => measure === name).map(span)),
        ]),
        ...shown.map((group, index) => [`group-${index + 1}`, chart(group.series, [], [span(group)])]),
    ]) as Record<string, Chart>;
}

function bodyOf({ settings, history, played }: Backtest, { groups, shown, overviews, threshold }: Shown): string {
    const metrics = history.combinations.length * settings.measures.length;
    const names = [...new Set(shown.map(({ measure }) => measure))].sort();
    const filter = (measure: string, label: string): string =>
        `<button type="button" data-measure-filter="${escapeHtml(measure)}" aria-pressed="${measure === ""}">${escapeHtml(label)}</button>`;
    const fewer = groups.length > shown.length ? ` The ${shown.length} most severe are shown.` : "";
    return `<a class="skip" href="#found">Skip to the anomalies</a>
<header>
<div><h1>Lookout back-test</h1>
<p class="soft">${history.rows.toLocaleString("en-US")} rows, ${counted(metrics, "metric")}, intervals of ${durationOf(settings.intervalSeconds)}. Learned from the first
${played.scoredFrom.toLocaleString("en-US")} intervals and scored the ${(history.intervals - played.scoredFrom).toLocaleString("en-US")} after them:
${counted(groups.length, "anomaly group")} of severity ${threshold} or more.${fewer}</p></div>
<button type="button" id="theme">Light or dark</button>
</header>
<main>
${overviews.map((overview, index) => overviewCard(overview, index, shown)).join("\n")}
<h2 id="found">Anomaly groups found</h2>
${shown.length === 0 ? `<p class="card">None.</p>` : `<div class="card scroll">${groupTable(shown)}</div>`}
${shown.length === 0 ? "" : `<h2>What happened in each</h2>`}
<div class="toolbar"><div class="buttons" role="group" aria-label="Measure">${filter("", "All measures")}${names.map((name) => filter(name, name)).join("")}</div>${legend}</div>
<div class="cards">${shown.map((group, index) => groupCard(group, index)).join("\n")}</div>
</main>
<footer>Each interval was judged by what came before it alone. All times are UTC.</footer>`;
}

function overviewCard({ name, points }: Overview, index: number, shown: readonly FoundGroup[]): string {
    const [first, last] = [points[0]?.timestamp ?? 0, points.at(-1)?.timestamp ?? 0];
    const own = shown.filter(({ measure }) => measure === name).length;
    const label = `${name} of all combinations together, ${formatSpan(first, last)}`;
    return `<section class="card" aria-label="${escapeHtml(name)}">
<div class="toolbar"><p class="soft">${escapeHtml(label)}</p>${index === 0 ? legend : ""}</div>
<div class="chart tall" data-chart="overview-${index + 1}" role="img" aria-label="${escapeHtml(label)}, with the expected band and ${counted(own, "group")} marked; the table below lists them."></div>
</section>`;
}

const legend = `<ul class="legend" aria-label="Legend">
<li><i class="key-value"></i>actual</li><li><i class="key-expected"></i>expected</li><li><i class="key-band"></i>expected band</li>
<li><i class="key-found"></i>found</li></ul>`;
