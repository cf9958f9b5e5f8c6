import { extractionSpec } from "../config/extractionSpec";
import type { Config } from "../config/schema";
import { metricCatalogue } from "../operations/metricCatalogue";
import type { PreviewedDetector } from "../preview/detectorPreview";
import type { PreviewedStack } from "../preview/stackPreview";
import { windowSql } from "../preview/windowSql";
import { deployHalfOf, type SourceConfig } from "../sources/deploy";
import { detectionTicksPerHour, planningTicksPerHour } from "./cron";
import { defaultMegabytes } from "./names";
import { offsetsByInterval } from "./offsets";

/** Metrics that alarms watch (each is paid for), metrics of our own, dashboards; a test compares them with what the program registers. */
const watched = { alarms: 14, metrics: Object.keys(metricCatalogue).length, dashboards: 1 };

/** The stack of a configuration, as far as a preview tells of it. */
export function previewedStack(config: Config): PreviewedStack {
    const detectors = Object.values(config.detectors);
    const planning = offsetsByInterval(detectors).map(([interval, offsets]) => planningTicksPerHour(interval, offsets));
    const intervals = detectors.map(({ interval }) => interval);
    const looking = config.detection.endpoint === "" ? detectionTicksPerHour(config.detection.tick, intervals) : 0;
    return {
        detectors: Object.keys(config.detectors).map((name) => previewedDetector(name, config)),
        ticksPerHour: planning.reduce((sum, ticks) => sum + ticks, looking),
        watched: config.operations.monitoring ? watched : { alarms: 0, metrics: 0, dashboards: 0 },
        interfaces: interfacesOf(Object.values(config.sources)),
    };
}

/** Network interfaces of the endpoints to Secrets Manager: in each VPC those of the first source that wants one, as they are made. */
function interfacesOf(sources: readonly SourceConfig[]): number {
    const byVpc = new Map<string, number>();
    for (const source of sources) {
        const { endpoints, subnetIds } = deployHalfOf(source).needs?.(source).network ?? {};
        if (endpoints?.secretsManager && !byVpc.has(endpoints.vpcId)) byVpc.set(endpoints.vpcId, subnetIds!.length);
    }
    return [...byVpc.values()].reduce((sum, subnets) => sum + subnets, 0);
}

function previewedDetector(name: string, { detectors, sources, detection }: Config): PreviewedDetector {
    const detector = detectors[name]!;
    const source = sources[detector.source]!;
    const spec = extractionSpec(detector, source);
    const { offsetSeconds, latenessSeconds, alerts } = detector;
    return {
        name,
        offsetSeconds,
        latenessSeconds,
        alerts,
        spec,
        source: {
            ...source,
            extractorMegabytes: deployHalfOf(source).needs?.(source).memoryMegabytes ?? defaultMegabytes,
        },
        retentionDays: detection.retentionDays,
        sqlOf: (window) => windowSql(source, spec, window),
        advice: deployHalfOf(source).advise?.(spec, source) ?? [],
    };
}
