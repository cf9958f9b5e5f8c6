import type { ApiContext } from "../../detection/api/context";
import { openDetectorStore } from "../../detection/store/detectors";
import type { GroupRecord } from "../../detection/store/groupRecord";
import { groupIdOf, openGroups } from "../../detection/store/groups";
import { dateOf } from "../../detection/store/layout";
import type { DetectorRecord } from "../../detection/store/records";
import { createRunCache, openRun } from "../../detection/store/runs";
import { appendIntervals, emptyStretch } from "../../detection/store/stretch";
import { openFolderObjectStore } from "../../objects/folderObjectStore";

/* A detector of five measures and a hundred combinations that has found groups over two years, as the worker would have stored it. */

const hour = 3_600_000;
const [run, name] = ["r-1", "shop"];
export const measures = ["orders", "revenue", "views", "errors", "refunds"];
export const detectorArn = `arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:${name}`;
const since = Date.parse("2024-01-01T00:00:00Z");
const hours = 2 * 365 * 24;
const through = since + hours * hour;
const [combinations, membersEach, scoredHours] = [100, 3, 100];

/** The API over a folder, as a process has it that has just started. */
export function contextOf(folder: string): ApiContext {
    const objects = openFolderObjectStore(folder);
    return {
        place: { partition: "aws", region: "us-east-1", accountId: "123456789012" },
        objects,
        detectors: openDetectorStore(objects),
        cache: createRunCache(),
        dispatch: async () => undefined,
        access: { ownBucket: "metrics", roles: "any", targets: "any" },
        now: () => through,
    };
}

/** Stores the detector with so many groups; gives the id of one in the middle. */
export async function fill(folder: string, groups: number): Promise<string> {
    const { objects, detectors, cache } = contextOf(folder);
    const found = Array.from({ length: groups }, (_, i) => groupOf(i, groups));
    const days = new Map<string, GroupRecord[]>();
    for (const group of found) {
        const day = days.get(dateOf(group.start));
        if (day === undefined) days.set(dateOf(group.start), [group]);
        else day.push(group);
    }
    const to = dateOf(through);
    await openGroups(objects, name, run).writeDays(days, { from: dateOf(since), to });
    const store = openRun(objects, name, run, cache);
    await store.writeCombinations(Array.from({ length: combinations }, (_, c) => valuesOf(c)));
    const first = through / hour - scoredHours;
    await store.writeOpen(through, scores(first));
    await store.advance(
        {
            version: 1,
            since,
            scoredFrom: since,
            scoredThrough: through,
            points: hours,
            combinations,
            openSince: first * hour,
            groupsSince: to,
            groups: [],
            quality: {
                rows: 0,
                badRows: 0,
                partialRows: 0,
                strayRows: 0,
                futureRows: 0,
                lateRows: 0,
                badObjects: 0,
                columns: [],
                examples: [],
                partialExamples: [],
            },
        },
        undefined,
    );
    await detectors.create(detector);
    return found[groups >> 1]!.id;
}

const valuesOf = (combination: number): string[] => [
    `platform-${combination % 5}`,
    `market-${Math.floor(combination / 5)}`,
];

/** Groups lie evenly in time, and go round the measures. */
function groupOf(i: number, groups: number): GroupRecord {
    const start = since + Math.floor((i * hours) / groups) * hour;
    const measure = measures[i % measures.length]!;
    const severity = 50 + ((i * 7919) % 5000) / 100;
    const id = groupIdOf(run, measure, start);
    const peak = { at: start, value: 310.25, expected: 148.5, scaled: 9.25, evidence: 1 };
    return {
        id,
        measure,
        start,
        end: start + (i % 4) * hour,
        severity,
        members: Array.from({ length: membersEach }, (_, m) => {
            const combination = (i * 13 + m * 29) % combinations;
            return { combination, values: valuesOf(combination), weight: 9.25, severity, peak };
        }),
        causes: [{ values: [valuesOf(i % combinations)[0]!, null], strength: 21.5, share: 1 }],
        incident: id,
        version: 1,
        isOpen: false,
    };
}

function scores(first: number) {
    const series = combinations * measures.length;
    const column = (value: number): Float64Array => new Float64Array(series).fill(value);
    const interval = {
        outcome: "scored",
        value: column(148.5),
        expected: column(150),
        lower: column(120),
        upper: column(180),
        severity: column(0),
        evidence: new Uint8Array(series),
        verdict: new Uint8Array(series).fill(2),
    };
    return appendIntervals(
        emptyStretch(first, series),
        series,
        Array.from({ length: scoredHours }, () => interval),
    );
}

/** A day of one metric. */
export const explained = {
    AnomalyDetectorArn: detectorArn,
    MetricName: measures[0],
    Dimensions: { platform: "platform-3", market: "market-7" },
    StartTime: new Date(through - 24 * hour).toISOString(),
    EndTime: new Date(through).toISOString(),
};

const detector: DetectorRecord = {
    version: 1,
    name,
    interval: "PT1H",
    createdAt: since,
    changedAt: since,
    tags: {},
    status: "ACTIVE",
    run,
    basis: "b",
    metricSet: {
        name: "rows",
        createdAt: since,
        changedAt: since,
        tags: {},
        measures: measures.map((measure) => ({ name: measure, aggregation: "SUM" as const })),
        dimensions: ["platform", "market"],
        timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
        interval: "PT1H",
        offsetSeconds: 0,
        timeZone: "UTC",
        source: {},
    },
};
