import path from "node:path";

/*
 * How a key becomes a path. Any key has one, no two keys share one, and usual keys look the same on disk:
 *
 *   ecommerce/cache/ab12.json  ->  ecommerce/cache/ab12.json
 *   a and a/b                  ->  a%. and a/b       a file's name has a dot, a folder's never, so they cannot clash
 *   v1.2/../x y                ->  v1%2E2/%2E%2E/x%20y%.
 *
 * On a file system that does not tell cases apart, keys that differ only by case do clash; a part of a key has at most 255 bytes
 * when encoded. Both hold for every key of this project.
 */

/** Ends the name of a file whose key has no dot in its last part. */
const bareMark = "%.";

/** Path of the file that holds a key's object. */
export function fileOfKey(root: string, key: string): string {
    const segments = key.split("/");
    const last = segments.pop() ?? "";
    return path.join(root, ...segments.map(folderSegment), fileSegment(last));
}

/** Name of the folder for a part of a key that is followed by a slash. */
export function folderSegment(segment: string): string {
    return segment === "" ? "%" : escape(segment).replaceAll(".", "%2E");
}

/** The part of a key that a file's or a folder's name stands for. */
export function keySegment(name: string): string {
    if (name === "%") return "";
    return decodeURIComponent(name.endsWith(bareMark) ? name.slice(0, -bareMark.length) : name);
}

/** Name of the file for the last part of a key. */
function fileSegment(segment: string): string {
    const name = escape(segment).replace(/^\./, "%2E");
    return name.includes(".") ? name : name + bareMark;
}

/** Percent-encodes all but letters, digits and a few signs that every file system takes. */
function escape(segment: string): string {
    return encodeURIComponent(segment).replace(
        /[!'()*~]/g,
        (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
    );
}
