import { DetectionService } from "./components/detectionService";
import { Detector } from "./components/detector";
import { Extraction } from "./components/extraction";
import { MachineNames } from "./components/machineNames";
import { MetricBucket } from "./components/metricBucket";
import { Monitoring } from "./components/monitoring";
import { Operations } from "./components/operations";
import { tellPreview } from "./components/preview";
import { Schedules } from "./components/schedules";
import { Site } from "./components/site";
import { tagResources } from "./components/tags";
import { targetsOf } from "./config/access";
import { loadConfig } from "./config/load";

const config = loadConfig(); // throws one ConfigError with every problem, at preview time
const { keepData } = config;
const configured = Object.entries(config.detectors);

const site = new Site({ logRetentionDays: config.operations.logRetentionDays });
tagResources({ ...config.tags, "lookout:project": site.project, "lookout:stack": site.stack });
const machines = new MachineNames(site);
const metrics = new MetricBucket("metrics", {
    detectors: Object.keys(config.detectors),
    retentionDays: config.detection.retentionDays,
    keepData,
    storage: config.storage,
});
const operations = new Operations("operations", {
    site,
    bucket: metrics,
    email: config.operations.email,
    machineArns: [machines.liveArn, machines.backfillArn],
});
const detection = new DetectionService("detection", {
    site,
    bucket: metrics,
    operations,
    detection: config.detection,
    targets: targetsOf(configured.flatMap(([, { alerts }]) => Object.values(alerts))),
});
const shared = { site, bucket: metrics, detection, operations };
const extraction = new Extraction("extraction", {
    ...shared,
    machines,
    sources: config.sources,
    limits: config.detection.limits,
});

const detectors = configured.map(([name, detector]) => {
    const source = config.sources[detector.source]!;
    return new Detector(name, { ...shared, extraction, detector, source, keepData });
});

new Schedules("schedules", {
    site,
    detectors: Object.values(config.detectors),
    planLive: extraction.planLive,
    deadLettersArn: operations.deadLetters.arn,
    detectionTick: detection.tick,
    detectionTickEvery: config.detection.tick,
    ready: detectors.flatMap((detector) => detector.ready),
});

if (config.operations.monitoring) {
    new Monitoring("monitoring", {
        site,
        operations,
        extraction,
        detection,
        detectors: Object.values(config.detectors),
        detectionTickEvery: config.detection.tick,
    });
}

const byName = Object.fromEntries(configured.map(([name], index) => [name, detectors[index]!]));
tellPreview(config, byName, Date.now());

export const bucket = metrics.bucketName;
export const liveMachineArn = extraction.liveMachineArn;
export const backfillMachineArn = extraction.backfillMachineArn;
export const detectorArns = Object.fromEntries(
    Object.entries(byName).map(([name, { detectorArn }]) => [name, detectorArn]),
);
export const endpoint = detection.endpoint;
export const deadLettersUrl = detection.deadLetters;
export const operationsTopicArn = operations.topicArn;
