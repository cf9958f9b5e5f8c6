import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { detectorArn as arnOf, detectorNameOf } from "../arns";
import type { OptionsRecord } from "../../store/optionsRecord";
import { mustReadDetector } from "../context";
import { conflict, invalid, notFound } from "../errors";
import { findIllegal } from "../lifeCycle";
import { detectorArn } from "../members";
import { ownCall } from "./call";
import { ratiosOf } from "./ratios";
import { options, optionsRecordOf, shownOptionsOf } from "./optionShapes";

const none: OptionsRecord = { measures: {}, events: [] };

export const getOptions = ownCall({
    summary: "What was said of a detector's measures and of known events",
    description: "A detector of which nothing was said has no measures and no events in its options.",
    request: z.strictObject(detectorArn),
    answer: z.object({ options }),
    handle: async (context, { AnomalyDetectorArn }) => {
        const record = await mustReadDetector(context, AnomalyDetectorArn);
        return { options: shownOptionsOf(record.options ?? none) };
    },
});

export const putOptions = ownCall({
    summary: "Says what the data cannot tell: direction, minimum effect, sensitivity, ratios, known events",
    description:
        "Takes the place of all options that were given before; needs a metric set, whose names it uses. Counts from the next interval " +
        "that is scored, and is no reason to learn anew. A ratio is: it can change only while the metric set can, before the detector is " +
        "activated or after it is deactivated, and the next activation learns anew.",
    request: z.strictObject({ ...detectorArn, Options: options }),
    answer: z.object({ options }),
    handle: async (context, { AnomalyDetectorArn, Options }) => {
        const name = detectorNameOf(context.place, AnomalyDetectorArn);
        if (name === undefined) throw notFound("AnomalyDetector", AnomalyDetectorArn);
        await mustReadDetector(context, AnomalyDetectorArn);
        const changed = await context.detectors.change(name, (record) => {
            const arn = arnOf(context.place, name);
            if (record.metricSet === undefined)
                throw invalid("The anomaly detector has no metric set; create one before naming its measures.");
            const wanted = optionsRecordOf(Options, record.metricSet);
            if (isDeepStrictEqual(wanted, record.options ?? none)) return record;
            const hasNewRatios = !isDeepStrictEqual(ratiosOf(wanted), ratiosOf(record.options));
            const refusal = findIllegal(hasNewRatios ? "changeRatios" : "describeAnew", record.status, arn);
            if (refusal !== undefined) throw conflict("AnomalyDetector", arn, refusal.message);
            return { ...record, options: wanted, changedAt: context.now() };
        });
        return { options: shownOptionsOf(changed.options ?? none) };
    },
});
