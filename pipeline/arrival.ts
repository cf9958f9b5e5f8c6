import type { ArrivalEvent, ArrivalRecord, RecentWindow } from "./arrivalRecord";
import type { Window } from "./windows";

/*
 * Rows that do not come are an event of their own, and no fall of a measure. What is usual is learned by slot of the week, from the rows of
 * live windows, robustly: a median does not move for a few odd ones. While a slot has too few windows its hour of all days stands in for it,
 * and for that all windows do.
 */

/** A window that a run has committed. */
export interface ArrivedWindow extends Window {
    readonly rows: number;
    /** Of its manifest: it grows when other rows were found. */
    readonly version: number;
}

const hourMs = 3_600_000;
const hoursOfWeek = 168;
/** Windows that may still change, the longest lateness (40 intervals) and some room. */
const mostRecent = 64;
/** Windows kept for an hour of the week: two weeks of five minutes, half a year of hours. */
const mostInSlot = 24;
const mostDelays = 500;
const mostEvents = 50;
/** Windows without which a slot, an hour of the day, or all of them say nothing. */
const enoughInSlot = 4;
const enoughInHour = 3;
const enoughAtAll = 24;
/** Fewer than this part of the usual is far short of it; so is nothing else. */
const shortPart = 0.5;
/** Usual deviations below the usual that rows of this number have by chance alone. */
const chance = 4;
/** Rows that come later than this many times the usual delay came late. */
const latePart = 2;

/** What is known of a detector's arrival after a run that committed these windows at `now` (milliseconds since 1970). */
export function afterRun(before: ArrivalRecord, windows: readonly ArrivedWindow[], now: number): ArrivalRecord {
    let record = before;
    for (const window of [...windows].sort((one, other) => one.start - other.start))
        record = noted(record, window, now);
    const newest = record.recent.at(-1);
    const last =
        newest === undefined ? undefined : record.events.findLast(({ window }) => window.start === newest.window.start);
    const missing = last === undefined || last.kind === "late" ? undefined : last;
    const late = lateOf(record);
    const { missing: _missing, late: _late, ...rest } = settled(record);
    return { ...rest, ...(missing === undefined ? {} : { missing }), ...(late === undefined ? {} : { late }) };
}

/** The newest window whose rows came late; undefined once rows have come in time since. Of the record alone: a run may be closed twice. */
function lateOf({ events, recent }: ArrivalRecord): ArrivalEvent | undefined {
    const event = events.findLast(({ kind }) => kind === "late");
    const found = recent.find(({ window }) => window.start === event?.window.start);
    if (event === undefined || found === undefined) return undefined;
    const odd = new Set(events.map(({ window }) => window.start));
    const isOver = recent.some(({ window, firstAt }) => firstAt > found.changedAt && !odd.has(window.start));
    return isOver ? undefined : event;
}

/** What is wrong with the arrival as of the last run: rows that are missing, or else rows that came late; undefined for nothing. */
export const presentEvent = ({ missing, late }: ArrivalRecord): ArrivalEvent | undefined => missing ?? late;

/** Seconds after a window's end by which its rows are there, in 95 of 100 windows; undefined before there are twenty. */
export function learnedDelaySeconds({ delays, recent }: ArrivalRecord): number | undefined {
    const all = [...delays, ...recent.slice(0, -1).map(delayOf)].sort((one, other) => one - other);
    return all.length < 20 ? undefined : all[Math.ceil(all.length * 0.95) - 1];
}

/** Rows that a window usually has; undefined while too little is known. */
export function usualRows(record: ArrivalRecord, { start }: Window): number | undefined {
    return baseOf(record, start)?.usual;
}

function noted(record: ArrivalRecord, arrived: ArrivedWindow, now: number): ArrivalRecord {
    const { start, end, rows, version } = arrived;
    const known = record.recent.find(({ window }) => window.start === start);
    if (known !== undefined && known.version >= version) return record;
    const newest = record.recent.at(-1);
    // A window that was parked for long says nothing of how rows come.
    if (known === undefined && newest !== undefined && start < record.recent[0]!.window.start) return record;
    const next: RecentWindow = {
        window: { start, end },
        rows,
        version,
        firstAt: known?.firstAt ?? now,
        changedAt: now,
    };
    const others = record.recent.filter((one) => one !== known);
    const event = eventOf({ ...record, recent: others }, next, known);
    const events = record.events.filter(({ window }) => window.start !== start);
    return {
        ...record,
        recent: [...others, next].sort((one, other) => one.window.start - other.window.start),
        events: (event === undefined ? events : [...events, event])
            .sort((one, other) => one.window.start - other.window.start)
            .slice(-mostEvents),
    };
}

