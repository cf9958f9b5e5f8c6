import { CloudError } from "../service";

/** A body with the headers that came behind it. */
export interface DecodedBody {
    readonly body: Buffer;
    /** Names in lower case. */
    readonly trailers: Readonly<Record<string, string>>;
}

/**
 * Decodes `aws-chunked` content: chunks of `<length in hexadecimal>[;extensions]`, the bytes, and after the last chunk of length 0 the
 * trailer. Signatures of chunks are not checked. Throws IncompleteBody when it is cut short or longer than announced.
 */
export function decodeChunks(encoded: Buffer, announcedLength: string | undefined): DecodedBody {
    const chunks: Buffer[] = [];
    let position = 0;
    for (;;) {
        const [line, next] = readLine(encoded, position);
        const length = parseInt(line, 16);
        if (Number.isNaN(length) || next + length > encoded.length) {
            throw incomplete();
        }
        if (length === 0) {
            const body = Buffer.concat(chunks);
            if (announcedLength !== undefined && Number(announcedLength) !== body.length) {
                throw incomplete();
            }
            return { body, trailers: readTrailers(encoded.toString("latin1", next)) };
        }
        chunks.push(encoded.subarray(next, next + length));
        position = next + length + 2;
    }
}

function readLine(encoded: Buffer, position: number): [line: string, next: number] {
    const end = encoded.indexOf("\r\n", position);
    if (end < 0) {
        throw incomplete();
    }
    return [encoded.toString("latin1", position, end), end + 2];
}

function readTrailers(text: string): Record<string, string> {
    const lines = text.split("\r\n").filter((line) => line.includes(":"));
    return Object.fromEntries(
        lines.map((line) => {
            const colon = line.indexOf(":");
            return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
        }),
    );
}

function incomplete(): CloudError {
    return new CloudError(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header.",
    );
}
