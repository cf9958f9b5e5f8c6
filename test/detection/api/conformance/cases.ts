import { alertArn, detectorArn, metricSet, metricSetArn, snsAction, type World } from "./world";

/** Requests of one operation: one that succeeds, and one for each error that depends on the request or on what is there. */
export interface Case {
    readonly succeeds: (world: World) => object;
    /** Members that the answer has, beside the client's metadata; those of the next level by their path. */
    readonly members: readonly string[];
    readonly fails: Partial<Record<string, readonly ((world: World) => object)[]>>;
    /** Errors of the model that the operation never has a reason for, with why. */
    readonly never?: Readonly<Record<string, string>>;
}

const unknownDetector = detectorArn("none");
const noGroup = "00000000-0000-8000-a000-000000000000";
const ofDetector = (name: string) => () => ({ AnomalyDetectorArn: detectorArn(name) });
const ofShop = ofDetector("shop");
const badArns = [() => ({ AnomalyDetectorArn: "shop" }), () => ({ AnomalyDetectorArn: alertArn("told") }), () => ({})];
const onDetector = { ResourceNotFoundException: [ofDetector("none")], ValidationException: badArns };
const onAlert = {
    ResourceNotFoundException: [() => ({ AlertArn: alertArn("none") })],
    ValidationException: [() => ({ AlertArn: detectorArn("shop") }), () => ({})],
};
const paged = { ...onDetector, ValidationException: [...badArns, () => ({ ...ofShop(), MaxResults: 101 })] };
const listed = {
    ResourceNotFoundException: [ofDetector("none")],
    ValidationException: [() => ({ MaxResults: 0 }), () => ({ NextToken: "bm8" }), () => ({ MaxResults: 1.5 })],
};
const orders = metricSetArn("ready", "orders");
const describes = ["AnomalyDetectorArn", "CreationTime", "LastModificationTime"];
const ofGroup = ({ group }: World) => ({ ...ofShop(), AnomalyGroupId: group });
const groupErrors = {
    ResourceNotFoundException: [() => ({ ...ofShop(), AnomalyGroupId: noGroup })],
    ValidationException: [() => ({ ...ofShop(), AnomalyGroupId: "no-uuid" }), ...badArns],
};
const feedback = (world: World, more: object = {}) => ({
    ...ofShop(),
    AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId: world.group, ...more },
});
const sample = metricSet.MetricSource.S3SourceConfig;
const tagged = (ResourceArn: string) => ({ ResourceArn });
const tagErrors = (more: object) => ({
    ResourceNotFoundException: [detectorArn("none"), metricSetArn("shop", "none"), alertArn("none")].map(
        (arn) => () => ({ ...tagged(arn), ...more }),
    ),
    ValidationException: [() => ({ ...tagged("arn:aws:s3:::bucket"), ...more })],
});

