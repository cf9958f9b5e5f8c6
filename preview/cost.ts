import { durationSeconds } from "../pipeline/windows";
import {
    type Assumptions,
    daysOfMonth,
    logBytesOfWindow,
    statesOf,
    usesOfRun,
    usesOfTick,
    usesOfWindow,
} from "./assumptions";
import { type PricedSource, queryCost } from "./extractionCost";
import { costOfUses, extractorCost } from "./functionCost";
import { monitoringPrices, networkPrices, statePrice, storagePrices } from "./prices";

/** A detector, as far as its cost hangs on it. */
export interface PricedDetector {
    readonly interval: string;
    /** Seconds back in which windows are extracted again. */
    readonly latenessSeconds: number;
}

/** Dollars a month, by what they are spent on, and what the extraction's price is made of. */
export interface MonthlyCost {
    readonly extraction: number;
    readonly storage: number;
    readonly functions: number;
    readonly states: number;
    readonly logs: number;
    readonly total: number;
    readonly extractionBasis: string;
}

const secondsOfMonth = daysOfMonth * 86_400;
/** A poll comes after 2, 4, 8 … seconds. */
const pollsFor = (querySeconds: number): number => Math.max(1, Math.ceil(Math.log2(querySeconds / 2 + 1)));

/** Live windows that are extracted in a month, those again that lateness asks for among them. */
export function monthlyWindows({ interval, latenessSeconds }: PricedDetector): { runs: number; windows: number } {
    const intervalSeconds = durationSeconds(interval);
    const runs = secondsOfMonth / intervalSeconds;
    return { runs, windows: runs * (1 + Math.floor(latenessSeconds / intervalSeconds)) };
}

/** What a detector costs in a month of live windows; its share of the stack's ticks is not in it, nor its history, which is extracted once. */
export function monthlyCost(
    detector: PricedDetector,
    source: PricedSource,
    retentionDays: number,
    assumed: Assumptions,
): MonthlyCost {
    const { runs, windows } = monthlyWindows(detector);
    const query = queryCost(source, assumed);
    const polls = query.streams ? 1 : pollsFor(assumed.querySeconds);
    const bytes = assumed.rowsPerInterval * assumed.bytesPerRow;
    const keptGigabytes = (bytes * retentionDays * 86_400) / durationSeconds(detector.interval) / 1e9;
    const run = costOfUses(Object.values(usesOfRun));
    const window = costOfUses(Object.values(usesOfWindow));
    const gigabytes = source.extractorMegabytes / 1024;
    const extractor = extractorCost({ streams: query.streams, polls, gigabytes }, assumed.querySeconds);
    const parts = {
        extraction: windows * query.dollars,
        storage:
            keptGigabytes * storagePrices.perGigabyteMonth +
            runs * run.requests +
            windows * (window.requests + extractor.requests),
        functions: runs * run.functions + windows * (window.functions + extractor.functions),
        states: (runs * statesOf.run + windows * (statesOf.window + statesOf.poll * (polls - 1))) * statePrice,
        logs: ((windows * logBytesOfWindow) / 1e9) * monitoringPrices.perGigabyteOfLogs,
    };
    const total = Object.values(parts).reduce((sum, dollars) => sum + dollars, 0);
    return { ...parts, total, extractionBasis: query.basis };
}

/** What a stack costs in a month beside its detectors. */
export interface StackCost {
    readonly ticks: number;
    readonly monitoring: number;
    readonly network: number;
    readonly total: number;
}

/** What of a stack costs money beside its detectors. */
export interface PricedStack {
    /** Ticks an hour of all schedules together. */
    readonly ticksPerHour: number;
    /** What watches over the pipeline; none where monitoring is off. */
    readonly watched: { readonly alarms: number; readonly metrics: number; readonly dashboards: number };
    /** Network interfaces of the endpoints that are made in VPCs. */
    readonly interfaces: number;
}

/** What a stack costs in a month, its detectors apart. */
export function stackCost({ ticksPerHour, watched, interfaces }: PricedStack): StackCost {
    const tick = costOfUses(Object.values(usesOfTick));
    const hoursOfMonth = 24 * daysOfMonth;
    const ticks = ticksPerHour * hoursOfMonth * (tick.functions + tick.requests);
    const monitoring =
        watched.alarms * monitoringPrices.perAlarmMonth +
        watched.metrics * monitoringPrices.perMetricMonth +
        watched.dashboards * monitoringPrices.perDashboardMonth;
    const network = interfaces * hoursOfMonth * networkPrices.perInterfaceHour;
    return { ticks, monitoring, network, total: ticks + monitoring + network };
}
