import { ApiError, invalid } from "./errors";

/** Largest body that is read, in bytes. */
const largestBody = 1_000_000;
/** Deepest nesting that is read; the API's own requests nest eight deep. */
const deepest = 24;

const cannotParse = (message: string): ApiError =>
    new ApiError("ValidationException", message, { Reason: "CANNOT_PARSE" });

/**
 * The JSON of a request's body, without its nulls, which stand for absent members wherever they are; an empty body is an empty object.
 * Throws ValidationException for a body that is too large, no UTF-8, no JSON, or nested too deep.
 */
export async function readBody(request: Request): Promise<unknown> {
    const text = decode(await readBytes(request));
    let value: unknown;
    try {
        value = text === "" ? {} : JSON.parse(text);
    } catch {
        throw cannotParse("The body is not JSON.");
    }
    return withoutNulls(value, 0);
}

/** Stops reading at the limit, whatever the headers say of the length. */
async function readBytes(request: Request): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    if (request.body === null) return Buffer.alloc(0);
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > largestBody) throw invalid(`The body is too large; ${largestBody} bytes at most.`);
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        throw cannotParse("The body is not UTF-8.");
    }
}

function withoutNulls(value: unknown, depth: number): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (depth === deepest) throw cannotParse(`The body is nested more than ${deepest} deep.`);
    if (Array.isArray(value)) return value.filter((item) => item !== null).map((item) => withoutNulls(item, depth + 1));
    const kept = Object.entries(value).filter(([, member]) => member !== null);
    return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member, depth + 1)]));
}
