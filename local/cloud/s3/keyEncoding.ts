/*
 * How an object's key becomes the path of a file. Readable keys stay readable; everything that a file system could trip over is
 * escaped, so that the way back is exact. Key `a` and key `a/b` do not collide: a folder's name never holds a dot unless it ends with
 * `%`, a file's name always holds one or ends with `%`. Keys that differ only in letter case need a case-sensitive file system.
 */

/** Longest piece of a file name, in characters. */
const longestPiece = 200;
/** Ends a folder's name that is only the first part of a long one. */
const continued = "%+";
/** Stands for an empty part of a key (`a//b`, `a/`). */
const emptyPart = "%-";

/** Relative path, with `/`, of the file that holds the object. */
export function encodeKey(key: string): string {
    const parts = key.split("/");
    return parts.map((part, index) => encodePart(part, index === parts.length - 1)).join("/");
}

/** The key whose file has that relative path. */
export function decodeKey(path: string): string {
    return path
        .replaceAll(`${continued}/`, "")
        .split("/")
        .map((name) => decodeName(name))
        .join("/");
}

function encodePart(part: string, isFile: boolean): string {
    const escaped = part === "" ? emptyPart : escape(part);
    const pieces: string[] = [];
    for (let start = 0; start < escaped.length; start += longestPiece) {
        pieces.push(escaped.slice(start, start + longestPiece));
    }
    const last = pieces.pop()!;
    const name = last.includes(".") === isFile ? last : `${last}%`;
    return [...pieces.map((piece) => `${piece}${continued}`), name].join("/");
}

function escape(part: string): string {
    if (/^[A-Za-z0-9_=+@,()!' -][A-Za-z0-9_=+@,()!' .-]*$/.test(part)) {
        return part;
    }
    return Array.from(Buffer.from(part, "utf8"), (byte, index) => {
        const character = String.fromCharCode(byte);
        const isPlain = /[A-Za-z0-9_=+@,()!' -]/.test(character) || (character === "." && index > 0);
        return isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    }).join("");
}

function decodeName(name: string): string {
    const escaped = name.endsWith("%") ? name.slice(0, -1) : name;
    return escaped === emptyPart ? "" : decodeURIComponent(escaped);
}
