import { DescribeAnomalyDetectorCommand, paginateListAnomalyGroupSummaries } from "@aws-sdk/client-lookoutmetrics";
import type { Context } from "./context";
import { severityThreshold } from "./sample";

/** A detector of the stack that is not compared with the truth: nothing is known of its data. */
export interface OtherDetector {
    readonly detector: string;
    /** As the API has it. */
    readonly status: string;
    /** Anomaly groups from the demo's threshold on. */
    readonly groups: number;
}

/** What the stack's other detectors came to. */
export async function readOthers(
    { detection: { api }, outputs }: Context,
    names: readonly string[],
): Promise<OtherDetector[]> {
    const found: OtherDetector[] = [];
    for (const detector of names) {
        const arn = outputs.detectorArns[detector];
        const { Status: status = "" } = await api.send(new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }));
        let groups = 0;
        const asked = { AnomalyDetectorArn: arn, SensitivityThreshold: severityThreshold };
        for await (const { AnomalyGroupSummaryList: page = [] } of paginateListAnomalyGroupSummaries(
            { client: api },
            asked,
        ))
            groups += page.length;
        found.push({ detector, status, groups });
    }
    return found;
}
