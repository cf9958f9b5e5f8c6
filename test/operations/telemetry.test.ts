import assert from "node:assert/strict";
import { runEnded, ticked, windowCommitted, windowParked, windowsScored } from "../../operations/happenings";
import { metricCatalogue, metricNamespace } from "../../operations/metricCatalogue";
import { type Happening, logLine, openTelemetry } from "../../operations/telemetry";
import type { Run, RunResult } from "../../pipeline/run";

const at = Date.parse("2026-04-01T10:05:00Z");
const hour = 3_600_000;
const run: Run = {
    kind: "live",
    detector: "orders",
    interval: "PT1H",
    source: "warehouse",
    generation: "0123456789",
    execution: "arn:aws:states:us-east-1:123456789012:execution:live:orders-1",
    fence: 1,
    extractor: "extract-warehouse",
    maxConcurrentStatements: 2,
};
const result: RunResult = {
    outcome: "ok",
    committed: 2,
    parked: 0,
    rows: 1200,
    remaining: 0,
    setAside: 0,
    watermark: Date.parse("2026-04-01T10:00:00Z"),
    message: "fine",
};
const window = { start: at - 2 * hour, end: at - hour };

interface Line {
    readonly _aws?: {
        readonly Timestamp: number;
        readonly CloudWatchMetrics: readonly {
            readonly Namespace: string;
            readonly Dimensions: readonly (readonly string[])[];
            readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
        }[];
    };
    readonly [key: string]: unknown;
}
const lineOf = (happening: Happening): Line => JSON.parse(logLine(happening, "lookout/dev", at)) as Line;

describe("operations/telemetry", () => {
    it("writes one line of JSON for each happening, with level, time, stack and what it is about", () => {
        const written: string[] = [];
        const tell = openTelemetry("lookout/dev", { write: (text: string) => written.push(text) }, () => at);
        tell({ message: "with a\nline break", about: { detector: "orders", source: "warehouse" } });
        assert.equal(written.length, 1);
        assert.equal(written[0]!.indexOf("\n"), written[0]!.length - 1);
        assert.deepEqual(JSON.parse(written[0]!), {
            timestamp: "2026-04-01T10:05:00.000Z",
            level: "INFO",
            message: "with a\nline break",
            stack: "lookout/dev",
            detector: "orders",
            source: "warehouse",
        });
    });

    it("embeds metrics in the line: values at its top, and where CloudWatch finds them", () => {
        const { _aws: embedded, ...line } = lineOf(runEnded(run, result));
        assert.equal(embedded!.Timestamp, at);
        const [directive] = embedded!.CloudWatchMetrics;
        assert.deepEqual([directive!.Namespace, directive!.Dimensions], [metricNamespace, [["stack"]]]);
        for (const { Name, Unit } of directive!.Metrics) {
            assert.equal(typeof line[Name], "number", Name);
            assert.equal(metricCatalogue[Name as keyof typeof metricCatalogue].unit, Unit);
        }
        for (const [dimension] of directive!.Dimensions) assert.equal(typeof line[dimension!], "string");
    });

    it("has no detector for a dimension, since each would be paid for, and names it beside the values", () => {
        const line = lineOf(runEnded(run, result));
        assert.deepEqual([line.detector, line.source, line.RowsExtracted], ["orders", "warehouse", 1200]);
    });

    it("embeds nothing where nothing was measured", () => {
        assert.equal(lineOf({ message: "quiet", about: {} })._aws, undefined);
    });
});

describe("operations/happenings", () => {
    it("tells of windows with detector, source and window, those that failed as errors", () => {
        const outcome = { outcome: "committed", ...window, rows: 3, bytes: 90, version: 1 } as const;
        const committed = windowCommitted({ run, window, attemptId: "a1" }, outcome);
        assert.equal(committed.about.window, "2026-04-01T08:05:00Z/2026-04-01T09:05:00Z");
        const failed = { outcome: "parked", ...window, error: "QueryError", message: "no such table" } as const;
        const parked = windowParked({ run, window }, failed);
        assert.equal(parked.level, "ERROR");
        const { detector, source, error, reason } = parked.about;
        assert.deepEqual([detector, source, error, reason], ["orders", "warehouse", "QueryError", "no such table"]);
    });

    it("counts a window whose rows did not come as usual", () => {
        const missing = { window, kind: "empty", rows: 0, usual: 500, severity: 90 } as const;
        assert.equal(runEnded(run, { ...result, arrival: missing }).metrics!.ArrivalEvents, 1);
        assert.equal(runEnded(run, { ...result, arrival: null }).metrics!.ArrivalEvents, 0);
    });

    it("measures the worst lag of all detectors of a tick, and names those that lag", () => {
        const lags = [
            { detector: "orders", source: "warehouse", intervals: 1 },
            { detector: "visits", source: "warehouse", intervals: 7 },
        ];
        const [tick, ...lagging] = ticked({ interval: "PT1H" }, { scheduled: at - 4000, now: at }, lags);
        assert.deepEqual(tick!.metrics, { TickDelay: 4, LagIntervals: 7 });
        assert.deepEqual(
            lagging.map(({ level, about }) => [level, about.detector, about.intervals]),
            [["WARN", "visits", 7]],
        );
    });

    it("says nothing of lag where no detector was planned, and of delay where the clock is behind", () => {
        const [tick] = ticked({}, { scheduled: at + 1000, now: at });
        assert.deepEqual(tick!.metrics, { TickDelay: 0 });
    });

    it("counts new anomaly groups by severity, and the due intervals that are not scored", () => {
        const scoring = {
            detector: "shop",
            intervalSeconds: 3600,
            windows: 2,
            through: at - 3 * hour,
            due: at,
            found: [12, 69.9, 70, 89, 90, 100],
        };
        assert.deepEqual(windowsScored(scoring).metrics, {
            ScoringLagIntervals: 3,
            AnomaliesMinor: 2,
            AnomaliesMajor: 2,
            AnomaliesSevere: 2,
        });
    });
});
