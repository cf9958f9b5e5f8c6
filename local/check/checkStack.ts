import type { DetectorConfig } from "../../config/schema";
import { extractionSpec } from "../../config/extractionSpec";
import { checkDetector, type CheckRequest, type Looker, windowAt } from "../../pipeline/check/check";
import type { CheckReport } from "../../pipeline/check/report";
import { checkLimits } from "../../pipeline/check/windowFindings";
import type { Extractor } from "../../sources/metricSource";
import { UsageError } from "../serve/options";
import type { StackConfig } from "../stackConfig";

/** Checks one detector: from here with the caller's own credentials, or in the account by the deployed extractor. */
export type Check = (request: CheckRequest) => Promise<CheckReport>;

export interface StackCheck {
    readonly stack: StackConfig;
    /** The one detector to check. Default: all. */
    readonly detector?: string;
    /** Any instant of the window to look at. Default: the latest full one of each detector. */
    readonly windowOf?: number;
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly check: Check;
    /** Hears which detector is looked at, and what is being done. */
    readonly tell?: (doing: string) => void;
}

/** Checks the detectors of a stack one after the other, in the order of the file. Throws UsageError when there is none to check. */
export async function checkStack(options: StackCheck): Promise<CheckReport[]> {
    const reports: CheckReport[] = [];
    for (const detector of detectorsOf(options)) reports.push(await options.check(requestOf(detector, options)));
    return reports;
}

/** Opens each source once, and checks through it with the credentials of the environment. */
export function checkFromHere(open: (source: string) => Promise<Extractor>): Check {
    const opened = new Map<string, Promise<Extractor>>();
    return async (request) => {
        const { source } = request.spec;
        const extractor = opened.get(source) ?? open(source);
        opened.set(source, extractor);
        return checkDetector(lateExtractor(extractor), request);
    };
}

/** An extractor that is still being opened: a failure to open it is found like any other. */
const lateExtractor = (extractor: Promise<Extractor>): Looker => ({
    describe: async (spec) => (await extractor).describe(spec),
    inspect: async (spec, window) => (await extractor).inspect(spec, window),
    advise: async (spec) => (await extractor).advise?.(spec) ?? [],
});

function detectorsOf({ stack, detector }: StackCheck): DetectorConfig[] {
    const { detectors } = stack.config;
    const names = Object.keys(detectors);
    if (names.length === 0)
        throw new UsageError(`--stack ${stack.stack}: the stack has no detector; add one to lookout:detectors`);
    if (detector === undefined) return Object.values(detectors);
    const found = detectors[detector];
    if (found === undefined)
        throw new UsageError(
            `--detector ${detector}: the stack ${stack.stack} has none of that name; it has ${names.join(", ")}`,
        );
    return [found];
}

function requestOf(detector: DetectorConfig, { stack, windowOf, now, tell }: StackCheck): CheckRequest {
    const spec = extractionSpec(detector, stack.config.sources[detector.source]!);
    return {
        detector: detector.name,
        spec,
        now,
        offsetSeconds: detector.offsetSeconds,
        ...(windowOf === undefined ? {} : { window: windowAt(windowOf, spec) }),
        limits: checkLimits(stack.config.detection.limits),
        thorough: true,
        ...(tell === undefined ? {} : { tell: (doing: string) => tell(`${detector.name}: ${doing}`) }),
    };
}
