/** Who hears what is in the answer to `COPY … TO STDOUT`. */
export interface CopyListener {
    /** Text of rows, many of them or a part of one. */
    readonly rows: (text: Buffer) => void;
    /** A piece of a message that may come in between, such as a notice, as it came. */
    readonly aside: (bytes: Buffer) => void;
    /** The rows are over, or failed: the message that says so, and what came behind it. Nothing is read after that. */
    readonly end: (rest: Buffer) => void;
}

/** Codes of messages: a piece of the text, and those that may stand before and between such pieces. */
const copyData = "d".charCodeAt(0);
const asides: ReadonlySet<number> = new Set([..."HNSA"].map((letter) => letter.charCodeAt(0)));

/** A message begins with its code and the length of what follows the code. */
const headBytes = 5;

/**
 * Reads the server's answer as it comes, cut anywhere: see "Message Formats" in the protocol's documentation. The server sends a message for
 * each row; those of a chunk are pushed together within it, so that rows cost neither an object nor a buffer each.
 */
export function createCopyReader({ rows, aside, end }: CopyListener): (chunk: Buffer) => void {
    const head = Buffer.alloc(headBytes);
    /** Bytes of the head that are there, when a chunk ended within it. */
    let headed = 0;
    /** Bytes that the message under way still has. */
    let left = 0;
    let isRows = false;
    let isOver = false;

    /** Takes what the chunk has of a message's head; gives how many bytes that were. */
    const readHead = (chunk: Buffer, at: number): number => {
        const taken = chunk.copy(head, headed, at, at + headBytes - headed);
        headed += taken;
        if (headed < headBytes) return taken;
        headed = 0;
        const code = head[0]!;
        left = head.readUInt32BE(1) - (headBytes - 1);
        isRows = code === copyData;
        isOver = !isRows && !asides.has(code);
        if (!isRows && !isOver) aside(Buffer.from(head));
        return taken;
    };

    return (chunk) => {
        let at = 0;
        let kept = 0;
        while (at < chunk.length && !isOver) {
            if (left > 0) {
                const to = Math.min(at + left, chunk.length);
                // What has been read may be written over, so that whoever keeps a piece gets one of its own.
                if (isRows) chunk.copyWithin(kept, at, to);
                else aside(Buffer.from(chunk.subarray(at, to)));
                if (isRows) kept += to - at;
                left -= to - at;
                at = to;
            } else if (headed === 0 && chunk[at] === copyData && at + headBytes <= chunk.length) {
                left = chunk.readUInt32BE(at + 1) - (headBytes - 1);
                isRows = true;
                at += headBytes;
            } else {
                at += readHead(chunk, at);
            }
        }
        if (kept > 0) rows(chunk.subarray(0, kept));
        if (isOver) end(Buffer.concat([head, chunk.subarray(at)]));
    };
}
