import { z } from "zod";
import { notFound } from "../errors";
import { detectorArn, groupId } from "../members";
import { readRun } from "../readRun";
import { ownCall } from "./call";
import { wholeGroup, wholeGroupOf } from "./groupShapes";

export const getGroup = ownCall({
    summary: "One anomaly group with its causes and the metrics that it affects",
    description: "Also answers to `GET /lookout/v1/detectors/{name}/groups/{id}`, for links.",
    request: z.strictObject({ ...detectorArn, AnomalyGroupId: groupId }),
    answer: z.object({ group: wholeGroup }),
    handle: (context, { AnomalyDetectorArn, AnomalyGroupId }) =>
        readRun(context, AnomalyDetectorArn, async (run) => {
            const group = await run?.groups.find(run.progress, AnomalyGroupId.toLowerCase());
            if (run === undefined || group === undefined) throw notFound("AnomalyGroup", AnomalyGroupId);
            return { group: wholeGroupOf(run.metricSet, group) };
        }),
});