function eventOf(record: ArrivalRecord, next: RecentWindow, known: RecentWindow | undefined): ArrivalEvent | undefined {
    const base = baseOf(record, next.window.start);
    if (base === undefined) return undefined;
    const { usual, least } = base;
    const { window, rows } = next;
    if (rows < Math.min(usual * shortPart, least, usual - chance * Math.sqrt(usual))) {
        const run = missingBefore(record, window.start);
        const severity = severityOf(1 - rows / usual, run);
        return { window, kind: rows === 0 ? "empty" : "short", rows, usual, severity };
    }
    const delay = learnedDelaySeconds(record);
    if (known === undefined || known.rows >= usual * shortPart || delay === undefined) return undefined;
    const delaySeconds = delayOf(next);
    if (delaySeconds <= latePart * delay) return undefined;
    const severity = lateSeverity(delaySeconds / Math.max(delay, 1));
    return { window, kind: "late", rows, usual, severity, delaySeconds, usualDelaySeconds: delay };
}

/** 60 of 100 for the first window without any row, 10 more for each before it that was missing too; in proportion where some came. */
export const severityOf = (shortfall: number, missingBefore: number): number =>
    Math.round(shortfall * Math.min(100, 60 + 10 * missingBefore));

/** 30 of 100 for rows that took twice as long as usual, 10 more each time that doubles, and never more than a window without rows. */
export const lateSeverity = (timesUsual: number): number =>
    Math.round(Math.min(60, 30 + 10 * Math.max(0, Math.log2(timesUsual / latePart))));

/** Windows right before an instant whose rows are missing. */
function missingBefore({ recent, events }: ArrivalRecord, start: number): number {
    const missing = new Set(events.filter(({ kind }) => kind !== "late").map(({ window }) => window.start));
    let count = 0;
    for (const { window } of recent.filter((one) => one.window.start < start).reverse()) {
        if (!missing.has(window.start)) break;
        count++;
    }
    return count;
}

interface Base {
    readonly usual: number;
    /** Fewest rows of a window like it, the odd ones left out. */
    readonly least: number;
}

/** The rows of windows like the one that begins at an instant. */
function baseOf(record: ArrivalRecord, start: number): Base | undefined {
    const slot = slotOf(start);
    const own = rowsIn(record, (other) => other === slot);
    if (own.length >= enoughInSlot) return baseFrom(own);
    const hour = rowsIn(record, (other) => other % 24 === slot % 24);
    if (hour.length >= enoughInHour) return baseFrom(hour);
    const all = rowsIn(record, () => true);
    // Whatever the hour: only where none is ever empty.
    return all.length >= enoughAtAll && Math.min(...all) > 0 ? { usual: median(all), least: 1 } : undefined;
}

function baseFrom(rows: readonly number[]): Base | undefined {
    const usual = median(rows);
    const odd = Math.floor(rows.length / 5);
    return usual === 0 ? undefined : { usual, least: [...rows].sort((one, other) => one - other)[odd]! };
}

function rowsIn({ slots, recent, events }: ArrivalRecord, isWanted: (slot: number) => boolean): number[] {
    const odd = new Set(events.filter(({ kind }) => kind !== "late").map(({ window }) => window.start));
    return [
        ...Object.entries(slots).flatMap(([slot, rows]) => (isWanted(Number(slot)) ? rows : [])),
        ...recent
            .filter(({ window }) => !odd.has(window.start) && isWanted(slotOf(window.start)))
            .map(({ rows }) => rows),
    ];
}

/** What can change no more goes to where it is learned from. */
function settled(record: ArrivalRecord): ArrivalRecord {
    const gone = record.recent.slice(0, -mostRecent);
    if (gone.length === 0) return record;
    const slots = { ...record.slots };
    for (const { window, rows } of gone) {
        const slot = String(slotOf(window.start));
        slots[slot] = [...(slots[slot] ?? []), rows].slice(-mostInSlot);
    }
    return {
        ...record,
        recent: record.recent.slice(-mostRecent),
        slots,
        delays: [...record.delays, ...gone.map(delayOf)].slice(-mostDelays),
        changed: record.changed + gone.filter(({ firstAt, changedAt }) => changedAt > firstAt).length,
    };
}

const delayOf = ({ window, changedAt }: RecentWindow): number =>
    Math.max(0, Math.round((changedAt - window.end) / 1000));

/** Hour of the week, in UTC, in which a window begins. */
const slotOf = (start: number): number => Math.floor(start / hourMs) % hoursOfWeek;

function median(values: readonly number[]): number {
    const sorted = [...values].sort((one, other) => one - other);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
