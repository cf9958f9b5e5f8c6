import { z } from "zod";
import { newestFirst } from "../../store/groupSummary";
import type { DetectorRecord } from "../../store/records";
import { detectorArn, detectorNameOf, type Place } from "../arns";
import { limitsOf, mustReadDetector, newIdOf, type ApiContext } from "../context";
import { conflict } from "../errors";
import { overQuota } from "../limits";
import { findIllegal, type Call } from "../lifeCycle";
import { makeToken, pageAfter, readToken } from "../paging";
import { readDetectors } from "../readDetectors";
import type { Requests } from "../schemas";

/** Creates a detector that does nothing yet. */
export async function createAnomalyDetector(context: ApiContext, request: Requests["CreateAnomalyDetector"]) {
    const arn = detectorArn(context.place, request.AnomalyDetectorName);
    const { detectors: most } = limitsOf(context);
    const names = await context.detectors.names();
    if (names.length >= most && !names.includes(request.AnomalyDetectorName))
        throw overQuota("AnomalyDetector", arn, `The service holds ${most} anomaly detectors, and takes no more.`);
    const now = context.now();
    const isNew = await context.detectors.create({
        version: 1,
        name: request.AnomalyDetectorName,
        id: newIdOf(context),
        description: request.AnomalyDetectorDescription,
        interval: request.AnomalyDetectorConfig.AnomalyDetectorFrequency,
        kmsKeyArn: request.KmsKeyArn,
        createdAt: now,
        changedAt: now,
        tags: request.Tags ?? {},
        status: "INACTIVE",
    });
    if (!isNew) throw conflict("AnomalyDetector", arn, `There is an anomaly detector ${arn} already.`);
    return { AnomalyDetectorArn: arn };
}

export async function describeAnomalyDetector(context: ApiContext, request: Requests["DescribeAnomalyDetector"]) {
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    return {
        ...summaryOf(context.place, record),
        AnomalyDetectorConfig: { AnomalyDetectorFrequency: record.interval },
        FailureReason: record.failure?.reason,
        FailureType: record.failure?.type,
        KmsKeyArn: record.kmsKeyArn,
    };
}

/** Newest first. */
export async function listAnomalyDetectors(context: ApiContext, request: Requests["ListAnomalyDetectors"]) {
    const subject = "ListAnomalyDetectors";
    const after = readToken(request.NextToken, { subject, schema: z.string(), now: context.now() });
    // The order is that of creation, which only the records tell.
    const found = await readDetectors(context, await context.detectors.names());
    const records = found.sort((a, b) =>
        newestFirst({ start: a.createdAt, id: a.name }, { start: b.createdAt, id: b.name }),
    );
    const { page, next } = pageAfter(records, newestFirstKey, { after, size: request.MaxResults });
    return {
        AnomalyDetectorSummaryList: page.map((record) => ({
            ...summaryOf(context.place, record),
            Tags: record.tags,
        })),
        NextToken: next === undefined ? undefined : makeToken(subject, next, context.now()),
    };
}

/** Text that sorts the newest creation first, then by name. */
function newestFirstKey({ createdAt, name }: { readonly createdAt: number; readonly name: string }): string {
    return `${String(1e15 - Math.floor(createdAt)).padStart(16, "0")} ${name}`;
}

export async function updateAnomalyDetector(context: ApiContext, request: Requests["UpdateAnomalyDetector"]) {
    const interval = request.AnomalyDetectorConfig?.AnomalyDetectorFrequency;
    const arn = await changeDetector(context, request.AnomalyDetectorArn, (record) => {
        if (interval !== undefined && interval !== record.interval) refuse("changeInterval", record, context);
        if (request.KmsKeyArn !== undefined && request.KmsKeyArn !== record.kmsKeyArn)
            refuse("changeKey", record, context);
        refuse("describeAnew", record, context);
        return {
            ...record,
            description: request.AnomalyDetectorDescription ?? record.description,
            interval: interval ?? record.interval,
            kmsKeyArn: request.KmsKeyArn ?? record.kmsKeyArn,
            metricSet: record.metricSet && { ...record.metricSet, interval: interval ?? record.interval },
            changedAt: context.now(),
        };
    });
    return { AnomalyDetectorArn: arn };
}

/** Deletes the detector with its metric set and all that it learned and found; when this answers, it is gone. */
export async function deleteAnomalyDetector(context: ApiContext, request: Requests["DeleteAnomalyDetector"]) {
    await changeDetector(context, request.AnomalyDetectorArn, (record) => {
        refuse("delete", record, context);
        return { ...record, status: "DELETING", changedAt: context.now() };
    });
    await context.detectors.remove(detectorNameOf(context.place, request.AnomalyDetectorArn)!);
    return {};
}

/** Changes a detector that an ARN names; gives the ARN. Throws ResourceNotFoundException when there is none. */
export async function changeDetector(
    context: ApiContext,
    arn: string,
    change: (record: DetectorRecord) => DetectorRecord,
): Promise<string> {
    const { name } = await mustReadDetector(context, arn);
    await context.detectors.change(name, change);
    return arn;
}

/** Throws what the API answers to a call that the detector's state does not allow. */
export function refuse(call: Call, record: DetectorRecord, { place }: ApiContext): void {
    const refusal = findIllegal(call, record.status, detectorArn(place, record.name));
    if (refusal !== undefined) throw refusal;
}

function summaryOf(place: Place, record: DetectorRecord) {
    return {
        AnomalyDetectorArn: detectorArn(place, record.name),
        AnomalyDetectorName: record.name,
        AnomalyDetectorDescription: record.description,
        CreationTime: record.createdAt / 1000,
        LastModificationTime: record.changedAt / 1000,
        Status: record.status,
    };
}
