import { CloudError } from "../service";
import { escapeXml, xmlElements } from "../xml";
import { compareKeys } from "./keyOrder";
import type { ReadableFiles } from "./objects";

const mostKeys = 1000;
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

interface Page {
    readonly keys: string[];
    readonly commonPrefixes: string[];
    /** Last key or common prefix of the page, when more follow. */
    readonly next?: string;
}

/** Answers ListObjectsV2 and ListObjects, which differ in the names of their marks only. */
export function listObjects(bucket: string, files: ReadableFiles, query: URLSearchParams, isV2: boolean): string {
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter") ?? "";
    const limit = parseLimit(query.get("max-keys"));
    const token = query.get("continuation-token");
    const startAfter = query.get("start-after");
    const marker = query.get("marker");
    const after = isV2 ? (token === null ? (startAfter ?? "") : readToken(token)) : (marker ?? "");
    const { keys, commonPrefixes, next } = collect(files, {
        prefix,
        delimiter,
        limit,
        after,
        isMark: (isV2 ? token : marker) !== null,
    });
    const encode = query.get("encoding-type") === "url" ? encodeURIComponent : (text: string) => text;
    const common = {
        Name: bucket,
        Prefix: encode(prefix),
        Delimiter: delimiter === "" ? undefined : encode(delimiter),
        MaxKeys: limit,
    };
    const marks = isV2
        ? {
              KeyCount: keys.length + commonPrefixes.length,
              ContinuationToken: token ?? undefined,
              StartAfter: startAfter === null ? undefined : encode(startAfter),
              NextContinuationToken: next === undefined ? undefined : writeToken(next),
          }
        : { Marker: encode(marker ?? ""), NextMarker: next === undefined ? undefined : encode(next) };
    const head = xmlElements({ ...common, ...marks, IsTruncated: next !== undefined });
    const contents = keys.map((key) => describe(key, encode(key), files)).join("");
    const prefixes = commonPrefixes.map(
        (text) => `<CommonPrefixes><Prefix>${escapeXml(encode(text))}</Prefix></CommonPrefixes>`,
    );
    return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="${namespace}">${head}${contents}${prefixes.join("")}</ListBucketResult>`;
}

interface Selection {
    readonly prefix: string;
    /** Empty for none. */
    readonly delimiter: string;
    readonly limit: number;
    /** Only what comes after this text. */
    readonly after: string;
    /** Set when `after` is the end of the page before: a common prefix then stands for all below it. */
    readonly isMark: boolean;
}

function collect({ keys: ordered }: ReadableFiles, { prefix, delimiter, limit, after, isMark }: Selection): Page {
    const keys: string[] = [];
    const commonPrefixes: string[] = [];
    let last: string | undefined;
    let position = compareKeys(after, prefix) > 0 ? after : prefix;
    if (isMark && delimiter !== "" && after.endsWith(delimiter)) {
        position = endOf(after);
    }
    let index = ordered.firstNotBefore(position);
    for (let key = ordered.at(index); key?.startsWith(prefix); key = ordered.at(index)) {
        index += 1;
        if (key === after) {
            continue;
        }
        if (keys.length + commonPrefixes.length === limit) {
            return { keys, commonPrefixes, next: last };
        }
        const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
        if (cut < 0) {
            keys.push((last = key));
        } else {
            commonPrefixes.push((last = key.slice(0, cut + delimiter.length)));
            index = ordered.firstNotBefore(endOf(last));
        }
    }
    return { keys, commonPrefixes };
}

/** A text that comes after all keys that begin with the prefix. */
function endOf(prefix: string): string {
    return `${prefix}\u{10ffff}`;
}

function describe(key: string, shown: string, files: ReadableFiles): string {
    const record = files.get(key)!;
    const algorithm = record.checksum?.algorithm.toUpperCase();
    const fields = {
        Key: shown,
        LastModified: new Date(record.modified).toISOString(),
        ETag: `"${record.etag}"`,
        ChecksumAlgorithm: algorithm,
        Size: record.size,
        StorageClass: "STANDARD",
    };
    return `<Contents>${xmlElements(fields)}</Contents>`;
}

function parseLimit(text: string | null): number {
    const limit = text === null ? mostKeys : Number(text);
    if (!Number.isInteger(limit) || limit < 0) {
        throw new CloudError("InvalidArgument", "Provided max-keys not an integer or within integer range");
    }
    return Math.min(limit, mostKeys);
}

const writeToken = (key: string): string => Buffer.from(`1${key}`, "utf8").toString("base64url");

function readToken(token: string): string {
    const text = Buffer.from(token, "base64url").toString("utf8");
    if (!text.startsWith("1")) {
        throw new CloudError("InvalidArgument", "The continuation token provided is incorrect");
    }
    return text.slice(1);
}
