import type { ApiContext } from "../context";
import { mustReadDetector } from "../context";
import { invalid } from "../errors";
import { placeOf } from "../permissions";
import { detectSource } from "../sample/detectSource";
import { findObjects, readable } from "../sample/objects";
import type { S3Source } from "../sourceMembers";
import type { Requests } from "../schemas";

/** Objects that are looked into. */
const mostObjects = 5;

/**
 * How a detector's data seem to be written, and what their columns seem to be, each with how sure it is. The bucket is read with the role
 * of the detector's metric set, where it has one.
 */
export async function detectMetricSetConfig(context: ApiContext, request: Requests["DetectMetricSetConfig"]) {
    const record = await mustReadDetector(context, request.AnomalyDetectorArn);
    const { S3SourceConfig: known } = (record.metricSet?.source ?? {}) as { S3SourceConfig?: S3Source };
    const source = { ...request.AutoDetectionMetricSource.S3SourceConfig, RoleArn: known?.RoleArn };
    const objects = await findObjects(context, source, { detector: record.name, most: mostObjects });
    const path = source.HistoricalDataPathList?.[0] ?? source.TemplatedPathList?.[0] ?? "";
    if (objects.length === 0) throw invalid(`There are no objects below ${path}.`);
    try {
        return { DetectedMetricSetConfig: await detectSource(objects) };
    } catch (error) {
        throw readable(error, placeOf(path).bucket);
    }
}
