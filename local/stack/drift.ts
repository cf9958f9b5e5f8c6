import { createHash } from "node:crypto";
import { extractionSpec } from "../../config/extractionSpec";
import type { DetectorConfig } from "../../config/schema";
import { ownerTag } from "../../operations/alertService";
import { alertName } from "../../operations/ensureAlerts";
import { noDetectorOptions } from "../../pipeline/detectorOptions";
import { generationOf } from "../../pipeline/query";
import type { ExtractionSpec } from "../../pipeline/records";
import type { StackConfig } from "../stackConfig";
import type { DeployedDetector } from "./deployedDetector";
import { alertRecordText, alertText, eventsText, listText, measureOptionsTexts, measuresText } from "./driftTexts";

/** One thing that the configuration says of a detector, in words: as it is there, as it was deployed, and as the detection service has it. */
interface Said {
    readonly key: string;
    readonly configured: string;
    /** Undefined where nobody noted it. */
    readonly deployed?: string | undefined;
    readonly service?: string | undefined;
    /** What brings the service back to it. */
    readonly remedy: Remedy;
}

/** Set right by whatever has the life cycle look again; or only by a generation of its own. */
type Remedy = "look" | "generation";

/** What of a detector is not as the stack's file says, in words and with what to do; nothing when all of it is. */
export function driftOf({ stack, config }: StackConfig, deployed: DeployedDetector): string[] {
    const { definition } = deployed;
    const wanted = config.detectors[definition.name];
    const source = wanted === undefined ? undefined : config.sources[wanted.source];
    if (wanted === undefined || source === undefined)
        return [`is no longer in the configuration: npx pulumi up --stack ${stack} takes it away`];
    const spec = extractionSpec(wanted, source);
    const concurrency = said(
        "maxConcurrentStatements",
        source.maxConcurrentStatements,
        definition.maxConcurrentStatements,
    );
    return [
        ...ofGeneration(spec, deployed),
        ...ofDetector(wanted, deployed),
        concurrency,
        ...ofAlerts(wanted, deployed),
        ...ofOptions(wanted, deployed),
    ].flatMap((one) => lineOf(one, stack, definition.name));
}

/** Detectors of the stack's file that are not deployed. */
export const undeployed = ({ config }: StackConfig, deployed: readonly string[]): string[] =>
    Object.keys(config.detectors).filter((name) => !deployed.includes(name));

function lineOf({ key, configured, deployed, service, remedy }: Said, stack: string, detector: string): string[] {
    if (deployed !== undefined && deployed !== configured)
        return [`${key}: ${deployed} is deployed, ${configured} is configured: npx pulumi up --stack ${stack}`];
    if (service === undefined || service === configured) return [];
    const changed = remedy === "look" ? "description" : "query, if only by a comment,";
    return [
        `${key}: ${service} is at the detection service, ${configured} is configured: it was changed there; ` +
            `npx pulumi up --stack ${stack} with a changed lookout:detectors.${detector}.${changed} sets it right`,
    ];
}

/** What a detector's rows hang on. While a new generation is being extracted the service still has the old one's. */
function ofGeneration(spec: ExtractionSpec, { definition, record, service }: DeployedDetector): Said[] {
    const configured = generationOf(spec);
    const isUnderWay = definition.next === configured && definition.live !== configured;
    if (isUnderWay && definition.live !== null) return [];
    const before = record?.spec;
    const metricSet = service?.metricSet;
    const of = (key: string, pick: (spec: ExtractionSpec) => string, held?: string): Said => ({
        key,
        configured: pick(spec),
        deployed: before === undefined ? undefined : pick(before),
        service: held,
        remedy: "generation",
    });
    return [
        of("source", (one) => one.source),
        of("query", (one) => shortened(one.query)),
        of("interval", (one) => one.interval, metricSet?.interval),
        of("timeZone", (one) => one.timeZone, metricSet?.timeZone),
        of("sourceTimeZone", (one) => one.sourceTimeZone),
        of("timestamp.column", (one) => one.timestamp.column, metricSet?.timestamp?.column),
        of("timestamp.format", (one) => one.timestamp.format),
        of("dimensions", (one) => listText(one.dimensions), metricSet && listText(metricSet.dimensions)),
        of("measures", (one) => measuresText(one.measures), metricSet && measuresText(metricSet.measures)),
        of("history", (one) => JSON.stringify(one.history)),
        of("history.chunk", (one) => one.chunk),
    ];
}

