import { z } from "zod";
import { alertAction, alertFilters } from "./alertMembers";
import {
    arn,
    description,
    detectorArn,
    dimensionValue,
    frequency,
    groupId,
    intervalTime,
    isUnique,
    kmsKeyArn,
    measureName,
    name,
    offset,
    paging,
    tagKeys,
    tags,
    threshold,
    timeSeriesId,
    timeZone,
} from "./members";
import { metricSource, sampleSource, undescribedSource } from "./sourceMembers";

/* The requests of the API's operations. `members.ts` says what is allowed in each member. */

const metric = z.strictObject({
    MetricName: measureName.max(63),
    AggregationFunction: z.enum(["AVG", "SUM"]),
    Namespace: z.string().min(1).max(255).optional(),
});
const dimensionFilter = z.strictObject({
    Name: name,
    FilterList: z.array(z.strictObject({ DimensionValue: dimensionValue, FilterOperation: z.enum(["EQUALS"]) })).min(1),
});

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
    TimestampColumn: z
        .strictObject({ ColumnName: name, ColumnFormat: z.string().min(1).max(63).optional() })
        .optional(),
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
        .array(dimensionFilter)
        .refine(
            isUnique((item: { Name: string }) => item.Name),
            "names a dimension twice",
        )
        .optional(),
};

const detectorConfig = z.strictObject({ AnomalyDetectorFrequency: frequency });
const alertMembers = {
    AlertDescription: description.optional(),
    AlertSensitivityThreshold: threshold.optional(),
    AlertFilters: alertFilters.optional(),
};
const ofDetector = z.strictObject(detectorArn);
const ofAlert = z.strictObject({ AlertArn: arn });
const ofGroup = { ...detectorArn, AnomalyGroupId: groupId };

/** The request of each operation that a body carries. */
export const requests = {
    CreateAnomalyDetector: z.strictObject({
        AnomalyDetectorName: name,
        AnomalyDetectorDescription: description.optional(),
        AnomalyDetectorConfig: detectorConfig,
        KmsKeyArn: kmsKeyArn.optional(),
        Tags: tags.optional(),
    }),
    DescribeAnomalyDetector: ofDetector,
    ListAnomalyDetectors: z.strictObject(paging),
    UpdateAnomalyDetector: z.strictObject({
        ...detectorArn,
        AnomalyDetectorDescription: description.optional(),
        AnomalyDetectorConfig: detectorConfig.optional(),
        KmsKeyArn: kmsKeyArn.optional(),
    }),
    DeleteAnomalyDetector: ofDetector,
    ActivateAnomalyDetector: ofDetector,
    DeactivateAnomalyDetector: ofDetector,
    BackTestAnomalyDetector: ofDetector,
    CreateMetricSet: z.strictObject({
        ...metricSetMembers,
        ...detectorArn,
        MetricSetName: name,
        MetricList: metricSetMembers.MetricList.unwrap(),
        MetricSource: metricSource,
        Timezone: timeZone.optional(),
        Tags: tags.optional(),
    }),
    DescribeMetricSet: z.strictObject({ MetricSetArn: arn }),
    ListMetricSets: z.strictObject({ AnomalyDetectorArn: arn.optional(), ...paging }),
    UpdateMetricSet: z.strictObject({ ...metricSetMembers, MetricSetArn: arn }),
    CreateAlert: z.strictObject({
        ...alertMembers,
        ...detectorArn,
        AlertName: name,
        Action: alertAction,
        Tags: tags.optional(),
    }),
    DescribeAlert: ofAlert,
    ListAlerts: z.strictObject({ AnomalyDetectorArn: arn.optional(), ...paging }),
    UpdateAlert: z.strictObject({ ...alertMembers, AlertArn: arn, Action: alertAction.optional() }),
    DeleteAlert: ofAlert,
    ListAnomalyGroupSummaries: z.strictObject({ ...detectorArn, ...paging, SensitivityThreshold: threshold }),
    GetAnomalyGroup: z.strictObject(ofGroup),
    ListAnomalyGroupTimeSeries: z.strictObject({ ...ofGroup, ...paging, MetricName: measureName }),
    ListAnomalyGroupRelatedMetrics: z.strictObject({
        ...ofGroup,
        ...paging,
        RelationshipTypeFilter: z.enum(["CAUSE_OF_INPUT_ANOMALY_GROUP", "EFFECT_OF_INPUT_ANOMALY_GROUP"]).optional(),
    }),
    PutFeedback: z.strictObject({
        ...detectorArn,
        AnomalyGroupTimeSeriesFeedback: z.strictObject({
            AnomalyGroupId: groupId,
            TimeSeriesId: timeSeriesId,
            IsAnomaly: z.boolean(),
        }),
    }),
    GetFeedback: z.strictObject({
        ...detectorArn,
        ...paging,
        AnomalyGroupTimeSeriesFeedback: z.strictObject({
            AnomalyGroupId: groupId,
            TimeSeriesId: timeSeriesId.optional(),
        }),
    }),
    DescribeAnomalyDetectionExecutions: z.strictObject({
        ...detectorArn,
        ...paging,
        Timestamp: intervalTime.optional(),
    }),
    GetDataQualityMetrics: z.strictObject({ ...detectorArn, MetricSetArn: arn.optional() }),
    GetSampleData: z.strictObject({ S3SourceConfig: sampleSource }),
    DetectMetricSetConfig: z.strictObject({ ...detectorArn, AutoDetectionMetricSource: undescribedSource }),
} as const;
export type Requests = { [Name in keyof typeof requests]: z.output<(typeof requests)[Name]> };

/** Bodies and queries of the three tag calls. */
export const tagRequests = {
    TagResource: z.strictObject({ tags }),
    UntagResource: z.strictObject({ tagKeys }),
} as const;
