import { openAlerts } from "../../store/alerts";
import { alertNameOf, parseArn } from "../arns";
import { mustReadAlert, type ApiContext } from "../context";
import { invalid, invalidField, notFound } from "../errors";

type Tags = Readonly<Record<string, string>>;

/** Something that has tags. */
interface Tagged {
    readonly tags: Tags;
    /** Changes the tags as they are then, which may be others than those read. */
    change(change: (before: Tags) => Tags): Promise<unknown>;
}

const mostTags = 50;

export async function listTagsForResource(context: ApiContext, arn: string) {
    return { Tags: (await mustReadTagged(context, arn)).tags };
}

/** Adds tags, over those of the same keys. */
export async function tagResource(context: ApiContext, arn: string, tags: Tags): Promise<void> {
    const tagged = await mustReadTagged(context, arn);
    await tagged.change((before) => {
        const after = { ...before, ...tags };
        const count = Object.keys(after).length;
        if (count > mostTags) throw invalid(`A resource may have ${mostTags} tags; this would make ${count}.`);
        return after;
    });
}

/** Takes tags away; keys that are not there are passed over. */
export async function untagResource(context: ApiContext, arn: string, keys: readonly string[]): Promise<void> {
    const tagged = await mustReadTagged(context, arn);
    await tagged.change((before) => Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key))));
}

/** The detector, metric set or alert that an ARN names. Throws ResourceNotFoundException, or ValidationException for no such ARN. */
async function mustReadTagged(context: ApiContext, arn: string): Promise<Tagged> {
    if (!/^arn:[a-z\d-]+:lookoutmetrics:/.test(arn) || arn.length > 256)
        throw invalidField("ResourceArn", "is not an ARN of this service");
    return arn.includes(":Alert:") ? taggedAlert(context, arn) : taggedDetector(context, arn);
}

async function taggedAlert(context: ApiContext, arn: string): Promise<Tagged> {
    if (alertNameOf(context.place, arn) === undefined) throw notFound("Alert", arn);
    const { alert } = await mustReadAlert(context, arn);
    return {
        tags: alert.tags,
        change: (change) =>
            openAlerts(context.objects).change(alert.name, (current) => ({ ...current, tags: change(current.tags) })),
    };
}

async function taggedDetector(context: ApiContext, arn: string): Promise<Tagged> {
    const named = parseArn(context.place, arn);
    const record = named === undefined ? undefined : await context.detectors.read(named.detector);
    const name = named?.metricSet;
    const metricSet = name !== undefined && record?.metricSet?.name === name ? record.metricSet : undefined;
    if (record === undefined || (name !== undefined && metricSet === undefined))
        throw notFound(arn.includes(":MetricSet/") ? "MetricSet" : "AnomalyDetector", arn);
    return {
        tags: (metricSet ?? record).tags,
        change: (change) =>
            context.detectors.change(record.name, (current) => {
                if (name === undefined) return { ...current, tags: change(current.tags) };
                if (current.metricSet?.name !== name) throw notFound("MetricSet", arn);
                return { ...current, metricSet: { ...current.metricSet, tags: change(current.metricSet.tags) } };
            }),
    };
}
