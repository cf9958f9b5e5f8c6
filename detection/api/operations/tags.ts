import { parseArn } from "../arns";
import { type ApiContext } from "../context";
import { invalid, invalidField, notFound } from "../errors";
import type { DetectorRecord } from "../../store/records";

type Tags = Readonly<Record<string, string>>;

const mostTags = 50;

export async function listTagsForResource(context: ApiContext, arn: string) {
    const { record, isMetricSet } = await mustReadTagged(context, arn);
    return { Tags: (isMetricSet ? record.metricSet?.tags : record.tags) ?? {} };
}

/** Adds tags, over those of the same keys. */
export async function tagResource(context: ApiContext, arn: string, tags: Tags): Promise<void> {
    await changeTags(context, arn, (before) => ({ ...before, ...tags }));
}

/** Takes tags away; keys that are not there are passed over. */
export async function untagResource(context: ApiContext, arn: string, keys: readonly string[]): Promise<void> {
    await changeTags(context, arn, (before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))),
    );
}

async function changeTags(context: ApiContext, arn: string, change: (before: Tags) => Tags): Promise<void> {
    const { record: found, isMetricSet } = await mustReadTagged(context, arn);
    await context.detectors.change(found.name, (record) => {
        const { metricSet } = record;
        const tags = change((isMetricSet ? metricSet?.tags : record.tags) ?? {});
        if (Object.keys(tags).length > mostTags)
            throw invalid(`A resource may have ${mostTags} tags; this would make ${Object.keys(tags).length}.`);
        if (!isMetricSet) return { ...record, tags };
        return metricSet === undefined ? record : { ...record, metricSet: { ...metricSet, tags } };
    });
}

async function mustReadTagged(
    context: ApiContext,
    arn: string,
): Promise<{ readonly record: DetectorRecord; readonly isMetricSet: boolean }> {
    if (!/^arn:[a-z\d-]+:lookoutmetrics:/.test(arn)) throw invalidField("ResourceArn", "is not an ARN of this service");
    const named = parseArn(context.place, arn);
    const record = named === undefined ? undefined : await context.detectors.read(named.detector);
    const isMetricSet = named?.metricSet !== undefined;
    if (record === undefined || (isMetricSet && record.metricSet?.name !== named.metricSet))
        throw notFound(arn.includes(":MetricSet/") ? "MetricSet" : "AnomalyDetector", arn);
    return { record, isMetricSet };
}
