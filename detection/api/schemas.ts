import { z } from "zod";

/*
 * Members of requests and what the API allows in them. The client checks nothing: all is checked here. Members that are not known are
 * passed over.
 */

const name = z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9\-_]*$/);
const measureName = z
    .string()
    .min(1)
    .max(256)
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9\-_:]*$/);
const description = z.string().min(1).max(256).regex(/\S/);
const arn = z
    .string()
    .max(256)
    .regex(/^arn:([a-z\d-]+):.*:.*:.*:.+$/);
const frequency = z.enum(["P1D", "PT1H", "PT10M", "PT5M"]);
const offset = z.int().min(0).max(432_000);
const threshold = z.int().min(0).max(100);
const maxResults = z.int().min(1).max(100).default(100);
const nextToken = z.string().min(1).max(3000).regex(/^\S+$/);
const intervalTime = z.string().max(60);
const groupId = z
    .string()
    .max(63)
    .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/);

/** Tag keys and values. */
const tagText = /^[\p{L}\p{N} _.:/=+@-]*$/u;
const tagKey = z
    .string()
    .min(1)
    .max(128)
    .regex(tagText)
    .regex(/^(?!aws:)/);
export const tags = z
    .record(tagKey, z.string().max(256).regex(tagText))
    .refine((record) => Object.keys(record).length <= 50, "must have at most 50 tags");

const metric = z.object({
    MetricName: measureName.max(63),
    AggregationFunction: z.enum(["AVG", "SUM"]),
    Namespace: z.string().min(1).max(255).optional(),
});
const csvFormat = z.object({
    FileCompression: z.enum(["NONE", "GZIP"]).optional(),
    Charset: z.string().max(63).refine(isCharset, "is not a known character set").optional(),
    ContainsHeader: z.boolean().optional(),
    Delimiter: z
        .string()
        .max(1)
        .regex(/^[^\r\n]*$/)
        .optional(),
    HeaderList: z.array(name).optional(),
    QuoteSymbol: z.string().max(1).optional(),
});
const s3Source = z.object({
    RoleArn: arn.optional(),
    TemplatedPathList: z
        .array(
            z
                .string()
                .max(1024)
                .regex(/^s3:\/\/[a-zA-Z0-9_.\-/ {}=]+$/),
        )
        .length(1)
        .optional(),
    HistoricalDataPathList: z
        .array(
            z
                .string()
                .max(1024)
                .regex(/^s3:\/\/[a-z0-9].+$/),
        )
        .length(1)
        .optional(),
    FileFormatDescriptor: z
        .object({
            CsvFormatDescriptor: csvFormat.optional(),
            JsonFormatDescriptor: z.object({}).optional(),
        })
        .optional(),
});
/** Sources are told apart by their member; those without a reader are refused where they are used. */
const metricSource = z
    .looseObject({ S3SourceConfig: s3Source.optional() })
    .refine((source) => Object.keys(source).length === 1, "must have exactly one source");
export type MetricSource = z.output<typeof metricSource>;

const metricSetMembers = {
    MetricSetDescription: description.optional(),
    MetricList: z
        .array(metric)
        .min(1)
        .refine(
            isUnique((item: { MetricName: string }) => item.MetricName),
            "names a measure twice",
        )
        .optional(),
    Offset: offset.optional(),
    TimestampColumn: z.object({ ColumnName: name, ColumnFormat: z.string().max(63).optional() }).optional(),
    DimensionList: z
        .array(name)
        .min(1)
        .refine(
            isUnique((item: string) => item),
            "names a dimension twice",
        )
        .optional(),
    MetricSetFrequency: frequency.optional(),
    MetricSource: metricSource.optional(),
    DimensionFilterList: z
        .array(
            z.object({
                Name: name,
                FilterList: z
                    .array(z.object({ DimensionValue: z.string(), FilterOperation: z.enum(["EQUALS"]) }))
                    .min(1),
            }),
        )
        .optional(),
};

const detectorArn = { AnomalyDetectorArn: arn };
const paging = { MaxResults: maxResults, NextToken: nextToken.optional() };
const detectorConfig = z.object({ AnomalyDetectorFrequency: frequency });

/** The request of each operation that a body carries. */
export const requests = {
    CreateAnomalyDetector: z.object({
        AnomalyDetectorName: name,
        AnomalyDetectorDescription: description.optional(),
        AnomalyDetectorConfig: detectorConfig,
        KmsKeyArn: z
            .string()
            .min(20)
            .max(2048)
            .regex(/^arn:aws.*:kms:.*:[0-9]{12}:key\/.+$/)
            .optional(),
        Tags: tags.optional(),
    }),
    DescribeAnomalyDetector: z.object(detectorArn),
    ListAnomalyDetectors: z.object(paging),
    UpdateAnomalyDetector: z.object({
        ...detectorArn,
        AnomalyDetectorDescription: description.optional(),
        AnomalyDetectorConfig: detectorConfig.optional(),
        KmsKeyArn: z
            .string()
            .min(20)
            .max(2048)
            .regex(/^arn:aws.*:kms:.*:[0-9]{12}:key\/.+$/)
            .optional(),
    }),
    DeleteAnomalyDetector: z.object(detectorArn),
    ActivateAnomalyDetector: z.object(detectorArn),
    DeactivateAnomalyDetector: z.object(detectorArn),
    CreateMetricSet: z.object({
        ...metricSetMembers,
        ...detectorArn,
        MetricSetName: name,
        MetricList: metricSetMembers.MetricList.unwrap(),
        MetricSource: metricSource,
        Timezone: z.string().max(60).refine(isTimeZone, "is not a known time zone").optional(),
        Tags: tags.optional(),
    }),
    DescribeMetricSet: z.object({ MetricSetArn: arn }),
    ListMetricSets: z.object({ AnomalyDetectorArn: arn.optional(), ...paging }),
    UpdateMetricSet: z.object({ ...metricSetMembers, MetricSetArn: arn }),
    ListAnomalyGroupSummaries: z.object({ ...detectorArn, ...paging, SensitivityThreshold: threshold }),
    GetAnomalyGroup: z.object({ ...detectorArn, AnomalyGroupId: groupId }),
    ListAnomalyGroupTimeSeries: z.object({
        ...detectorArn,
        ...paging,
        AnomalyGroupId: groupId,
        MetricName: measureName,
    }),
    DescribeAnomalyDetectionExecutions: z.object({ ...detectorArn, ...paging, Timestamp: intervalTime.optional() }),
} as const;
export type Requests = { [Name in keyof typeof requests]: z.output<(typeof requests)[Name]> };

/** Requests of the calls beside the old API, under `/lookout/v1`. */
export const ownRequests = {
    advance: z.object(detectorArn),
    explain: z.object({
        ...detectorArn,
        MetricName: measureName,
        Dimensions: z.record(z.string(), z.string()).default({}),
        StartTime: intervalTime,
        EndTime: intervalTime,
    }),
} as const;

/** Bodies and queries of the three tag calls. */
export const tagRequests = {
    TagResource: z.object({ tags }),
    UntagResource: z.object({ tagKeys: z.array(z.string().min(1).max(128)).min(1).max(50) }),
} as const;

function isUnique<T>(keyOf: (item: T) => string): (items: T[]) => boolean {
    return (items) => new Set(items.map(keyOf)).size === items.length;
}

function isTimeZone(zone: string): boolean {
    try {
        new Intl.DateTimeFormat("en-US", { timeZone: zone });
        return true;
    } catch {
        return false;
    }
}

function isCharset(charset: string): boolean {
    try {
        new TextDecoder(charset);
        return true;
    } catch {
        return false;
    }
}
