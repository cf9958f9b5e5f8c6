import { z } from "zod";
import type { DetectorStatus, MetricSetRecord } from "../../store/records";
import { invalid } from "../errors";
import { detectorArn } from "../members";
import { readRun, type ReadRun } from "../readRun";
import { ownCall } from "./call";
import { countRows, mostObjects, mostRows, type Counted } from "./countRows";

const answer = z.object({
    metrics: z.int().describe("Measures times combinations: what the old service billed, and what limits apply to."),
    measures: z.int(),
    combinations: z.int().describe("Combinations of dimension values that occur."),
    dimensions: z.array(z.object({ name: z.string(), values: z.int().describe("Distinct values.") })),
    rows: z.int().optional().describe("Rows that were read for it; absent for a detector that has learned."),
    isComplete: z.boolean().describe("False when there is more data than was read: then there may be more metrics."),
    sentence: z.string(),
});

/** States in which the metric set cannot have changed since the run began, so that what it found counts. */
const running: readonly DetectorStatus[] = ["LEARNING", "ACTIVE", "BACK_TEST_ACTIVE", "BACK_TEST_COMPLETE"];

export const countMetrics = ownCall({
    summary: "How many metrics a detector has, or will have once it is activated",
    description:
        "Before activation it reads the metric set's history as learning would, oldest first, at most " +
        `${mostRows} rows or ${mostObjects} objects of it, and keeps nothing.`,
    request: z.strictObject(detectorArn),
    answer,
    handle: (context, { AnomalyDetectorArn }) =>
        readRun(context, AnomalyDetectorArn, async (run, { name, status, metricSet }) => {
            if (metricSet === undefined)
                throw invalid("The anomaly detector has no metric set; create one before counting its metrics.");
            const isKnown = run !== undefined && running.includes(status);
            const counted = isKnown ? await ofRun(run) : await countRows(context, name, metricSet);
            return shown(metricSet, counted);
        }),
});

async function ofRun({ store, progress }: ReadRun): Promise<Omit<Counted, "rows">> {
    return { combinations: await store.combinations(progress), isComplete: true };
}

function shown(
    { measures, dimensions }: MetricSetRecord,
    { combinations, isComplete, rows }: Omit<Counted, "rows"> & { readonly rows?: number },
) {
    const metrics = measures.length * combinations.length;
    const most = isComplete ? "" : "at least ";
    return {
        metrics,
        measures: measures.length,
        combinations: combinations.length,
        dimensions: dimensions.map((name, d) => ({
            name,
            values: new Set(combinations.map((values) => values[d])).size,
        })),
        ...(rows === undefined ? {} : { rows }),
        isComplete,
        sentence: `${measures.length} measures times ${most}${combinations.length} combinations of dimension values are ${most}${metrics} metrics`,
    };
}
