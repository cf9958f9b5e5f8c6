import { durationSeconds } from "../pipeline/windows";
import {
    type Assumptions,
    callsOf,
    daysOfMonth,
    extractorCall,
    logBytesOfWindow,
    requestsOf,
    statesOf,
    tickCall,
} from "./assumptions";
import { type PricedSource, queryCost } from "./extractionCost";
import { lambdaPrices, monitoringPrices, statePrice, storagePrices } from "./prices";

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
    const parts = {
        extraction: windows * query.dollars,
        storage:
            keptGigabytes * storagePrices.perGigabyteMonth +
            windows * (requestsOf.writes * storagePrices.perWrite + requestsOf.reads * storagePrices.perRead),
        functions: runs * functionsOfRun() + windows * extractorOfWindow(query.streams, polls, assumed.querySeconds),
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
    readonly total: number;
}

/** `ticksPerHour` of all schedules together; what monitoring there is. */
export function stackCost(
    ticksPerHour: number,
    watched: { readonly alarms: number; readonly metrics: number; readonly dashboards: number },
): StackCost {
    const ticks = ticksPerHour * 24 * daysOfMonth * call({ calls: 1, ...tickCall });
    const monitoring =
        watched.alarms * monitoringPrices.perAlarmMonth +
        watched.metrics * monitoringPrices.perMetricMonth +
        watched.dashboards * monitoringPrices.perDashboardMonth;
    return { ticks, monitoring, total: ticks + monitoring };
}

function functionsOfRun(): number {
    return Object.values(callsOf).reduce((sum, calls) => sum + call(calls), 0);
}

function extractorOfWindow(streams: boolean, polls: number, querySeconds: number): number {
    const { gigabytes, seconds } = extractorCall;
    const start = call({ calls: 1, gigabytes, seconds: streams ? querySeconds : seconds });
    return start + call({ calls: polls, gigabytes, seconds });
}

function call({ calls, seconds, gigabytes }: { calls: number; seconds: number; gigabytes: number }): number {
    return calls * (lambdaPrices.perRequest + seconds * gigabytes * lambdaPrices.perGigabyteSecond);
}
