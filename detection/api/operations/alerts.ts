import { z } from "zod";
import { ownedBy } from "../../store/creation";
import { openAlerts, type AlertRecord, type AlertTarget } from "../../store/alerts";
import type { DetectorRecord } from "../../store/records";
import type { AlertAction, AlertFilters } from "../alertMembers";
import { alertArn, detectorArn } from "../arns";
import { limitsOf, mustReadAlert, mustReadDetector, newIdOf, ownerOf, type ApiContext } from "../context";
import { conflict, invalidField } from "../errors";
import { overQuota } from "../limits";
import { findIllegal } from "../lifeCycle";
import { makeToken, readToken } from "../paging";
import { requireTarget } from "../permissions";
import { reportDamaged } from "../readDetectors";
import type { Requests } from "../schemas";

/** Severity from which an alert tells when its maker names none. */
const defaultThreshold = 50;

/** Creates an alert, in any state of its detector but while that is being deleted. */
export async function createAlert(context: ApiContext, request: Requests["CreateAlert"]) {
    const owner = await mustReadDetector(context, request.AnomalyDetectorArn);
    refuse("createAlert", owner, context);
    const alerts = openAlerts(context.objects);
    const arn = alertArn(context.place, request.AlertName);
    const target = targetOf(request.Action);
    requireTarget(context, target);
    const filters = filtersOf(request.AlertFilters, owner);
    const taken = (): Error => conflict("Alert", arn, `There is an alert ${arn} already.`);
    const old = await alerts.read(request.AlertName);
    if (old !== undefined && (await ownerOf(context, old)) !== undefined) throw taken();
    const { alerts: most } = limitsOf(context);
    if ((await alerts.of(owner, (error) => reportDamaged(context, error))).length >= most)
        throw overQuota("Alert", arn, `An anomaly detector may have ${most} alerts, and this one has as many.`);
    const now = context.now();
    const record: AlertRecord = {
        version: 1,
        name: request.AlertName,
        id: newIdOf(context),
        detector: owner.name,
        ...ownedBy(owner),
        description: request.AlertDescription,
        threshold: request.AlertSensitivityThreshold ?? defaultThreshold,
        target,
        ...filters,
        createdAt: now,
        changedAt: now,
        tags: request.Tags ?? {},
    };
    // An alert whose detector is gone was left behind by a crash: its name is free.
    const isNew = await alerts.create(record, async (left) => (await ownerOf(context, left)) === undefined);
    if (!isNew) throw taken();
    return { AlertArn: arn };
}

export async function describeAlert(context: ApiContext, request: Requests["DescribeAlert"]) {
    const { alert } = await mustReadAlert(context, request.AlertArn);
    return {
        Alert: {
            ...summaryOf(context, alert),
            Action: actionOf(alert.target),
            AlertDescription: alert.description,
            AlertFilters: shownFilters(alert),
        },
    };
}

/** By name; of one detector, or of all. */
export async function listAlerts(context: ApiContext, request: Requests["ListAlerts"]) {
    const { AnomalyDetectorArn: arn, MaxResults: size } = request;
    const subject = `ListAlerts ${arn ?? ""}`;
    const after = readToken(request.NextToken, { subject, schema: z.string(), now: context.now() }) ?? "";
    const page: AlertRecord[] = [];
    // One more than asked for tells whether there is a next page.
    for await (const alert of alertsAfter(context, arn, after)) if (page.push(alert) > size) break;
    const last = page.length > size ? page[size - 1] : undefined;
    return {
        AlertSummaryList: page.slice(0, size).map((alert) => ({ ...summaryOf(context, alert), Tags: alert.tags })),
        NextToken: last === undefined ? undefined : makeToken(subject, last.name, context.now()),
    };
}

async function* alertsAfter(context: ApiContext, arn: string | undefined, after: string): AsyncGenerator<AlertRecord> {
    const alerts = openAlerts(context.objects);
    const onDamaged = (error: unknown): undefined => void reportDamaged(context, error);
    if (arn !== undefined) {
        const found = await alerts.of(await mustReadDetector(context, arn), onDamaged);
        yield* found.filter(({ name }) => name > after);
        return;
    }
    // By name, as they are paged: the store lists keys, in which "shop-eu.json" comes before "shop.json".
    for (const name of (await alerts.names()).sort()) {
        const alert = name > after ? await alerts.read(name).catch(onDamaged) : undefined;
        const owner = alert && (await ownerOf(context, alert).catch(onDamaged));
        if (alert !== undefined && owner !== undefined) yield alert;
    }
}

