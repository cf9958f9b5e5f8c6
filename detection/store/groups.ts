import { createHash } from "node:crypto";
import { z } from "zod";
import type { ObjectStore } from "../../objects/objectStore";
import { groupRecord, type GroupRecord } from "./groupRecord";
import { listParts, mayHold, monthsBetween, readDay, readPart, writeMonth, type GroupPart } from "./groupParts";
import {
    isStanding,
    isWanted,
    newestFirst,
    summaryOf,
    type GroupFilter,
    type GroupPlace,
    type GroupSummary,
} from "./groupSummary";
import { dateOf, groupDayPrefix, groupsKey, runPrefix } from "./layout";
import type { ProgressRecord } from "./records";

/** One page of a listing. */
export interface GroupPage {
    /** Newest start first. */
    readonly groups: readonly GroupSummary[];
    /** Where the next page begins; undefined when there is no more. */
    readonly next: GroupPlace | undefined;
}

/** What a page is asked for with. */
export interface PageRequest {
    readonly filter: GroupFilter;
    /** Groups behind this place only. */
    readonly after?: GroupPlace;
    /** Most groups. */
    readonly size: number;
}

/** Groups of a run: recent ones lie in its progress, those of earlier days in a file for each day. */
export interface GroupStore {
    /**
     * A page of groups. Reads what holds the page and nothing before it, however far on the page is. It is full while there are more,
     * unless a filter leaves out nearly everything: then it may be short, or empty, and still say where to go on.
     */
    page(progress: ProgressRecord, request: PageRequest): Promise<GroupPage>;
    find(progress: ProgressRecord, id: string): Promise<GroupRecord | undefined>;
    /**
     * Writes the files of days whose groups can grow no more, and the index of the months that end with them. `from` and `to` are
     * `groupsSince` of the progress before and after; to be called before the progress moves.
     */
    writeDays(
        days: ReadonlyMap<string, readonly GroupRecord[]>,
        span: { readonly from: string; readonly to: string },
    ): Promise<void>;
}

/** What a warm process remembers of groups' files, which never change. */
export interface GroupCache {
    readonly parts: Map<string, readonly GroupPart[]>;
    readonly groups: Map<string, readonly GroupSummary[]>;
}

/** Most listings, and most files, that a cache keeps. A file has some thousand groups. */
const cachedListings = 32;
const cachedFiles = 64;
/** Files that a page reads at most before it ends short. */
const mostReads = 100;
/** Files that are read at once. */
const readsAtOnce = 8;
/** What a day's file is taken to hold when it is guessed how many a page needs. */
const guessedCount = 4;

export const createGroupCache = (): GroupCache => ({ parts: new Map(), groups: new Map() });

export function openGroups(
    objects: ObjectStore,
    detector: string,
    run: string,
    cache: GroupCache = createGroupCache(),
): GroupStore {
    const at = runPrefix(detector, run);
    const partsOf = (progress: ProgressRecord) =>
        remembered(cache.parts, `${at}${progress.groupsSince}`, cachedListings, () => listParts(objects, at, progress));
    const groupsOf = (part: GroupPart) =>
        remembered(cache.groups, part.key, cachedFiles, () => readPart(objects, part));
    return {
        page: async (progress, { filter, after, size }) => {
            const wanted = (groups: readonly GroupSummary[]) =>
                groups.filter((one) => isWanted(one, filter) && (after === undefined || newestFirst(one, after) > 0));
            const found = wanted(progress.groups.filter(isStanding).map(summaryOf)).sort(newestFirst);
            const parts = found.length > size ? [] : (await partsOf(progress)).filter((p) => mayHold(p, filter, after));
            let read = 0;
            // One more than the page holds tells that there is another page.
            while (found.length <= size && read < parts.length && read < mostReads) {
                const batch = nextBatch(parts.slice(read, mostReads), size + 1 - found.length);
                for (const groups of await Promise.all(batch.map(groupsOf))) found.push(...wanted(groups));
                read += batch.length;
            }
            const next = found.length > size ? placeOf(found[size - 1]!) : behind(parts, read);
            return { groups: found.slice(0, size), next };
        },
        find: async (progress, id) => {
            const recent = progress.groups.find((group) => group.id === id);
            if (recent !== undefined) return recent;
            const date = dateOf(startOfGroupId(id));
            if (date >= progress.groupsSince) return undefined;
            for await (const { key } of objects.list(groupDayPrefix(at, date))) {
                const found = (await readDay(objects, key)).find((group) => group.id === id);
                if (found !== undefined) return found;
            }
            return undefined;
        },
        writeDays: async (days, { from, to }) => {
            for (const [date, groups] of days) await writeDay(objects, at, date, groups);
            for (const month of monthsBetween(from, to)) await writeMonth(objects, at, month);
        },
    };
}

const placeOf = ({ start, id }: GroupPlace): GroupPlace => ({ start, id });

/** The place behind the files that were read; undefined when there are no others. */
function behind(parts: readonly GroupPart[], read: number): GroupPlace | undefined {
    // No id is behind this one.
    return read < parts.length ? { start: parts[read - 1]!.oldest, id: "~" } : undefined;
}

/** The files that probably hold so many groups, to be read at once. */
function nextBatch(parts: readonly GroupPart[], needed: number): GroupPart[] {
    const batch: GroupPart[] = [];
    for (let expected = 0; expected < needed && batch.length < Math.min(parts.length, readsAtOnce);) {
        const part = parts[batch.length]!;
        expected += part.count ?? guessedCount;
        batch.push(part);
    }
    return batch;
}

async function writeDay(
    objects: ObjectStore,
    run: string,
    date: string,
    groups: readonly GroupRecord[],
): Promise<void> {
    if (groups.length === 0) return;
    const peak = Math.floor(Math.max(...groups.map(({ severity }) => severity)));
    const lines = [...groups].sort(newestFirst).map((group) => JSON.stringify(z.encode(groupRecord, group)));
    await objects.put(groupsKey(run, date, peak), `${lines.join("\n")}\n`);
}

/** The oldest entries go first. */
async function remembered<T>(cache: Map<string, T>, key: string, most: number, read: () => Promise<T>): Promise<T> {
    const known = cache.get(key);
    const value = known ?? (await read());
    cache.delete(key);
    cache.set(key, value);
    for (const oldest of cache.keys()) {
        if (cache.size <= most) break;
        cache.delete(oldest);
    }
    return value;
}

/** Id of a group: the same for the same run, measure and start, and it tells the start. */
export function groupIdOf(run: string, measure: string, start: number): string {
    const minutes = Math.floor(start / 60_000)
        .toString(16)
        .padStart(8, "0");
    const hash = createHash("sha256")
        .update(JSON.stringify([run, measure, start]))
        .digest("hex");
    return `${minutes}-${hash.slice(0, 4)}-8${hash.slice(4, 7)}-a${hash.slice(7, 10)}-${hash.slice(10, 22)}`;
}

/** Start of the group that an id was made for, to the minute; some instant for an id that was not made here. */
export function startOfGroupId(id: string): number {
    return Number.parseInt(id.slice(0, 8), 16) * 60_000;
}
