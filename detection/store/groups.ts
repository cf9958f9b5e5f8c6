import { createHash } from "node:crypto";
import { z } from "zod";
import { NotFoundError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { dateOf, groupDayPrefix, groupsKey, groupsPrefix, parseGroupsKey, runPrefix } from "./layout";
import { groupRecord, type GroupRecord } from "./groupRecord";
import type { ProgressRecord } from "./records";

/** Where a listing of groups stopped: the last group that was given. */
export interface GroupPlace {
    readonly start: number;
    readonly id: string;
}

/** Groups of a run: recent ones lie in its progress, those of earlier days in a file for each day. */
export interface GroupStore {
    /** Groups with at least this severity, newest start first, from a place on; reads the days that it needs and no others. */
    list(
        progress: ProgressRecord,
        minSeverity: number,
        after?: GroupPlace,
    ): AsyncGenerator<GroupRecord, void, undefined>;
    find(progress: ProgressRecord, id: string): Promise<GroupRecord | undefined>;
    /** Writes the file of a day whose groups can grow no more. */
    writeDay(date: string, groups: readonly GroupRecord[]): Promise<void>;
}

export function openGroups(objects: ObjectStore, detector: string, run: string): GroupStore {
    const at = runPrefix(detector, run);
    const readDay = async (key: string): Promise<GroupRecord[]> => {
        const found = await objects.get(key);
        if (found === undefined) throw new NotFoundError(`the groups ${key} were listed and are gone`);
        const lines = found.body.toString("utf8").trimEnd().split("\n");
        return lines.map((line) => z.decode(groupRecord, JSON.parse(line) as z.input<typeof groupRecord>));
    };
    return {
        async *list(progress, minSeverity, after) {
            yield* page(progress.groups, minSeverity, after);
            const days: { key: string; date: string; peak: number }[] = [];
            for await (const { key } of objects.list(groupsPrefix(at))) {
                const day = parseGroupsKey(key);
                // A day that a crashed worker wrote before the progress moved on is still in the progress.
                if (day !== undefined && day.date < progress.groupsSince) days.push({ key, ...day });
            }
            for (const { key, date, peak } of days.reverse()) {
                if (peak + 1 <= minSeverity || (after !== undefined && date > dateOf(after.start))) continue;
                yield* page(await readDay(key), minSeverity, after);
            }
        },
        find: async (progress, id) => {
            const recent = progress.groups.find((group) => group.id === id);
            if (recent !== undefined) return recent;
            const date = dateOf(startOfGroupId(id));
            if (date >= progress.groupsSince) return undefined;
            for await (const { key } of objects.list(groupDayPrefix(at, date))) {
                const found = (await readDay(key)).find((group) => group.id === id);
                if (found !== undefined) return found;
            }
            return undefined;
        },
        writeDay: async (date, groups) => {
            if (groups.length === 0) return;
            const peak = Math.floor(Math.max(...groups.map(({ severity }) => severity)));
            const lines = [...groups].sort(newestFirst).map((group) => JSON.stringify(z.encode(groupRecord, group)));
            await objects.put(groupsKey(at, date, peak), `${lines.join("\n")}\n`);
        },
    };
}

/** Newest start first; those that start together by id, so that the order is the same each time. */
export function newestFirst(one: GroupPlace, other: GroupPlace): number {
    return other.start - one.start || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
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
function startOfGroupId(id: string): number {
    return Number.parseInt(id.slice(0, 8), 16) * 60_000;
}

function page(groups: readonly GroupRecord[], minSeverity: number, after: GroupPlace | undefined): GroupRecord[] {
    return groups
        .filter((group) => group.severity >= minSeverity && (after === undefined || newestFirst(group, after) > 0))
        .sort(newestFirst);
}