/** Every operation of the client. */
export const cases: Readonly<Record<string, Case>> = {
    CreateAnomalyDetector: {
        succeeds: () => ({
            AnomalyDetectorName: "new",
            AnomalyDetectorDescription: "A new one",
            AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT5M" },
            KmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012",
            Tags: { "cost centre": "a/b" },
        }),
        members: ["AnomalyDetectorArn"],
        fails: {
            ValidationException: [
                () => ({ AnomalyDetectorName: "new" }),
                () => ({ AnomalyDetectorName: "new", AnomalyDetectorConfig: {} }),
                () => ({ AnomalyDetectorName: "-", AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" } }),
            ],
            ConflictException: [
                () => ({ AnomalyDetectorName: "shop", AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" } }),
            ],
            ServiceQuotaExceededException: [
                () => ({ AnomalyDetectorName: "new", AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" } }),
            ],
        },
    },
    DescribeAnomalyDetector: {
        succeeds: ofShop,
        members: [...describes, "AnomalyDetectorName", "AnomalyDetectorConfig.AnomalyDetectorFrequency", "Status"],
        fails: onDetector,
    },
    ListAnomalyDetectors: {
        succeeds: () => ({ MaxResults: 1 }),
        members: [
            ...describes.map((name) => `AnomalyDetectorSummaryList.0.${name}`),
            "AnomalyDetectorSummaryList.0.AnomalyDetectorName",
            "AnomalyDetectorSummaryList.0.Status",
            "AnomalyDetectorSummaryList.0.Tags",
            "NextToken",
        ],
        fails: { ValidationException: listed.ValidationException },
        never: { ResourceNotFoundException: "the request names no resource" },
    },
    UpdateAnomalyDetector: {
        succeeds: () => ({ ...ofDetector("bare")(), AnomalyDetectorDescription: "Bare no more" }),
        members: ["AnomalyDetectorArn"],
        fails: {
            ...onDetector,
            ValidationException: [
                ...badArns,
                () => ({ ...ofShop(), AnomalyDetectorConfig: { AnomalyDetectorFrequency: "P1D" } }),
            ],
        },
    },
    DeleteAnomalyDetector: {
        succeeds: ofShop,
        members: [],
        fails: { ...onDetector, ConflictException: [ofDetector("starting")] },
    },
    ActivateAnomalyDetector: {
        succeeds: ofDetector("ready"),
        members: [],
        fails: {
            ...onDetector,
            ValidationException: [...badArns, ofDetector("bare")],
            ConflictException: [ofShop, ofDetector("starting")],
        },
    },
    DeactivateAnomalyDetector: {
        succeeds: ofShop,
        members: [],
        fails: { ...onDetector, ConflictException: [ofDetector("bare")] },
    },
    BackTestAnomalyDetector: {
        succeeds: ofDetector("ready"),
        members: [],
        fails: { ...onDetector, ValidationException: [...badArns, ofShop, ofDetector("bare")] },
    },
    CreateMetricSet: {
        succeeds: () => ({
            ...metricSet,
            ...ofDetector("bare")(),
            Tags: { a: "b" },
            Timezone: "Europe/Paris",
            Offset: 60,
        }),
        members: ["MetricSetArn"],
        fails: {
            ResourceNotFoundException: [() => ({ ...metricSet, ...ofDetector("none")() })],
            ValidationException: [
                ofDetector("bare"),
                () => ({ ...metricSet, ...ofDetector("bare")(), MetricSetFrequency: "P1D" }),
                () => ({ ...metricSet, ...ofDetector("bare")(), Offset: 432_001 }),
                () => ({ ...metricSet, ...ofDetector("bare")(), MetricSource: { RDSSourceConfig: {} } }),
            ],
            ConflictException: [() => ({ ...metricSet, ...ofDetector("ready")() })],
            ServiceQuotaExceededException: [
                () => ({ ...metricSet, ...ofDetector("ready")(), MetricSetName: "second" }),
                () => ({ ...metricSet, ...ofDetector("bare")(), DimensionList: dimensions(21) }),
            ],
        },
    },
    DescribeMetricSet: {
        succeeds: () => ({ MetricSetArn: orders }),
        members: [
            ...describes,
            "MetricSetArn",
            "MetricSetName",
            "Offset",
            "MetricList.0.AggregationFunction",
            "TimestampColumn.ColumnName",
            "DimensionList.0",
            "MetricSetFrequency",
            "Timezone",
            "MetricSource.S3SourceConfig.TemplatedPathList.0",
        ],
        fails: {
            ResourceNotFoundException: [() => ({ MetricSetArn: metricSetArn("ready", "none") })],
            ValidationException: [() => ({ MetricSetArn: detectorArn("ready") }), () => ({})],
        },
    },
    ListMetricSets: {
        succeeds: () => ({ MaxResults: 1 }),
        members: [
            ...describes.map((name) => `MetricSetSummaryList.0.${name}`),
            "MetricSetSummaryList.0.MetricSetArn",
            "MetricSetSummaryList.0.MetricSetName",
            "MetricSetSummaryList.0.Tags",
            "NextToken",
        ],
        fails: listed,
    },
    UpdateMetricSet: {
        succeeds: () => ({ MetricSetArn: orders, Offset: 120, DimensionList: ["marketplace"] }),
        members: ["MetricSetArn"],
        fails: {
            ResourceNotFoundException: [() => ({ MetricSetArn: metricSetArn("none", "orders") })],
            ValidationException: [
                () => ({ MetricSetArn: orders, MetricSource: {} }),
                () => ({ MetricSetArn: metricSetArn("shop", "orders"), DimensionList: ["platform"] }),
            ],
            ServiceQuotaExceededException: [() => ({ MetricSetArn: orders, DimensionList: dimensions(21) })],
        },
    },
    CreateAlert: {
        succeeds: () => ({
            AlertName: "new",
            ...ofShop(),
            AlertDescription: "A new one",
            AlertSensitivityThreshold: 70,
            Action: {
                LambdaConfiguration: {
                    RoleArn: "arn:aws:iam::123456789012:role/alert",
                    LambdaArn: "arn:aws:lambda:us-east-1:123456789012:function:tell",
                },
            },
            AlertFilters: {
                MetricList: ["revenue"],
                DimensionFilterList: [{ DimensionName: "marketplace", DimensionValueList: ["us", "de"] }],
            },
            Tags: { a: "b" },
        }),
        members: ["AlertArn"],
        fails: {
            ResourceNotFoundException: [() => ({ AlertName: "new", Action: snsAction, ...ofDetector("none")() })],
            ValidationException: [
                () => ({ AlertName: "new", ...ofShop() }),
                () => ({ AlertName: "new", ...ofShop(), Action: {} }),
                () => ({ AlertName: "new", ...ofShop(), Action: snsAction, AlertSensitivityThreshold: 12.5 }),
                () => ({ AlertName: "new", ...ofShop(), Action: snsAction, AlertFilters: { MetricList: ["none"] } }),
            ],
            ConflictException: [() => ({ AlertName: "told", ...ofDetector("ready")(), Action: snsAction })],
            ServiceQuotaExceededException: [() => ({ AlertName: "second", ...ofShop(), Action: snsAction })],
        },
    },
    DescribeAlert: {
        succeeds: () => ({ AlertArn: alertArn("told") }),
        members: [
            ...describes.map((name) => `Alert.${name}`),
            "Alert.AlertArn",
            "Alert.AlertName",
            "Alert.AlertSensitivityThreshold",
            "Alert.AlertType",
            "Alert.AlertStatus",
            "Alert.Action.SNSConfiguration.SnsFormat",
        ],
        fails: onAlert,
    },
    ListAlerts: {
        succeeds: ofShop,
        members: [
            ...describes.map((name) => `AlertSummaryList.0.${name}`),
            "AlertSummaryList.0.AlertArn",
            "AlertSummaryList.0.AlertType",
            "AlertSummaryList.0.Tags",
        ],
        fails: listed,
    },
    UpdateAlert: {
        succeeds: () => ({ AlertArn: alertArn("told"), AlertSensitivityThreshold: 90 }),
        members: ["AlertArn"],
        fails: {
            ...onAlert,
            ValidationException: [
                ...onAlert.ValidationException,
                () => ({ AlertArn: alertArn("told"), AlertSensitivityThreshold: 101 }),
                () => ({ AlertArn: alertArn("told"), AlertDescription: " " }),
            ],
        },
    },
    DeleteAlert: { succeeds: () => ({ AlertArn: alertArn("told") }), members: [], fails: onAlert },
    ListAnomalyGroupSummaries: {
        succeeds: () => ({ ...ofShop(), SensitivityThreshold: 0, MaxResults: 2 }),
        members: [
            ...["StartTime", "EndTime", "AnomalyGroupId", "AnomalyGroupScore", "PrimaryMetricName"].map(
                (name) => `AnomalyGroupSummaryList.1.${name}`,
            ),
            "AnomalyGroupStatistics.EvaluationStartDate",
            "AnomalyGroupStatistics.TotalCount",
            "AnomalyGroupStatistics.ItemizedMetricStatsList.0.OccurrenceCount",
            "NextToken",
        ],
        fails: {
            ResourceNotFoundException: [() => ({ ...ofDetector("none")(), SensitivityThreshold: 0 })],
            ValidationException: [ofShop, () => ({ ...ofShop(), SensitivityThreshold: 101 })],
        },
    },
    GetAnomalyGroup: {
        succeeds: ofGroup,
        members: [
            "AnomalyGroup.AnomalyGroupScore",
            "AnomalyGroup.MetricLevelImpactList.0.NumTimeSeries",
            "AnomalyGroup.MetricLevelImpactList.0.ContributionMatrix.DimensionContributionList.1" +
                ".DimensionValueContributionList.0.ContributionScore",
        ],
        fails: groupErrors,
    },
    ListAnomalyGroupTimeSeries: {
        succeeds: (world) => ({ ...ofGroup(world), MetricName: world.measure }),
        members: [
            "AnomalyGroupId",
            "MetricName",
            "TimestampList.0",
            "TimeSeriesList.0.TimeSeriesId",
            "TimeSeriesList.0.DimensionList.1.DimensionValue",
            "TimeSeriesList.0.MetricValueList.0",
        ],
        fails: {
            ResourceNotFoundException: [() => ({ ...ofShop(), AnomalyGroupId: noGroup, MetricName: "views" })],
            ValidationException: [ofGroup],
        },
    },
    ListAnomalyGroupRelatedMetrics: {
        succeeds: ofGroup,
        members: ["InterMetricImpactList.0.MetricName", "InterMetricImpactList.0.RelationshipType"],
        fails: {
            ...groupErrors,
            ValidationException: [(world) => ({ ...ofGroup(world), RelationshipTypeFilter: "BOTH" })],
        },
    },
    PutFeedback: {
        succeeds: (world) => feedback(world, { TimeSeriesId: world.series, IsAnomaly: true }),
        members: [],
        fails: {
            ResourceNotFoundException: [
                (world) => feedback(world, { TimeSeriesId: "none", IsAnomaly: true }),
                () => feedback({ group: noGroup } as World, { TimeSeriesId: "none", IsAnomaly: true }),
            ],
            ValidationException: [
                (world) => feedback(world, { TimeSeriesId: world.series }),
                (world) => feedback(world, { TimeSeriesId: world.series, IsAnomaly: "yes" }),
            ],
        },
    },
    GetFeedback: {
        succeeds: (world) => feedback(world),
        members: ["AnomalyGroupTimeSeriesFeedback.0.TimeSeriesId", "AnomalyGroupTimeSeriesFeedback.0.IsAnomaly"],
        fails: {
            ResourceNotFoundException: [() => feedback({ group: noGroup } as World)],
            ValidationException: [ofShop],
        },
    },
    DescribeAnomalyDetectionExecutions: {
        succeeds: () => ({ ...ofShop(), MaxResults: 5 }),
        members: ["ExecutionList.4.Timestamp", "ExecutionList.4.Status", "NextToken"],
        fails: {
            ...paged,
            ValidationException: [...paged.ValidationException, () => ({ ...ofShop(), Timestamp: "now" })],
        },
    },
    GetDataQualityMetrics: {
        succeeds: () => ({ ...ofShop(), MetricSetArn: metricSetArn("shop", "orders") }),
        members: [
            "AnomalyDetectorDataQualityMetricList.0.StartTimestamp",
            "AnomalyDetectorDataQualityMetricList.0.MetricSetDataQualityMetricList.0.MetricSetArn",
            "AnomalyDetectorDataQualityMetricList.0.MetricSetDataQualityMetricList.0.DataQualityMetricList.0.MetricValue",
        ],
        fails: {
            ResourceNotFoundException: [ofDetector("none"), () => ({ ...ofShop(), MetricSetArn: orders })],
            ValidationException: badArns,
        },
    },
    GetSampleData: {
        succeeds: () => ({ S3SourceConfig: sample }),
        members: ["HeaderValues.4", "SampleRows.9.4"],
        fails: {
            ValidationException: [
                () => ({}),
                () => ({ S3SourceConfig: { ...sample, FileFormatDescriptor: undefined } }),
                () => ({ S3SourceConfig: { ...sample, HistoricalDataPathList: ["s3://shop-data/nothing/"] } }),
            ],
        },
        never: { ResourceNotFoundException: "the request names no resource; data that are not there are invalid" },
    },
    DetectMetricSetConfig: {
        succeeds: () => ({
            ...ofDetector("bare")(),
            AutoDetectionMetricSource: { S3SourceConfig: { HistoricalDataPathList: sample.HistoricalDataPathList } },
        }),
        members: [
            "DetectedMetricSetConfig.Offset.Value.N",
            "DetectedMetricSetConfig.MetricSetFrequency.Value.S",
            "DetectedMetricSetConfig.MetricSource.S3SourceConfig.FileFormatDescriptor.CsvFormatDescriptor.HeaderList.Value.SS",
        ],
        fails: {
            ResourceNotFoundException: [
                () => ({
                    AnomalyDetectorArn: unknownDetector,
                    AutoDetectionMetricSource: { S3SourceConfig: { HistoricalDataPathList: ["s3://shop-data/a/"] } },
                }),
            ],
            ValidationException: [
                ofShop,
                () => ({
                    ...ofShop(),
                    AutoDetectionMetricSource: { S3SourceConfig: { HistoricalDataPathList: ["s3://shop-data/no/"] } },
                }),
            ],
        },
    },
    ListTagsForResource: { succeeds: () => tagged(orders), members: ["Tags"], fails: tagErrors({}) },
    TagResource: {
        succeeds: () => ({ ...tagged(alertArn("told")), Tags: { "cost centre": "a/b" } }),
        members: [],
        fails: {
            ...tagErrors({ Tags: { a: "b" } }),
            ValidationException: [
                () => ({ ...tagged(orders), Tags: { "aws:a": "b" } }),
                () => ({ ...tagged(orders), Tags: Object.fromEntries(dimensions(51).map((name) => [name, ""])) }),
                () => ({ ...tagged("arn:aws:s3:::bucket"), Tags: { a: "b" } }),
            ],
        },
    },
    UntagResource: {
        succeeds: () => ({ ...tagged(detectorArn("shop")), TagKeys: ["team", "none"] }),
        members: [],
        fails: {
            ...tagErrors({ TagKeys: ["a"] }),
            ValidationException: [() => ({ ...tagged(orders), TagKeys: [] })],
        },
    },
};

function dimensions(count: number): string[] {
    return Array.from({ length: count }, (_, i) => `d${i}`);
}
