import { z } from "zod";
import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { groupRecord, type GroupRecord } from "./groupRecord";
import {
    groupSummary,
    isStanding,
    newestFirst,
    summaryOf,
    type GroupFilter,
    type GroupPlace,
    type GroupSummary,
} from "./groupSummary";
import {
    dateOf,
    groupMonthPrefix,
    groupsPrefix,
    indexKey,
    indexMonthPrefix,
    indexPrefix,
    monthOf,
    parseGroupsKey,
    parseIndexKey,
} from "./layout";
import type { ProgressRecord } from "./records";

/*
 * Groups of past days lie in a file for each day. Summaries of a month's groups are gathered in an index when the month has ended, so that
 * a listing goes straight to the place where a page begins, and reads little beside it. Names of files say what is in them.
 */

/** A file of groups that never changes. */
export interface GroupPart {
    readonly key: string;
    /** Starts of its groups lie between these, both inclusive. */
    readonly oldest: number;
    readonly newest: number;
    /** No group's last interval starts later. */
    readonly latestEnd: number;
    /** Highest severity, rounded down. */
    readonly peak: number;
    /** Groups in it, as far as its name tells. */
    readonly count?: number;
}

const dayMs = 86_400_000;
/** Groups in one file of the index: some 250 KB. */
const groupsPerPart = 1000;

/** The files that count by a progress, newest first. */
export async function listParts(objects: ObjectStore, run: string, progress: ProgressRecord): Promise<GroupPart[]> {
    const current = monthOf(progress.groupsSince);
    const parts: GroupPart[] = [];
    const indexed = new Set<string>();
    for await (const { key } of objects.list(indexPrefix(run))) {
        const name = parseIndexKey(key);
        // A month that a crashed worker gathered before the progress moved on is still listed by its days.
        if (name === undefined || name.month >= current) continue;
        indexed.add(name.month);
        if (name.count > 0) parts.push({ key, ...name });
    }
    const hasAll = monthsBetween(dateOf(progress.scoredFrom), progress.groupsSince).every((one) => indexed.has(one));
    const prefix = hasAll ? groupMonthPrefix(run, current) : groupsPrefix(run);
    for await (const { key } of objects.list(prefix)) {
        const day = parseGroupsKey(key);
        if (day === undefined || day.date >= progress.groupsSince || indexed.has(monthOf(day.date))) continue;
        const oldest = Date.parse(day.date);
        parts.push({ key, oldest, newest: oldest + dayMs - 1, latestEnd: Infinity, peak: day.peak });
    }
    return parts.sort((one, other) => other.oldest - one.oldest);
}

/** False when a part's name tells that nothing in it is wanted. */
export function mayHold(part: GroupPart, filter: GroupFilter, after: GroupPlace | undefined): boolean {
    const { minSeverity = 0, from, since, to } = filter;
    return (
        part.peak + 1 > minSeverity &&
        (from === undefined || part.latestEnd >= from) &&
        (since === undefined || part.newest >= since) &&
        (to === undefined || part.oldest < to) &&
        (after === undefined || part.oldest <= after.start)
    );
}

/** A part's groups, newest first. */
export async function readPart(objects: ObjectStore, { key }: GroupPart): Promise<GroupSummary[]> {
    if (parseIndexKey(key) === undefined) return (await readDay(objects, key)).filter(isStanding).map(summaryOf);
    const lines = await readLines(objects, key);
    return lines.map((line) => z.decode(groupSummary, JSON.parse(line) as z.input<typeof groupSummary>));
}

/** Groups of a day's file, newest first. */
export async function readDay(objects: ObjectStore, key: string): Promise<GroupRecord[]> {
    const lines = await readLines(objects, key);
    return lines
        .map((line) => z.decode(groupRecord, JSON.parse(line) as z.input<typeof groupRecord>))
        .sort(newestFirst);
}

async function readLines(objects: ObjectStore, key: string): Promise<string[]> {
    const found = await objects.get(key);
    if (found === undefined) throw new NotFoundError(`the groups ${key} were listed and are gone`);
    return found.body.toString("utf8").trimEnd().split("\n");
}

/** Gathers a month whose groups all lie in the files of their days. Doing it again writes the same. */
export async function writeMonth(objects: ObjectStore, run: string, month: string): Promise<void> {
    const days: string[] = [];
    for await (const { key } of objects.list(groupMonthPrefix(run, month))) days.push(key);
    const groups = (await Promise.all(days.map((key) => readDay(objects, key))))
        .flat()
        .filter(isStanding)
        .map(summaryOf);
    const kept = new Set<string>();
    for (const part of split(groups.sort(newestFirst))) {
        const key = indexKey(run, { month, ...nameOf(part, month) });
        const lines = part.map((group) => `${JSON.stringify(z.encode(groupSummary, group))}\n`);
        await objects.put(key, lines.join(""));
        kept.add(key);
    }
    // What another worker gathered of other groups, before it crashed, must not count beside this.
    const stale: string[] = [];
    for await (const { key } of objects.list(indexMonthPrefix(run, month))) if (!kept.has(key)) stale.push(key);
    if (stale.length > 0) await objects.delete(stale);
}

/** Parts of about equal size, at least one; groups that start together are never parted, so that parts do not overlap. */
function split(groups: readonly GroupSummary[]): GroupSummary[][] {
    const parts: GroupSummary[][] = [[]];
    for (const group of groups) {
        const part = parts.at(-1)!;
        if (part.length >= groupsPerPart && part.at(-1)!.start !== group.start) parts.push([group]);
        else part.push(group);
    }
    return parts;
}

function nameOf(part: readonly GroupSummary[], month: string) {
    const none = Date.parse(`${month}-01`);
    return {
        oldest: part.at(-1)?.start ?? none,
        newest: part[0]?.start ?? none,
        latestEnd: part.reduce((latest, { end }) => Math.max(latest, end), none),
        peak: Math.floor(part.reduce((peak, { severity }) => Math.max(peak, severity), 0)),
        count: part.length,
    };
}

/** The months from that of one date to that of another, which is not among them. */
export function monthsBetween(from: string, to: string): string[] {
    const months: string[] = [];
    const at = new Date(`${monthOf(from)}-01`);
    for (; at.toISOString().slice(0, 7) < monthOf(to); at.setUTCMonth(at.getUTCMonth() + 1))
        months.push(at.toISOString().slice(0, 7));
    return months;
}