function ofDetector(wanted: DetectorConfig, { definition, service }: DeployedDetector): Said[] {
    const offset = said("offset", `${wanted.offsetSeconds} s`, `${definition.offsetSeconds} s`);
    const held = service?.metricSet?.offsetSeconds;
    // One that is taken away stays at the service, which cannot clear it.
    const description = wanted.description === "" ? undefined : service && (service.description ?? "");
    return [
        { ...offset, service: held === undefined ? undefined : `${held} s` },
        said("lateness", `${wanted.latenessSeconds} s`, `${definition.latenessSeconds} s`),
        {
            key: "description",
            configured: `"${wanted.description}"`,
            service: description && `"${description}"`,
            remedy: "look",
        },
    ];
}

const none = "none";

/** Alerts of the configuration, and those at the service that this stack made and wants no more. */
function ofAlerts(wanted: DetectorConfig, { definition, service, alerts }: DeployedDetector): Said[] {
    const detectorName = definition.detectorArn.slice(definition.detectorArn.lastIndexOf(":") + 1);
    const before = definition.alerts ?? {};
    const known = new Set<string>();
    const logical = new Set([...Object.keys(wanted.alerts), ...Object.keys(before)]);
    const configured = [...logical].map((name): Said => {
        const at = alertName(detectorName, name);
        known.add(at);
        const held = alerts.find((alert) => alert.name === at);
        return {
            key: `alerts.${name}`,
            configured: wanted.alerts[name] === undefined ? none : alertText(wanted.alerts[name]),
            deployed: before[name] === undefined ? none : alertText(before[name]),
            service: service === undefined ? undefined : held === undefined ? none : alertRecordText(held),
            remedy: "look",
        };
    });
    const others = alerts.filter(({ name, tags }) => !known.has(name) && tags[ownerTag] === definition.owner);
    return [
        ...configured,
        ...others.map((alert): Said => {
            return { key: `alert ${alert.name}`, configured: none, service: alertRecordText(alert), remedy: "look" };
        }),
    ];
}

/** What the user knows of measures and times. */
function ofOptions(wanted: DetectorConfig, { definition, service }: DeployedDetector): Said[] {
    const [configured, before] = [wanted.options, definition.options ?? noDetectorOptions];
    const held = service === undefined ? undefined : (service.options ?? noDetectorOptions);
    const texts = [configured, before, held].map((options) => measureOptionsTexts(options?.measures ?? {}));
    const measures = [...new Set(texts.flatMap((of) => Object.keys(of)))].sort();
    return [
        ...measures.map((name): Said => {
            const [now, deployed, atService] = texts.map((of) => of[name] ?? none);
            const key = `options of the measure ${name}`;
            return { key, configured: now!, deployed, service: held && atService, remedy: "look" };
        }),
        {
            key: "events",
            configured: eventsText(configured.events),
            deployed: eventsText(before.events),
            service: held && eventsText(held.events),
            remedy: "look",
        },
    ];
}

const said = (key: string, configured: unknown, deployed: unknown): Said => ({
    key,
    configured: String(configured),
    deployed: String(deployed),
    remedy: "look",
});

/** The beginning of a query, and what tells it from another that begins alike. */
function shortened(query: string): string {
    const line = query.replace(/\s+/g, " ").trim();
    return line.length <= 60 ? `"${line}"` : `"${line.slice(0, 60)}…" (${query.length} characters, ${hashOf(query)})`;
}

const hashOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
