import assert from "node:assert/strict";
import type { Notice } from "../../alerts/notice";
import { payloadOf } from "../../alerts/payload";
import { wholeShares } from "../../alerts/shares";
import { longText, shortText, subjectOf } from "../../alerts/texts";
import { changeText, numberText, periodText } from "../../alerts/wording";
import { alertOf, group, noticeFor, oddHour } from "../support/alertWorld";

const base = "arn:aws:lookoutmetrics:us-east-1:123456789012";
const arns = { alertArn: `${base}:Alert:shop-revenue`, detectorArn: `${base}:AnomalyDetector:shop` };
const link = "http://127.0.0.1:1/lookout/v1/detectors/shop/groups/60359687-afb8-4c46-af3d-aea03614a53f";
const telling = (notice: Notice = noticeFor(), alert = alertOf()) => ({ notice, alert, link });

interface Payload {
    impactedMetric: { relevantTimeSeries: { timeSeriesId: string; metricValue: number | null }[] };
    [key: string]: unknown;
}

describe("alerts/payload", () => {
    it("is what the managed service sent", () => {
        const payload = JSON.parse(payloadOf(telling(), arns)) as Payload;
        const { relevantTimeSeries, ...impacted } = payload.impactedMetric;
        assert.deepEqual(
            { ...payload, impactedMetric: impacted },
            {
                anomalyDetectorArn: arns.detectorArn,
                anomalyScore: 86.78,
                consoleUrl: link,
                anomalyGroupId: group.id,
                alertName: "shop-revenue",
                alertArn: arns.alertArn,
                alertEventId: `${arns.alertArn}:event/${group.id}`,
                alertDescription: null,
                impactedMetric: {
                    metricName: "revenue",
                    dimensionContribution: [
                        {
                            dimensionName: "marketplace",
                            dimensionValueContributions: [
                                { dimensionValue: "it", valueContribution: 73 },
                                { dimensionValue: "fr", valueContribution: 27 },
                            ],
                        },
                        {
                            dimensionName: "platform",
                            dimensionValueContributions: [{ dimensionValue: "pc_web", valueContribution: 100 }],
                        },
                    ],
                },
                timestamp: "2021-02-14T04:00Z[UTC]",
            },
        );
        assert.deepEqual(
            relevantTimeSeries.map(({ timeSeriesId: _id, ...rest }) => rest),
            [
                {
                    dimensions: [
                        { dimensionName: "marketplace", dimensionValue: "it" },
                        { dimensionName: "platform", dimensionValue: "pc_web" },
                    ],
                    metricValue: 148.5,
                },
                {
                    dimensions: [
                        { dimensionName: "marketplace", dimensionValue: "fr" },
                        { dimensionName: "platform", dimensionValue: "pc_web" },
                    ],
                    metricValue: 230.1,
                },
            ],
        );
        assert.match(relevantTimeSeries[0]!.timeSeriesId, /^[0-9a-f]{128}$/);
    });

    it("says the time in the zone of the metric set, and an empty link where there is none", () => {
        const notice = { ...noticeFor(), timeZone: "Europe/Paris" };
        const payload = JSON.parse(payloadOf({ ...telling(notice), link: undefined }, arns)) as Payload;
        assert.equal(payload.timestamp, "2021-02-14T05:00+01:00[Europe/Paris]");
        assert.equal(payload.consoleUrl, "");
    });

    it("shows the most affected of many series, as many as a message may be long", () => {
        const values = ["p".repeat(2000), "m".repeat(2000)];
        const members = Array.from({ length: 1000 }, (_, combination) => ({
            combination,
            values: [...values.slice(0, 1), `${combination} ${values[1]}`],
            weight: 1000 - combination,
            severity: 80,
        }));
        const text = payloadOf(telling(noticeFor(alertOf(), { ...group, members })), arns);
        assert.ok(Buffer.byteLength(text) < 256 * 1024, String(text.length));
        const { relevantTimeSeries } = (JSON.parse(text) as Payload).impactedMetric;
        assert.ok(relevantTimeSeries.length > 0);
        assert.deepEqual([...new Set(relevantTimeSeries.map(({ metricValue }) => metricValue))][0], 230.1);
    });
});

describe("alerts/texts of what is taken back", () => {
    const notice: Notice = { ...noticeFor(), change: "withdrawn", telling: 1 };
    const telling = { notice, alert: alertOf(), link: undefined };

    it("say that there is no anomaly, and why", () => {
        assert.equal(subjectOf(telling), "Withdrawn: anomaly in revenue of shop");
        assert.match(shortText(telling), /^Withdrawn: no anomaly in revenue of shop, .*Rows came late/);
        assert.match(longText(telling), /the anomaly that was told is withdrawn\.\n\nDetector: shop\n/);
    });

    it("are told to machines as a score of 0, with a change and an event of its own", () => {
        const arns = { alertArn: "alert", detectorArn: "detector" };
        const { anomalyScore, change, alertEventId } = JSON.parse(payloadOf(telling, arns)) as Record<string, unknown>;
        assert.deepEqual([anomalyScore, change, alertEventId], [0, "withdrawn", `alert:event/${notice.group}/1`]);
    });

    it("say so when it is one again", () => {
        const renewed = { ...telling, notice: { ...notice, change: "renewed" as const, telling: 2 } };
        assert.match(subjectOf(renewed), /^Again an anomaly in revenue of shop, severity 87$/);
        assert.match(shortText(renewed), /^Again an anomaly in revenue/);
    });
});

