import { openGroups } from "../../detection/store/groups";
import type { GroupRecord } from "../../detection/store/groupRecord";
import type { ProgressRecord } from "../../detection/store/records";
import type { ObjectStore } from "../../objects/objectStore";

/** Every group of a run, whole, newest first: as they are listed, each found again by its id. */
export async function* storedGroups(
    objects: ObjectStore,
    [detector, run]: readonly [detector: string, run: string],
    progress: ProgressRecord,
): AsyncGenerator<GroupRecord, void, undefined> {
    const store = openGroups(objects, detector, run);
    for (const { id } of (await store.page(progress, { filter: {}, size: Infinity })).groups) {
        const group = await store.find(progress, id);
        if (group === undefined) throw new Error(`the group ${id} is listed and cannot be found`);
        yield group;
    }
}
