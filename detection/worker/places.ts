import { createHash } from "node:crypto";
import type { ObjectInfo } from "../../objects/objectStore";
import type { Calendar } from "./calendar";
import { fixedPart, renderTemplate } from "./pathTemplate";
import type { Place } from "./sources";

/** The objects that a path means: the one of that key, or all below it, in folders too. Empty ones hold no rows and are left out. */
export async function* objectsAt({ bucket, key: path }: Place): AsyncGenerator<ObjectInfo, void, undefined> {
    const folder = path === "" || path.endsWith("/") ? path : `${path}/`;
    for await (const info of bucket.list(path))
        if (info.size > 0 && (info.key === path || info.key.startsWith(folder))) yield info;
}

/** The folder of an interval, by its template. */
export function placeOfInterval(template: Place, start: number, timeZone: string): Place {
    const path = renderTemplate(template.key, start, timeZone);
    return { ...template, key: path.endsWith("/") ? path : `${path}/` };
}

/** An opaque text that changes when any of the objects does, or one comes or goes. */
export function tagOfObjects(objects: readonly { readonly key: string; readonly etag: string }[]): string {
    const hash = createHash("sha256");
    for (const { key, etag } of objects) hash.update(`${key}\n${etag}\n`);
    return hash.digest("hex").slice(0, 16);
}

/** An object of a templated path, and the positions whose folder it lies in; both inclusive. */
export interface TemplatedObject {
    readonly key: string;
    readonly first: number;
    readonly last: number;
}

/** Intervals back from the last one in which folders of a templated path are looked for. */
const mostIntervals = 200_000;

/** The objects that lie in the folders of a template's past intervals, up to a position, oldest interval first. Lists the path once. */
export async function templatedHistory(
    template: Place,
    { calendar, timeZone, last }: { readonly calendar: Calendar; readonly timeZone: string; readonly last: number },
): Promise<TemplatedObject[]> {
    const keys: string[] = [];
    for await (const { key, size } of template.bucket.list(fixedPart(template.key))) if (size > 0) keys.push(key);
    const found = new Map<string, TemplatedObject>();
    for (let position = last; position > last - mostIntervals && found.size < keys.length; position--) {
        const folder = placeOfInterval(template, calendar.startOf(position), timeZone).key;
        for (let at = firstFrom(keys, folder); at < keys.length && keys[at]!.startsWith(folder); at++) {
            const key = keys[at]!;
            found.set(key, { key, first: position, last: found.get(key)?.last ?? position });
        }
    }
    return [...found.values()].sort((one, other) => one.first - other.first || (one.key < other.key ? -1 : 1));
}

/** Place of the first key that does not come before a text, by bytes. */
function firstFrom(keys: readonly string[], text: string): number {
    const wanted = Buffer.from(text);
    let [low, high] = [0, keys.length];
    while (low < high) {
        const middle = (low + high) >> 1;
        if (Buffer.compare(Buffer.from(keys[middle]!), wanted) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}
