import { compact, detectionPrefix } from "../../pipeline/objectLayout";

/*
 * Where the detection service keeps what it knows. A run is one learning of a detector and all that was scored after it; its id is never
 * used again, so what a crash leaves of one run is never taken for another's.
 *
 *   _detection/detectors/shop.json                                        definition, metric set, status
 *   _detection/alerts/shop-revenue.json                                   an alert; its name is unique among all detectors'
 *   _detection/alertsOf/shop/shop-revenue/<id>                            empty: says whose alert that may be
 *   _detection/feedback/shop/<group>.json                                 what people said of a group's series
 *   _detection/outbox/shop/shop-revenue/<id>/<group>.json                 what an alert has yet to tell
 *   _detection/alerted/shop/shop-revenue/<id>/<group>.json                what it has told, or has given up telling
 *   _detection/runs/shop/<run>/progress.json                              how far it is; names what counts of all below
 *   _detection/runs/shop/<run>/learning/…                                 while a large detector learns in shards
 *   _detection/runs/shop/<run>/combinations/21.json                       dimension values of the first 21 combinations
 *   _detection/runs/shop/<run>/model/20260401T000000Z.bin                 engine before the interval that starts then
 *   _detection/runs/shop/<run>/model/20260401T000000Z.json                groups open then, of those that are kept to go back to
 *   _detection/runs/shop/<run>/open/20260401T000000Z.bin                  scores of the latest intervals, up to then
 *   _detection/runs/shop/<run>/scores/20260325T080000Z.bin                scores of 128 intervals, never changed again
 *   _detection/runs/shop/<run>/groups/date=2026-04-01/peak=97/groups.jsonl  anomaly groups that began on a day (UTC), likewise
 *   _detection/runs/shop/<run>/index/2026-04/…-….97.417.jsonl             summaries of a month's groups, likewise; the name says which
 *
 * What scoring again brought has the amendment in its name: model/20260401T000000Z.3f2a9c01d4e5.bin. The progress says which one counts.
 */

export const detectorsPrefix = `${detectionPrefix}detectors/`;
export const detectorKey = (name: string): string => `${detectorsPrefix}${name}.json`;

export const alertsPrefix = `${detectionPrefix}alerts/`;
export const alertKey = (name: string): string => `${alertsPrefix}${name}.json`;
export const alertsOfPrefix = (detector: string): string => `${detectionPrefix}alertsOf/${detector}/`;
export const alertOfKey = (detector: string, name: string, id: string): string =>
    `${alertsOfPrefix(detector)}${name}/${id}`;
export const feedbackPrefix = (detector: string): string => `${detectionPrefix}feedback/${detector}/`;
export const feedbackKey = (detector: string, group: string): string => `${feedbackPrefix(detector)}${group}.json`;

export const outboxesPrefix = `${detectionPrefix}outbox/`;
export const outboxPrefix = (detector: string): string => `${outboxesPrefix}${detector}/`;
export const alertedPrefix = (detector: string): string => `${detectionPrefix}alerted/${detector}/`;

export const runsPrefix = (detector: string): string => `${detectionPrefix}runs/${detector}/`;
export const runPrefix = (detector: string, run: string): string => `${runsPrefix(detector)}${run}/`;

export const progressKey = (run: string): string => `${run}progress.json`;
/** `amendment` is the name of the amendment by which a file was written, none before the first one. */
export const combinationsKey = (run: string, count: number, amendment?: string): string =>
    `${run}combinations/${count}${suffix(amendment)}.json`;
export const modelKey = (run: string, through: number, amendment?: string): string =>
    `${run}model/${compact(through)}${suffix(amendment)}.bin`;
/** The groups that were open beside a model that is kept. */
export const checkpointKey = (run: string, through: number, amendment?: string): string =>
    `${run}model/${compact(through)}${suffix(amendment)}.json`;
export const openKey = (run: string, through: number, amendment?: string): string =>
    `${run}open/${compact(through)}${suffix(amendment)}.bin`;
const suffix = (amendment: string | undefined): string => (amendment === undefined ? "" : `.${amendment}`);
/** What a large detector's learning leaves between its steps; see `learning.ts`. */
export const learningPrefix = (run: string): string => `${run}learning/`;
export const scoresPrefix = (run: string): string => `${run}scores/`;
export const scoresKey = (run: string, start: number, amendment?: string): string =>
    `${scoresPrefix(run)}${compact(start)}${suffix(amendment)}.bin`;
export const groupsPrefix = (run: string): string => `${run}groups/`;
export const groupMonthPrefix = (run: string, month: string): string => `${groupsPrefix(run)}date=${month}-`;
export const groupDayPrefix = (run: string, date: string): string => `${groupsPrefix(run)}date=${date}/`;

/** `peak` is the day's highest severity, rounded down: a listing tells which days a threshold leaves out. */
export const groupsKey = (run: string, date: string, peak: number): string =>
    `${groupDayPrefix(run, date)}peak=${String(peak).padStart(2, "0")}/groups.jsonl`;

/** Date and peak of a day's file of groups; undefined for any other key. */
export function parseGroupsKey(key: string): { date: string; peak: number } | undefined {
    const [, date, peak] = /\/date=([\d-]{10})\/peak=(\d+)\/groups\.jsonl$/.exec(key) ?? [];
    return date === undefined ? undefined : { date, peak: Number(peak) };
}

export const indexPrefix = (run: string): string => `${run}index/`;
export const indexMonthPrefix = (run: string, month: string): string => `${indexPrefix(run)}${month}/`;

/** What the name of a file of the index says about the groups in it, so that a listing tells which files it needs. */
export interface IndexName {
    /** `2026-04`. */
    readonly month: string;
    /** Starts of the first and of the last group. */
    readonly oldest: number;
    readonly newest: number;
    /** Latest start of a group's last interval. */
    readonly latestEnd: number;
    /** Highest severity, rounded down. */
    readonly peak: number;
    /** Groups; 0 says that the month had none. */
    readonly count: number;
}

export const indexKey = (run: string, { month, oldest, newest, latestEnd, peak, count }: IndexName): string =>
    `${indexMonthPrefix(run, month)}${[oldest, newest, latestEnd].map(compact).join("-")}.${peak}.${count}.jsonl`;

/** Undefined for any other key. */
export function parseIndexKey(key: string): IndexName | undefined {
    const [, month, oldest, newest, latestEnd, peak, count] =
        /\/index\/(\d{4}-\d\d)\/(\w{16})-(\w{16})-(\w{16})\.(\d+)\.(\d+)\.jsonl$/.exec(key) ?? [];
    if (month === undefined) return undefined;
    const times = { oldest: fromCompact(oldest!), newest: fromCompact(newest!), latestEnd: fromCompact(latestEnd!) };
    return { month, ...times, peak: Number(peak), count: Number(count) };
}

/** The instant that `compact` wrote. */
const fromCompact = (text: string): number =>
    Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

/** UTC date of an instant, `2026-04-01`. */
export const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** UTC month of a date, `2026-04`. */
export const monthOf = (date: string): string => date.slice(0, 7);
