import { z } from "zod";
import { learnedDelaySeconds } from "../../../pipeline/arrival";
import { arrivalEvent } from "../../../pipeline/arrivalRecord";
import { readArrival } from "../../../pipeline/noteArrival";
import type { DetectorRecord } from "../../store/records";
import { ownGeneration } from "../../worker/s3Path";
import type { ApiContext } from "../context";
import { severity, time, timeOf } from "./ownMembers";

/** How a detector's rows come. */
export const arrival = z.object({
    offsetSeconds: z.int().describe("Configured: how long after a window's end it is extracted."),
    learnedDelaySeconds: z
        .int()
        .optional()
        .describe(
            "Learned: how long after a window's end its rows were there, in 95 of 100 windows, as extractions saw it. Absent before twenty windows.",
        ),
    changedWindows: z.int().describe("Windows whose rows were other ones when they were extracted again."),
    events: z
        .array(
            z.object({
                startTime: time.describe("Start of the window."),
                kind: arrivalEvent.shape.kind,
                rows: z.int(),
                usual: z.number().describe("Rows that such a window usually has."),
                severity,
            }),
        )
        .describe("Windows whose rows did not come as usual, the latest last."),
    isMissing: z.boolean().describe("True while rows of the newest window are missing."),
});
export type Arrival = z.output<typeof arrival>;

interface S3Source {
    readonly HistoricalDataPathList?: readonly string[];
}

/** How the rows come that the stack itself extracts; undefined for data that others write, and before the first live window. */
export async function readShownArrival(
    { objects, buckets }: ApiContext,
    { metricSet }: DetectorRecord,
): Promise<Arrival | undefined> {
    const s3 = metricSet?.source.S3SourceConfig as S3Source | undefined;
    const own = buckets === undefined ? undefined : ownGeneration(s3?.HistoricalDataPathList, buckets.own);
    if (metricSet === undefined || own === undefined) return undefined;
    const record = await readArrival(objects, own.detector, own.generation);
    if (record === undefined) return undefined;
    const delay = learnedDelaySeconds(record);
    const recent = record.recent.filter(({ firstAt, changedAt }) => changedAt > firstAt).length;
    return {
        offsetSeconds: metricSet.offsetSeconds,
        ...(delay === undefined ? {} : { learnedDelaySeconds: delay }),
        changedWindows: record.changed + recent,
        events: record.events.map(({ window, kind, rows, usual, severity }) => ({
            startTime: timeOf(window.start),
            kind,
            rows,
            usual,
            severity,
        })),
        isMissing: record.missing !== undefined,
    };
}
