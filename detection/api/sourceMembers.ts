import { z } from "zod";
import { arn, charset, name } from "./members";

/* Where a metric set's rows come from, as requests say it. */

const compression = z.enum(["NONE", "GZIP"]);
const csvFormat = z.strictObject({
    FileCompression: compression.optional(),
    Charset: charset.optional(),
    ContainsHeader: z.boolean().optional(),
    Delimiter: z
        .string()
        .max(1)
        .regex(/^[^\r\n]*$/)
        .optional(),
    HeaderList: z.array(name).optional(),
    QuoteSymbol: z
        .string()
        .max(1)
        .regex(/^[^\r\n]*$/)
        .optional(),
});
const jsonFormat = z.strictObject({ FileCompression: compression.optional(), Charset: charset.optional() });
const fileFormat = z
    .strictObject({ CsvFormatDescriptor: csvFormat.optional(), JsonFormatDescriptor: jsonFormat.optional() })
    .refine((format) => Object.keys(format).length <= 1, "must have one format");

/** A bucket as S3 lets one be called: 3 to 63 small letters, digits, dots and hyphens. */
const bucket = /s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.source;
/** Template keys, `{{yyyy}}`, stand after the bucket only. */
const templatedPath = z
    .string()
    .max(1024)
    .regex(new RegExp(`^${bucket}(?:/[a-zA-Z0-9_.\\-/ {}=]*)?$`));
const historicalPath = z
    .string()
    .max(1024)
    .regex(new RegExp(`^${bucket}(?:/.*)?$`));
const paths = {
    TemplatedPathList: z.array(templatedPath).length(1).optional(),
    HistoricalDataPathList: z.array(historicalPath).length(1).optional(),
};

export const s3Source = z.strictObject({
    RoleArn: arn.optional(),
    ...paths,
    FileFormatDescriptor: fileFormat.optional(),
});
export type S3Source = z.output<typeof s3Source>;

/** As `GetSampleData` names it: the format has to be said. */
export const sampleSource = s3Source.required({ FileFormatDescriptor: true });

/** As `DetectMetricSetConfig` names it: the format is what is asked. */
export const undescribedSource = z.strictObject({ S3SourceConfig: z.strictObject(paths) });

const elsewhere = z.record(z.string(), z.unknown()).optional();

/** Exactly one source. Those that the service has no reader for are known by name, and refused where they would be used. */
export const metricSource = z
    .strictObject({
        S3SourceConfig: s3Source.optional(),
        AppFlowConfig: elsewhere,
        AthenaSourceConfig: elsewhere,
        CloudWatchConfig: elsewhere,
        RDSSourceConfig: elsewhere,
        RedshiftSourceConfig: elsewhere,
    })
    .refine((source) => Object.keys(source).length === 1, "must have exactly one source");
export type MetricSource = z.output<typeof metricSource>;
