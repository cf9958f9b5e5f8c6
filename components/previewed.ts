import { extractionSpec } from "../config/extractionSpec";
import type { Config } from "../config/schema";
import { metricCatalogue } from "../operations/metricCatalogue";
import type { PreviewedDetector } from "../preview/detectorPreview";
import type { PreviewedStack } from "../preview/stackPreview";
import { windowSql } from "../preview/windowSql";
import { deployHalfOf } from "../sources/deploy";
import { detectionTicksPerHour, planningTicksPerHour } from "./cron";
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
    };
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
        source,
        retentionDays: detection.retentionDays,
        sqlOf: (window) => windowSql(source, spec, window),
        advice: deployHalfOf(source).advise?.(spec, source) ?? [],
    };
}
