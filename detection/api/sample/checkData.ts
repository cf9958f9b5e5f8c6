import type { MetricSetRecord } from "../../store/records";
import { columnsFound } from "../../worker/headerText";
import { PackingError } from "../../worker/objectText";
import { renderTemplate } from "../../worker/pathTemplate";
import { isJsonLines } from "../../worker/rowFormat";
import { ownGeneration } from "../../worker/s3Path";
import { formatOf, ownTimestampFormat } from "../../worker/sources";
import { timestampReader, type TimestampReader } from "../../worker/timestampFormat";
import type { ApiContext } from "../context";
import { ApiError, invalid, invalidField } from "../errors";
import type { S3Source } from "../sourceMembers";
import { findObjects } from "./objects";
import { sampleRows, type SampleRows } from "./rows";

/** Rows that are looked at. */
const mostRows = 10;

/**
 * Compares a metric set with the first rows of its data, as far as there are any: throws ValidationException for a format or a template that
 * nobody understands, a column that is not there, and timestamps of another format. What cannot be read yet is checked at activation.
 */
export async function checkData(context: ApiContext, metricSet: MetricSetRecord, detector: string): Promise<void> {
    const { S3SourceConfig: source } = metricSet.source as { S3SourceConfig?: S3Source };
    const { column = "", format = ownTimestampFormat } = metricSet.timestamp ?? {};
    const read = understood("TimestampColumn.ColumnFormat", () => timestampReader(format, metricSet.timeZone));
    for (const path of source?.TemplatedPathList ?? [])
        understood("MetricSource.S3SourceConfig.TemplatedPathList", () =>
            renderTemplate(path, context.now(), metricSet.timeZone),
        );
    if (source === undefined) return;
    // What the pipeline writes is as the pipeline writes it, and it may come later.
    if (context.buckets !== undefined && ownGeneration(source.HistoricalDataPathList, context.buckets.own)) return;
    const sample = await readSample(context, source, detector);
    if (sample === undefined || sample.rows.length === 0) return;
    requireColumns(sample, metricSet, sample.isJson);
    requireTimestamps(sample, column, read);
}

function understood<T>(member: string, act: () => T): T {
    try {
        return act();
    } catch (error) {
        if (error instanceof RangeError) throw invalidField(member, `is not understood: ${error.message}`);
        throw error;
    }
}

/** The first rows; undefined when there are none that can be read. */
async function readSample(
    context: ApiContext,
    source: S3Source,
    detector: string,
): Promise<(SampleRows & { readonly isJson: boolean }) | undefined> {
    if (context.buckets === undefined) return undefined;
    try {
        const [object] = await findObjects(context, source, { detector, most: 1 });
        const format = formatOf(source.FileFormatDescriptor, "sample");
        if (object === undefined) return undefined;
        return { ...(await sampleRows(object, format, mostRows)), isJson: isJsonLines(format) };
    } catch (error) {
        if (error instanceof PackingError) throw invalid(`${error.message}.`);
        if (error instanceof ApiError && error.type !== "ValidationException") throw error;
        // No bucket yet, no permission yet: the activation will tell, when it counts.
        return undefined;
    }
}

/** A JSON object may leave out a measure that has no value. */
function requireColumns({ header }: SampleRows, { timestamp, dimensions, measures }: MetricSetRecord, isJson: boolean) {
    const needed = [timestamp?.column ?? "", ...dimensions, ...(isJson ? [] : measures.map(({ name }) => name))];
    const missing = needed.find((name) => !header.includes(name));
    if (missing !== undefined)
        throw invalid(`The data have no column "${missing}"; they have ${columnsFound(header)}.`);
}

function requireTimestamps({ header, rows }: SampleRows, column: string, read: TimestampReader): void {
    const at = header.indexOf(column);
    if (rows.every((row) => Number.isNaN(read(row[at] ?? ""))))
        throw invalid(
            "Timestamp Column values inside file provided in S3 path do not match provided timestamp format.",
        );
}
