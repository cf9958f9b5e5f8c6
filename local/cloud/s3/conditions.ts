import { CloudError } from "../service";
import type { ObjectRecord } from "./bucketFiles";

type Headers = Readonly<Record<string, string>>;

/** Refuses a write whose `If-None-Match` or `If-Match` does not hold. */
export function checkWrite(headers: Headers, current: ObjectRecord | undefined, key: string): void {
    const ifNoneMatch = headers["if-none-match"];
    if (ifNoneMatch !== undefined && ifNoneMatch !== "*") {
        throw new CloudError("NotImplemented", "A write takes If-None-Match with * only.", 501);
    }
    if (ifNoneMatch === "*" && current !== undefined) {
        throw failed("If-None-Match");
    }
    const ifMatch = headers["if-match"];
    if (ifMatch !== undefined) {
        if (current === undefined) {
            throw noSuchKey(key);
        }
        if (!matches(ifMatch, current)) {
            throw failed("If-Match");
        }
    }
}

/** Judges a read: true when the caller has this version already (304). */
export function isNotModified(headers: Headers, record: ObjectRecord): boolean {
    const { "if-match": ifMatch, "if-none-match": ifNoneMatch } = headers;
    const modified = Math.floor(record.modified / 1000);
    if (ifMatch !== undefined && !matches(ifMatch, record)) {
        throw failed("If-Match");
    }
    if (ifMatch === undefined && modified > seconds(headers["if-unmodified-since"], Infinity)) {
        throw failed("If-Unmodified-Since");
    }
    if (ifNoneMatch !== undefined) {
        return matches(ifNoneMatch, record);
    }
    return modified <= seconds(headers["if-modified-since"], -Infinity);
}

/** Refuses a delete whose `If-Match` does not hold. */
export function checkDelete(headers: Headers, current: ObjectRecord | undefined): void {
    const ifMatch = headers["if-match"];
    if (ifMatch !== undefined && (current === undefined || !matches(ifMatch, current))) {
        throw failed("If-Match");
    }
}

export function noSuchKey(key: string): CloudError {
    return new CloudError("NoSuchKey", `The specified key does not exist: ${key}`, 404);
}

function matches(header: string, { etag }: ObjectRecord): boolean {
    return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^"|"$/g, "") === etag);
}

function seconds(date: string | undefined, absent: number): number {
    const parsed = date === undefined ? NaN : Date.parse(date);
    return Number.isNaN(parsed) ? absent : Math.floor(parsed / 1000);
}

function failed(condition: string): CloudError {
    return new CloudError(
        "PreconditionFailed",
        `At least one of the pre-conditions you specified did not hold: ${condition}.`,
        412,
    );
}
