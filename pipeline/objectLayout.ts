import type { Interval, WindowKind } from "./records";

/*
 * Where everything lies in the stack's bucket. A detector's folder is its logical name; folders of the stack begin with an underscore,
 * which no detector's name does.
 *
 *   _detectors/PT1H/ecommerce.json                              definition
 *   _detection/…                                                the detection service's own store
 *   _operations/…                                               incidents, and what was told of
 *   ecommerce/ledger/<generation>/generation.json               what the generation extracts
 *   ecommerce/ledger/<generation>/2026-01/20260101T000000Z.json manifest of the window that starts then
 *   ecommerce/ledger/<generation>/2026-01/index.json            manifests of a closed month, once they are compacted
 *   ecommerce/parked/<generation>/20260101T000000Z.json         a window that failed
 *   ecommerce/cache/<generation>.json                           watermark, derived from the ledger
 *   ecommerce/cache/<generation>/arrival.json                   when rows come, and how many
 *   ecommerce/cache/<generation>/compaction.json                which months are compacted
 *   ecommerce/lease/live.json                                   who may run
 *   ecommerce/tickets/<generation>/<attempt>.json               an extraction under way
 *   ecommerce/backtest/<generation>/20260101T000000Z/<attempt>/ rows of a backfill window
 *   ecommerce/live/20260401/1300/<generation>-<attempt>/        rows of a live window
 */

/** Where the detection service keeps its documents and blobs. */
export const detectionPrefix = "_detection/";
export const operationsPrefix = "_operations/";
/** The last incident of a kind of run: live runs of `ecommerce` in `ecommerce.json`, backfills in `ecommerce.backfill.json`. */
export const incidentKey = (detector: string, kind: WindowKind): string =>
    `${operationsPrefix}${detector}${kind === "live" ? "" : `.${kind}`}.json`;
/** The last incident of rows that did not come. */
export const arrivalIncidentKey = (detector: string): string => `${operationsPrefix}${detector}.arrival.json`;
/** The generation whose history was told of as empty. */
export const emptyHistoryKey = (detector: string): string => `${operationsPrefix}${detector}.empty.json`;
/** The last incident of planning an interval's detectors. */
export const planningIncidentKey = (interval: Interval): string => `${operationsPrefix}_planning.${interval}.json`;
/** The last incident of learning and scoring, by the detector's name in the detection service. */
export const scoringIncidentKey = (detectorName: string): string => `${operationsPrefix}_scoring.${detectorName}.json`;
/** The last incident of delivering alerts, by the detector's name in the detection service. */
export const deliveryIncidentKey = (detectorName: string): string =>
    `${operationsPrefix}_delivery.${detectorName}.json`;
/** The last incident of the detection service's own tick. */
export const tickIncidentKey = `${operationsPrefix}_tick.json`;

export const definitionsPrefix = (interval: Interval): string => `_detectors/${interval}/`;
export const definitionKey = (interval: Interval, detector: string): string =>
    `${definitionsPrefix(interval)}${detector}.json`;

export const ledgerPrefix = (detector: string, generation: string): string => `${detector}/ledger/${generation}/`;
export const generationKey = (detector: string, generation: string): string =>
    `${ledgerPrefix(detector, generation)}generation.json`;
/** Folder of the manifests of windows that begin in the month of an instant. */
export const ledgerMonthPrefix = (detector: string, generation: string, instant: number): string =>
    `${ledgerPrefix(detector, generation)}${compact(instant).slice(0, 4)}-${compact(instant).slice(4, 6)}/`;
export const manifestKey = (detector: string, generation: string, start: number): string =>
    `${ledgerMonthPrefix(detector, generation, start)}${compact(start)}.json`;
/**
 * The manifests of a month in one. It sorts behind the month's own: whoever lists a month while it is compacted sees a manifest by
 * itself, or the index that took it in before it went, or both; never neither.
 */