/** Changes the members that are given. */
export async function updateAlert(context: ApiContext, request: Requests["UpdateAlert"]) {
    const { alert, owner } = await mustReadAlert(context, request.AlertArn);
    refuse("changeAlert", owner, context);
    const target = request.Action === undefined ? undefined : targetOf(request.Action);
    if (target !== undefined) requireTarget(context, target);
    const filters = request.AlertFilters === undefined ? undefined : filtersOf(request.AlertFilters, owner);
    await openAlerts(context.objects).change(alert.name, (current) => ({
        ...current,
        description: request.AlertDescription ?? current.description,
        threshold: request.AlertSensitivityThreshold ?? current.threshold,
        target: target ?? current.target,
        ...(filters ?? { measures: current.measures, dimensions: current.dimensions }),
        changedAt: context.now(),
    }));
    return { AlertArn: request.AlertArn };
}

/** Deletes an alert; what it has not told yet is told no more. */
export async function deleteAlert(context: ApiContext, request: Requests["DeleteAlert"]) {
    const { alert, owner } = await mustReadAlert(context, request.AlertArn);
    refuse("changeAlert", owner, context);
    await openAlerts(context.objects).remove(alert);
    return {};
}

function refuse(call: "createAlert" | "changeAlert", owner: DetectorRecord, { place }: ApiContext): void {
    const refusal = findIllegal(call, owner.status, detectorArn(place, owner.name));
    if (refusal !== undefined) throw refusal;
}

function targetOf({ SNSConfiguration: sns, LambdaConfiguration: lambda }: AlertAction): AlertTarget {
    return sns !== undefined
        ? { type: "SNS", topicArn: sns.SnsTopicArn, roleArn: sns.RoleArn, format: sns.SnsFormat ?? "JSON" }
        : { type: "LAMBDA", functionArn: lambda!.LambdaArn, roleArn: lambda!.RoleArn };
}

function actionOf(target: AlertTarget) {
    return target.type === "SNS"
        ? { SNSConfiguration: { RoleArn: target.roleArn, SnsTopicArn: target.topicArn, SnsFormat: target.format } }
        : { LambdaConfiguration: { RoleArn: target.roleArn, LambdaArn: target.functionArn } };
}

/** Throws for a filter that names what the metric set does not have: such an alert would never tell anything. */
function filtersOf(
    filters: AlertFilters | undefined,
    { metricSet }: DetectorRecord,
): Pick<AlertRecord, "measures" | "dimensions"> {
    const { MetricList: measures, DimensionFilterList: dimensions } = filters ?? {};
    const stranger = measures?.find((name) => !metricSet?.measures.some((measure) => measure.name === name));
    if (stranger !== undefined)
        throw invalidField("AlertFilters.MetricList", `names "${stranger}", which is no measure of the metric set`);
    const other = dimensions?.find(({ DimensionName }) => !metricSet?.dimensions.includes(DimensionName));
    if (other !== undefined)
        throw invalidField(
            "AlertFilters.DimensionFilterList",
            `names "${other.DimensionName}", which is no dimension of the metric set`,
        );
    return {
        measures,
        dimensions: dimensions?.map(({ DimensionName, DimensionValueList }) => ({
            dimension: DimensionName,
            values: DimensionValueList,
        })),
    };
}

function shownFilters({ measures, dimensions }: AlertRecord) {
    if (measures === undefined && dimensions === undefined) return undefined;
    return {
        MetricList: measures,
        DimensionFilterList: dimensions?.map(({ dimension, values }) => ({
            DimensionName: dimension,
            DimensionValueList: values,
        })),
    };
}

function summaryOf({ place }: ApiContext, alert: AlertRecord) {
    return {
        AlertArn: alertArn(place, alert.name),
        AnomalyDetectorArn: detectorArn(place, alert.detector),
        AlertName: alert.name,
        AlertSensitivityThreshold: alert.threshold,
        AlertType: alert.target.type,
        AlertStatus: "ACTIVE",
        CreationTime: alert.createdAt / 1000,
        LastModificationTime: alert.changedAt / 1000,
    };
}
