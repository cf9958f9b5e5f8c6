import { z } from "zod";
import { mustReadDetector } from "../context";
import { detectorArn } from "../members";
import { ownCall } from "./call";

export const advance = ownCall({
    summary: "Scores what has been committed since",
    description: "Answers when the work is accepted, not when it is done. Calling it once too often does no harm.",
    request: z.strictObject(detectorArn),
    answer: z.object({}),
    status: 202,
    handle: async (context, request) => {
        const { name } = await mustReadDetector(context, request.AnomalyDetectorArn);
        await context.dispatch({ job: "advance", detector: name });
        return {};
    },
});
