import { createHash } from "node:crypto";
import { RecordError } from "../../../errors";
import { historyDigest } from "../../../pipeline/historyDigest";
import type { DetectorRecord, MetricSetRecord } from "../../store/records";
import { detectorNameOf } from "../arns";
import { ratiosOf } from "../own/ratios";
import { ownGeneration } from "../../worker/s3Path";
import { mustReadDetector, newIdOf, type ApiContext } from "../context";
import { conflict, invalid } from "../errors";
import type { Requests } from "../schemas";
import { changeDetector, refuse } from "./detectors";

/** Starts learning, or goes on where the detector was stopped when what it learned from has not changed. */
export async function activateAnomalyDetector(context: ApiContext, request: Requests["ActivateAnomalyDetector"]) {
    const history = await historyOf(context, await mustReadDetector(context, request.AnomalyDetectorArn));
    await changeDetector(context, request.AnomalyDetectorArn, (record) => {
        refuse("activate", record, context);
        if (record.failure?.type === "BACK_TEST_ACTIVATION_FAILURE")
            throw conflict("AnomalyDetector", request.AnomalyDetectorArn, "A failed back-test cannot be activated.");
        return started(record, { path: "TemplatedPathList", history }, context);
    });
    await context.dispatch({ job: "learn", detector: detectorNameOf(context.place, request.AnomalyDetectorArn)! });
    return {};
}

/** Stops a detector; what it found stays. */
export async function deactivateAnomalyDetector(context: ApiContext, request: Requests["DeactivateAnomalyDetector"]) {
    await changeDetector(context, request.AnomalyDetectorArn, (record) => {
        refuse("deactivate", record, context);
        return { ...record, status: "DEACTIVATED", changedAt: context.now() };
    });
    return {};
}

/**
 * Starts a test on the history: its first part is learned, the rest is scored, and nobody is alerted. One that failed may be started
 * again, from the beginning: its data may have been mended.
 */
export async function backTestAnomalyDetector(context: ApiContext, request: Requests["BackTestAnomalyDetector"]) {
    await changeDetector(context, request.AnomalyDetectorArn, (record) => {
        const isAgain = record.status === "FAILED" && record.failure?.type === "BACK_TEST_ACTIVATION_FAILURE";
        if (!isAgain) refuse("backTest", record, context);
        const again = isAgain ? { ...record, basis: undefined } : record;
        return started(again, { path: "HistoricalDataPathList", history: undefined }, context);
    });
    await context.dispatch({ job: "learn", detector: detectorNameOf(context.place, request.AnomalyDetectorArn)! });
    return {};
}

/** What a start needs to find in the metric set, the status that it leads to, and what is missing without it. */
const starts = {
    TemplatedPathList: {
        status: "ACTIVATING",
        missing: "The metric set names no templated path, so that there is nothing to read after the history.",
    },
    HistoricalDataPathList: {
        status: "BACK_TEST_ACTIVATING",
        missing: "The metric set names no historical path, so that there is nothing to test on.",
    },
} as const;

/** What the pipeline's own history holds now; undefined for other data, and for what the learning will stumble over. */
async function historyOf({ objects, buckets }: ApiContext, { metricSet }: DetectorRecord): Promise<string | undefined> {
    const s3 = metricSet?.source.S3SourceConfig as { readonly HistoricalDataPathList?: readonly string[] } | undefined;
    const own = buckets === undefined ? undefined : ownGeneration(s3?.HistoricalDataPathList, buckets.own);
    if (own === undefined) return undefined;
    try {
        return await historyDigest(objects, own);
    } catch (error) {
        if (error instanceof RecordError) return undefined;
        throw error;
    }
}

interface Start {
    readonly path: keyof typeof starts;
    readonly history: string | undefined;
}

/** The record of a detector that begins to work. The run goes on when it would learn from the same; else it is a new one. */
function started(record: DetectorRecord, { path, history }: Start, context: ApiContext): DetectorRecord {
    const { metricSet, failure: _failure, history: learned, ...rest } = record;
    if (metricSet === undefined)
        throw invalid("The anomaly detector has no metric set; create one before starting it.");
    const s3 = metricSet.source.S3SourceConfig as Partial<Record<typeof path, readonly string[]>> | undefined;
    if (s3?.[path] === undefined) throw invalid(starts[path].missing);
    const basis = basisOf(metricSet, record.options);
    // What a failed activation left, and how often it was tried, is not gone on with.
    const isSame = basis === record.basis && (history === undefined || history === learned);
    const goesOn = record.run !== undefined && isSame && record.status !== "FAILED";
    const run = goesOn ? record.run : newRun(record, context);
    const from = history === undefined ? {} : { history };
    return { ...rest, ...from, metricSet, basis, run, status: starts[path].status, changedAt: context.now() };
}

/** What a run learned from; when it changes, the detector learns anew. */
function basisOf(metricSet: MetricSetRecord, options: DetectorRecord["options"]): string {
    const { measures, dimensions, timestamp, interval, timeZone, source, filters } = metricSet;
    const ratios = ratiosOf(options);
    const parts = [measures, dimensions, timestamp ?? null, interval, timeZone, source, filters ?? null];
    // Not there without ratios, so that what was learned before there were options is not learned anew.
    if (Object.keys(ratios).length > 0) parts.push(ratios);
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/**
 * An id that no run of this or an earlier detector of the name has had: when it began and a number that grows, for people, then something
 * random, since a clock can stand still.
 */
function newRun(record: DetectorRecord, context: ApiContext): string {
    const [, last = "0"] = /^[^-]*-(\d+)/.exec(record.run ?? "") ?? [];
    const began = Math.floor(context.now()).toString(36);
    return `${began}-${Number(last) + 1}-${newIdOf(context).slice(0, 8)}`;
}
