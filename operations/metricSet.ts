import type { CreateMetricSetCommandInput } from "@aws-sdk/client-lookoutmetrics";
import { backtestPrefix, livePrefix } from "../pipeline/objectLayout";
import type { ExtractionSpec } from "../pipeline/records";

/** A metric set over what the pipeline extracts, in the API's own words. */
export type MetricSetShape = {
    readonly [
        Key in
            | "MetricList"
            | "DimensionList"
            | "TimestampColumn"
            | "MetricSetFrequency"
            | "Offset"
            | "Timezone"
            | "MetricSource"
    ]: NonNullable<CreateMetricSetCommandInput[Key]>;
};

/** How every source writes timestamps, whatever the database's own form. */
const extractedFormat = "yyyy-MM-dd HH:mm:ss";

/** Which of the stack's data a metric set reads. */
export interface MetricSetData {
    readonly bucket: string;
    /** Logical name of the detector. */
    readonly detector: string;
    readonly generation: string;
    readonly spec: ExtractionSpec;
    readonly offsetSeconds: number;
}

/** The metric set of one generation. */
export function metricSetOf({ bucket, detector, generation, spec, offsetSeconds }: MetricSetData): MetricSetShape {
    return {
        MetricList: spec.measures.map(({ name, aggregation }) => ({
            MetricName: name,
            AggregationFunction: aggregation,
        })),
        DimensionList: [...spec.dimensions],
        TimestampColumn: { ColumnName: spec.timestamp.column, ColumnFormat: extractedFormat },
        MetricSetFrequency: spec.interval,
        Offset: offsetSeconds,
        Timezone: spec.timeZone,
        MetricSource: {
            S3SourceConfig: {
                HistoricalDataPathList: [historicalPath(bucket, detector, generation)],
                TemplatedPathList: [`s3://${bucket}/${livePrefix(detector)}{{yyyyMMdd}}/{{HHmm}}/`],
                FileFormatDescriptor: {
                    CsvFormatDescriptor: {
                        FileCompression: "NONE",
                        Charset: "UTF-8",
                        ContainsHeader: true,
                        Delimiter: ",",
                        QuoteSymbol: '"',
                    },
                },
            },
        },
    };
}

/** Where a generation's history lies; a metric set that names it reads that generation. */
export const historicalPath = (bucket: string, detector: string, generation: string): string =>
    `s3://${bucket}/${backtestPrefix(detector, generation)}`;