export const monthIndexKey = (detector: string, generation: string, instant: number): string =>
    `${ledgerMonthPrefix(detector, generation, instant)}index.json`;
/** What every key of a ledger sorts behind that is of no earlier window, index or month. */
export const ledgerBefore = (detector: string, generation: string, start: number): string =>
    // Windows begin on whole seconds. Of the month before, the index has to stay behind as well.
    `${ledgerMonthPrefix(detector, generation, start)}${compact(start - 1000)}.json`;
export const isMonthIndex = (key: string): boolean => key.endsWith("/index.json");
/** Start of the window that the key of a manifest or of a parked window names; undefined for any other key. */
export function startOfKey(key: string): number | undefined {
    const [, year, month, day, hour, minute, second] =
        /\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.json$/.exec(key) ?? [];
    return year === undefined ? undefined : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export const parkedPrefix = (detector: string, generation: string): string => `${detector}/parked/${generation}/`;
export const parkedKey = (detector: string, generation: string, start: number): string =>
    `${parkedPrefix(detector, generation)}${compact(start)}.json`;

/** How the rows of live windows come. */
export const arrivalKey = (detector: string, generation: string): string =>
    `${detector}/cache/${generation}/arrival.json`;
/** How far a ledger is compacted. */
export const compactionKey = (detector: string, generation: string): string =>
    `${detector}/cache/${generation}/compaction.json`;
export const cacheKey = (detector: string, generation: string): string => `${detector}/cache/${generation}.json`;
export const leaseKey = (detector: string, kind: WindowKind): string => `${detector}/lease/${kind}.json`;
/** Folder of the tickets of a generation, or of all. */
export const ticketsPrefix = (detector: string, generation?: string): string =>
    `${detector}/tickets/${generation === undefined ? "" : `${generation}/`}`;
export const ticketKey = (detector: string, generation: string, attempt: string): string =>
    `${ticketsPrefix(detector, generation)}${attempt}.json`;

/** Folder of a generation's history; the metric set's historical path. */
export const backtestPrefix = (detector: string, generation: string): string => `${detector}/backtest/${generation}/`;
/** Folder of live windows; with `{{yyyyMMdd}}/{{HHmm}}/` behind it the metric set's templated path. */
export const livePrefix = (detector: string): string => `${detector}/live/`;

/**
 * Folder of one window, all attempts. Live folders carry the window's start as a date and time: `pathTime` is the start in
 * the detector's zone, written `yyyyMMddHHmm` (UTC below a day).
 */
export function windowPrefix(
    detector: string,
    generation: string,
    window: { readonly kind: WindowKind; readonly start: number; readonly pathTime: string },
): string {
    return window.kind === "backfill"
        ? `${backtestPrefix(detector, generation)}${compact(window.start)}/`
        : `${livePrefix(detector)}${window.pathTime.slice(0, 8)}/${window.pathTime.slice(8, 12)}/${generation}-`;
}

/** Folder of one attempt: only what a manifest names in it counts. */
export const attemptPrefix = (windowFolder: string, attempt: string): string => `${windowFolder}${attempt}/`;

/** Detector and generation of a historical path that this project wrote, undefined for foreign data. */
export function parseBacktestPrefix(key: string): { detector: string; generation: string } | undefined {
    const [, detector, generation] = /^([^/_][^/]*)\/backtest\/([^/]+)\/?$/.exec(key) ?? [];
    return detector === undefined || generation === undefined ? undefined : { detector, generation };
}

/**
 * Whether a path of the stack's bucket, template keys and all, is in a folder of the stack itself, or above one as the bucket's root is:
 * nobody's data.
 */
export const isServicePath = (path: string): boolean => /^(_|$)/.test(path.split("{{")[0]!);

/** `20260101T000000Z`: fixed width, so that keys sort by time. */
export function compact(instant: number): string {
    return new Date(instant).toISOString().replace(/[-:]|\.\d+/g, "");
}