describe("alerts/texts", () => {
    it("say in a short text what, where, when, against what was expected, how bad, and where to look", () => {
        assert.equal(
            shortText(telling()),
            "Anomaly in revenue of shop, 2021-02-14 04:00 UTC: 378.6 instead of 175.3 (+116 %); platform pc_web, marketplace it. " +
                `Severity 87. ${link}`,
        );
    });

    it("say in a long text all that people ask first", () => {
        assert.equal(
            longText(telling(noticeFor(), alertOf({ description: "Ring the shop." }))),
            [
                "Revenue left its normal course: 378.6 instead of 175.3 (+116 %).",
                "",
                "Detector: shop",
                "When: 2021-02-14 04:00 to 05:00 UTC",
                'Severity: 86.78 of 100 (alert "shop-revenue" tells from 60 on)',
                "Cause: platform pc_web, marketplace it",
                "Platform: pc_web 100 %",
                "Marketplace: it 73 %, fr 27 %",
                "",
                "Affected: 2 series",
                "  platform=pc_web, marketplace=it: 148.5, expected 60.25 (+146 %)",
                "  platform=pc_web, marketplace=fr: 230.1, expected 115 (+100 %)",
                "",
                "Ring the shop.",
                "",
                `Details: ${link}`,
            ].join("\n"),
        );
    });

    it("do without what is not known: no expectation, no cause, no dimension, no link", () => {
        const bare = {
            ...noticeFor(),
            dimensions: [],
            contributions: [],
            causes: [[]],
            seriesCount: 1,
            series: [{ values: [], value: null, expected: null }],
            total: undefined,
        };
        const text = longText({ ...telling(bare), link: undefined });
        assert.match(text, /^Revenue left its normal course\.\n/);
        assert.match(text, /Affected: 1 series$/);
        assert.doesNotMatch(text, /Cause|Details|NaN|null|undefined/);
        assert.doesNotMatch(shortText({ ...telling(bare), link: undefined }), /NaN|null|undefined/);
    });

    it("tell the most affected series of an average, which has no sum", () => {
        const notice = noticeFor(alertOf(), { ...group, measure: "rating" });
        assert.equal(notice.total, undefined);
        assert.match(shortText(telling(notice)), /: 148\.5 instead of 60\.25/);
    });

    it("list ten of many series and say how many more there are", () => {
        const members = Array.from({ length: 30 }, (_, combination) => ({
            combination,
            values: ["pc_web", `m${combination}`],
            weight: 1,
            severity: 80,
        }));
        const text = longText(telling(noticeFor(alertOf(), { ...group, members })));
        assert.match(text, /and 20 more/);
        assert.match(text, /Marketplace: (m\d+ \d %, ){5}others \d+ %/);
    });

    it("have a subject that SNS takes, whatever the names are", () => {
        const long = { ...noticeFor(), detector: "d".repeat(90), measure: "mesüre" };
        const subject = subjectOf(telling(long));
        assert.ok(subject.length <= 100);
        assert.match(subject, /^[\x20-\x7e]+$/);
        assert.equal(subjectOf(telling()), "Anomaly in revenue of shop, severity 87");
    });

    it("keep a short text short, and its link whole", () => {
        const long = { ...noticeFor(), causes: [["x".repeat(500), null]] };
        const text = shortText(telling(long));
        assert.ok(text.length <= 320 + 1 + link.length);
        assert.ok(text.endsWith(` ${link}`));
    });
});

describe("alerts/wording", () => {
    it("writes numbers with what counts of them", () => {
        assert.deepEqual([0, 0.012345, 148.5, 999.96, 12345.678, -5352.4].map(numberText), [
            "0",
            "0.01235",
            "148.5",
            "1,000",
            "12,346",
            "-5,352",
        ]);
    });

    it("tells a change in per cent where there is one to tell", () => {
        assert.deepEqual(
            [changeText(638, 148), changeText(161, 1606), changeText(100, 100.2), changeText(5, 0), changeText(5, -3)],
            [" (+331 %)", " (−90 %)", "", "", ""],
        );
    });

    it("tells a day as its date, and hours to their end, in the metric set's zone", () => {
        const notice = { ...noticeFor(), end: oddHour + 21 * 3_600_000, timeZone: "Europe/Paris" };
        assert.equal(periodText(notice), "2021-02-14 05:00 to 2021-02-15 03:00 Europe/Paris");
        const day = { ...noticeFor(), interval: "P1D" as const, start: oddHour, end: oddHour + 2 * 86_400_000 };
        assert.equal(periodText(day), "2021-02-14 to 2021-02-16");
    });
});

describe("alerts/shares", () => {
    it("gives whole per cent that add up to 100", () => {
        for (const weights of [[73, 27], [1, 1, 1], [0, 0], [5], [0.1, 99.9, 1e-9], Array<number>(7).fill(3)])
            assert.equal(
                wholeShares(weights).reduce((sum, share) => sum + share, 0),
                100,
                String(weights),
            );
        assert.deepEqual(wholeShares([1, 1, 1]), [34, 33, 33]);
        assert.deepEqual(wholeShares([]), []);
    });
});
