import assert from "node:assert/strict";
import { evaluate } from "../../../local/demo/evaluation";
import { renderReport, type ReportContent } from "../../../local/demo/report";
import { emptyResult } from "../../../local/demo/result";
import { contributions, group, hourOfApril, truth } from "../../support/foundGroups";

const series = [2, 3, 4].map((hour) => ({
    timestamp: hourOfApril(hour),
    value: 100 + hour,
    expected: 90,
    lower: 80,
    upper: 100,
}));

function content(given: Partial<ReportContent> = {}): ReportContent {
    const groups = given.groups ?? [group({ series })];
    const injected = given.truth ?? [truth()];
    return {
        result: { ...emptyResult, windows: 171, stages: [{ name: "Live week", seconds: 12.5 }] },
        groups,
        truth: injected,
        evaluation: evaluate(groups, injected),
        overview: series,
        ...given,
    };
}

function dataOf(page: string): Record<string, Record<string, unknown>> {
    const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)!;
    return (JSON.parse(json!) as { charts: Record<string, Record<string, unknown>> }).charts;
}

describe("local/demo/report", () => {
    it("asks nothing of the network", async () => {
        const page = await renderReport(content());
        assert.doesNotMatch(page, /<(?:script|link|img|iframe)[^>]+(?:src|href)=/);
        assert.doesNotMatch(page, /@import|fetch\(|XMLHttpRequest/);
        assert.match(page, /uPlot/);
    });

    it("draws each group's series with its band, what was injected and what was found", async () => {
        const charts = dataOf(await renderReport(content()));
        assert.deepEqual(Object.keys(charts), ["overview", "group-1"]);
        assert.deepEqual(charts["group-1"], {
            time: series.map(({ timestamp }) => timestamp / 1000),
            value: [102, 103, 104],
            expected: [90, 90, 90],
            lower: [80, 80, 80],
            upper: [100, 100, 100],
            truth: [[hourOfApril(3) / 1000, hourOfApril(5) / 1000]],
            found: [[hourOfApril(3) / 1000, hourOfApril(5) / 1000]],
        });
    });

    it("gives every chart a text and a table of its numbers", async () => {
        const page = await renderReport(content());
        assert.match(page, /data-chart="group-1" role="img" aria-label="views of mobile_app, us\. [^"]*\+150 %/);
        assert.match(page, /<th scope="row">2026-04-01 03:00<\/th><td class="number">103<\/td>/);
    });

    it("lists what was missed, and marks a false alarm", async () => {
        const alarm = group({ start: hourOfApril(20), end: hourOfApril(21) });
        const page = await renderReport(content({ groups: [alarm] }));
        assert.match(page, /Injected anomalies that were missed/);
        assert.match(page, /false alarm/);
        assert.doesNotMatch(await renderReport(content()), /Injected anomalies that were missed|false alarm<\/td>/);
    });

    it("shows dimension values as text, whatever they hold", async () => {
        const hostile = contributions({ platform: { "</script><b>": 100 }, marketplace: { us: 100 } });
        const page = await renderReport(content({ groups: [group({ contributions: hostile, series })] }));
        assert.doesNotMatch(page, /<\/script><b>/);
        assert.match(page, /&lt;\/script&gt;&lt;b&gt;/);
    });
});
