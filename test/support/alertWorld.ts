import { openAlerts, type AlertRecord } from "../../detection/store/alerts";
import type { GroupRecord } from "../../detection/store/groupRecord";
import type { DetectorRecord } from "../../detection/store/records";
import type { Notice } from "../../alerts/notice";
import { noticeOf } from "../../alerts/noticeOf";
import { memoryObjectStore } from "./memoryObjectStore";

/** Start of the odd interval in all of these. */
export const oddHour = Date.parse("2021-02-14T04:00:00Z");

export const shop: DetectorRecord = {
    version: 1,
    name: "shop",
    interval: "PT1H",
    createdAt: oddHour - 86_400_000,
    changedAt: oddHour - 86_400_000,
    tags: {},
    status: "ACTIVE",
    run: "1-1",
    metricSet: {
        name: "orders",
        createdAt: 0,
        changedAt: 0,
        tags: {},
        measures: [
            { name: "revenue", aggregation: "SUM" },
            { name: "rating", aggregation: "AVG" },
        ],
        dimensions: ["platform", "marketplace"],
        interval: "PT1H",
        offsetSeconds: 0,
        timeZone: "UTC",
        source: {},
    },
};

/** Revenue of Italy and France on the web, odd for an hour. */
export const group: GroupRecord = {
    id: "60359687-afb8-4c46-af3d-aea03614a53f",
    measure: "revenue",
    start: oddHour,
    end: oddHour,
    severity: 86.777,
    members: [
        { combination: 0, values: ["pc_web", "fr"], weight: 27, severity: 80 },
        { combination: 1, values: ["pc_web", "it"], weight: 73, severity: 87 },
    ],
    causes: [{ values: ["pc_web", "it"], strength: 9 }],
    isOpen: true,
};

const points = [
    { value: 230.1, expected: 115 },
    { value: 148.5, expected: 60.25 },
];
export const pointOf = (combination: number) => points[combination] ?? { value: NaN, expected: NaN };

export const topic = "arn:aws:sns:us-east-1:123456789012:oncall";
export const page = "arn:aws:lambda:us-east-1:123456789012:function:page";

/** An alert of `shop`: any of its groups from a severity of 60 on, as JSON to a topic. */
export const alertOf = (change: Partial<AlertRecord> = {}): AlertRecord => ({
    version: 1,
    name: "shop-revenue",
    id: "a1",
    detector: shop.name,
    detectorCreatedAt: shop.createdAt,
    threshold: 60,
    target: { type: "SNS", topicArn: topic, format: "JSON" },
    createdAt: 0,
    changedAt: 0,
    tags: {},
    ...change,
});

export const noticeFor = (alert: AlertRecord = alertOf(), of: GroupRecord = group): Notice =>
    noticeOf(alert, { detector: shop.name, metricSet: shop.metricSet!, group: of, pointOf }, oddHour);

/** A store that holds alerts. */
export async function storeWith(...alerts: readonly AlertRecord[]) {
    const store = memoryObjectStore();
    for (const alert of alerts) await openAlerts(store).create(alert, async () => true);
    return store;
}
