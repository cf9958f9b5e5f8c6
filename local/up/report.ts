import type { FoundGroup } from "../demo/foundGroup";
import { chart, renderPage, type Chart } from "../demo/report/page";
import { escapeHtml, groupCard, groupTable } from "../demo/report/parts";
import { counted, formatSpan } from "../demo/table";
import type { DetectorFindings, Findings } from "./findings";
import type { Shown } from "./text";

/** Writes what a stack's detectors have found as one HTML page that needs nothing else. */
export async function renderUpReport(stack: string, { detectors }: Findings, shown: Shown): Promise<string> {
    const groups = detectors.flatMap((detector) => detector.groups);
    const title = `Lookout ${stack}: ${counted(groups.length, "anomaly group")}`;
    return renderPage({ title, body: bodyOf(stack, detectors, shown), charts: chartsOf(groups) });
}

function chartsOf(groups: readonly FoundGroup[]): Record<string, Chart> {
    return Object.fromEntries(
        groups.map((group, index) => [
            `group-${index + 1}`,
            chart(group.series, [], [[group.start / 1000, group.end / 1000]]),
        ]),
    );
}

function bodyOf(stack: string, detectors: readonly DetectorFindings[], { threshold, since, now }: Shown): string {
    let before = 0;
    const sections = detectors.map((detector) => {
        const section = detectorSection(detector, before);
        before += detector.groups.length;
        return section;
    });
    return `<header>
<div><h1>Lookout: ${escapeHtml(stack)}</h1>
<p class="soft">${counted(detectors.length, "detector")} on this machine, ${formatSpan(since, now)}: ${counted(before, "anomaly group")} of severity ${threshold} or more.</p></div>
<button type="button" id="theme">Light or dark</button>
</header>
<main>
${sections.join("\n")}
</main>
<footer>Each interval was judged by what came before it alone. All times are UTC.</footer>`;
}

function detectorSection({ state, windows, rows, groups }: DetectorFindings, before: number): string {
    const name = escapeHtml(state.name);
    const about = `${state.status ?? "Not at the detection service yet"}; ${rows.toLocaleString("en-US")} rows in ${counted(windows, "window")}.`;
    const cards = groups.map((group, index) => groupCard(group, before + index));
    return `<h2>${name}</h2>
<p class="soft">${escapeHtml(about)}</p>
${groups.length === 0 ? `<p class="card">No anomalies.</p>` : `<div class="card scroll">${groupTable(groups, { before })}</div>\n<div class="toolbar">${legend}</div>`}
<div class="cards">${cards.join("\n")}</div>`;
}

const legend = `<ul class="legend" aria-label="Legend">
<li><i class="key-value"></i>actual</li><li><i class="key-expected"></i>expected</li><li><i class="key-band"></i>expected band</li>
<li><i class="key-found"></i>found</li></ul>`;
