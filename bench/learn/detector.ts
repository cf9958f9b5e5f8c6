import type { DetectorRecord } from "../../detection/store/records";
import { measureNames, type HistorySize } from "./history";

/** A detector that has just been activated over the history in the folder `past` of a foreign bucket. */
export function activating({ measures }: HistorySize, now: number): DetectorRecord {
    const dates = { createdAt: now, changedAt: now, tags: {} };
    return {
        version: 1,
        name: "bench",
        interval: "PT1H",
        ...dates,
        status: "ACTIVATING",
        run: "r-1",
        metricSet: {
            name: "history",
            ...dates,
            measures: measureNames(measures).map((name) => ({ name, aggregation: "SUM" })),
            dimensions: ["platform", "market"],
            timestamp: { column: "timestamp", format: "yyyy-MM-dd HH:mm:ss" },
            interval: "PT1H",
            offsetSeconds: 0,
            timeZone: "UTC",
            source: {
                S3SourceConfig: {
                    HistoricalDataPathList: ["s3://data/past/"],
                    TemplatedPathList: ["s3://data/live/{{yyyyMMdd}}/{{HHmm}}/"],
                },
            },
        },
    };
}
