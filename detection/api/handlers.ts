import type { ApiContext } from "./context";
import * as alerts from "./operations/alerts";
import * as anomalies from "./operations/anomalies";
import { detectMetricSetConfig } from "./operations/detectConfig";
import * as detectors from "./operations/detectors";
import { describeAnomalyDetectionExecutions } from "./operations/executions";
import { getFeedback, putFeedback } from "./operations/feedback";
import * as metricSets from "./operations/metricSets";
import { getDataQualityMetrics } from "./operations/quality";
import { listAnomalyGroupRelatedMetrics } from "./operations/related";
import { getSampleData } from "./operations/sampleData";
import * as running from "./operations/running";
import type { Requests } from "./schemas";

type Handlers = {
    readonly [Name in keyof Requests]: (context: ApiContext, request: Requests[Name]) => Promise<object>;
};

/** Every operation that a body carries: `POST /<name>`. */
export const handlers: Handlers = {
    CreateAnomalyDetector: detectors.createAnomalyDetector,
    DescribeAnomalyDetector: detectors.describeAnomalyDetector,
    ListAnomalyDetectors: detectors.listAnomalyDetectors,
    UpdateAnomalyDetector: detectors.updateAnomalyDetector,
    DeleteAnomalyDetector: detectors.deleteAnomalyDetector,
    ActivateAnomalyDetector: running.activateAnomalyDetector,
    DeactivateAnomalyDetector: running.deactivateAnomalyDetector,
    BackTestAnomalyDetector: running.backTestAnomalyDetector,
    CreateMetricSet: metricSets.createMetricSet,
    DescribeMetricSet: metricSets.describeMetricSet,
    ListMetricSets: metricSets.listMetricSets,
    UpdateMetricSet: metricSets.updateMetricSet,
    CreateAlert: alerts.createAlert,
    DescribeAlert: alerts.describeAlert,
    ListAlerts: alerts.listAlerts,
    UpdateAlert: alerts.updateAlert,
    DeleteAlert: alerts.deleteAlert,
    ListAnomalyGroupSummaries: anomalies.listAnomalyGroupSummaries,
    GetAnomalyGroup: anomalies.getAnomalyGroup,
    ListAnomalyGroupTimeSeries: anomalies.listAnomalyGroupTimeSeries,
    ListAnomalyGroupRelatedMetrics: listAnomalyGroupRelatedMetrics,
    PutFeedback: putFeedback,
    GetFeedback: getFeedback,
    DescribeAnomalyDetectionExecutions: describeAnomalyDetectionExecutions,
    GetDataQualityMetrics: getDataQualityMetrics,
    GetSampleData: getSampleData,
    DetectMetricSetConfig: detectMetricSetConfig,
};
