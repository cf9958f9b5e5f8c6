import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { SeriesPoint } from "../foundGroup";
import { escapeHtml } from "./parts";

/** One chart as the page's script reads it: columns, times in seconds since 1970, spans as [from, to]. */
export interface Chart {
    readonly time: readonly number[];
    readonly value: readonly (number | null)[];
    readonly expected: readonly (number | null)[];
    readonly lower: readonly (number | null)[];
    readonly upper: readonly (number | null)[];
    readonly truth: readonly (readonly [number, number])[];
    readonly found: readonly (readonly [number, number])[];
}

/** What a page shows: its body as HTML, and the charts that the body names in `data-chart`. */
export interface Page {
    readonly title: string;
    readonly body: string;
    readonly charts: Readonly<Record<string, Chart>>;
}

/** Writes a report as one HTML page that needs nothing else: styles, scripts and data are inside. */
export async function renderPage({ title, body, charts }: Page): Promise<string> {
    const [style, script, chartStyle, chartLibrary] = await Promise.all([
        readFile(path.join(__dirname, "style.css"), "utf8"),
        readFile(path.join(__dirname, "charts.js"), "utf8"),
        readFile(libraryFile("uPlot.min.css"), "utf8"),
        readFile(libraryFile("uPlot.iife.min.js"), "utf8"),
    ]);
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${chartStyle}
${style}</style>
</head>
<body>
${body}
<script type="application/json" id="data">${embedJson({ charts })}</script>
<script>${chartLibrary}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** A series as a chart draws it, to hundredths. */
export function chart(points: readonly SeriesPoint[], truth: Chart["truth"], found: Chart["found"]): Chart {
    const column = (pick: (point: SeriesPoint) => number | null): (number | null)[] =>
        points.map((point) => {
            const value = pick(point);
            return value === null ? null : Math.round(value * 100) / 100;
        });
    return {
        time: points.map(({ timestamp }) => timestamp / 1000),
        value: column(({ value }) => value),
        expected: column(({ expected }) => expected),
        lower: column(({ lower }) => lower),
        upper: column(({ upper }) => upper),
        truth,
        found,
    };
}

/** JSON that cannot end the script element it stands in. */
function embedJson(value: unknown): string {
    return JSON.stringify(value).replace(/</g, "\\u003c");
}

function libraryFile(name: string): string {
    return path.join(path.dirname(createRequire(__filename).resolve("uplot")), name);
}
