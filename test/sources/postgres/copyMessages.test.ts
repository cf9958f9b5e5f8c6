import assert from "node:assert/strict";
import { createCopyReader } from "../../../sources/postgres/copyMessages";

/** A message as the server sends it. */
function message(code: string, content: Buffer | string): Buffer {
    const body = Buffer.from(content);
    const head = Buffer.alloc(5);
    head.write(code);
    head.writeUInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
}

/** What is heard of an answer that comes in pieces of so many bytes. */
function read(answer: Buffer, pieceBytes: number) {
    const heard = { rows: [] as Buffer[], asides: [] as Buffer[], ends: [] as Buffer[] };
    const take = createCopyReader({
        rows: (text) => heard.rows.push(Buffer.from(text)),
        aside: (bytes) => heard.asides.push(bytes),
        end: (rest) => heard.ends.push(rest),
    });
    // Each piece is a buffer of its own, which the reader may write over.
    for (let at = 0; at < answer.length && heard.ends.length === 0; at += pieceBytes)
        take(Buffer.from(answer.subarray(at, at + pieceBytes)));
    return {
        rows: Buffer.concat(heard.rows).toString(),
        pieces: heard.rows.length,
        asides: Buffer.concat(heard.asides),
        end: Buffer.concat(heard.ends),
    };
}

const start = message("H", "\0\0\0");
const done = Buffer.concat([message("c", ""), message("C", "COPY 2\0"), message("Z", "T")]);

describe("sources/postgres/copyMessages", () => {
    const rows = ["ts,platform\n", "2026-01-01 10:00:00,web\n", "", `2026-01-01 11:00:00,${"é".repeat(300)}\n`];
    const notice = message("N", "SNOTICE\0Mtake care\0\0");
    const answer = Buffer.concat([
        start,
        ...rows.slice(0, 2).map((row) => message("d", row)),
        notice,
        ...rows.slice(2).map((row) => message("d", row)),
        done,
    ]);

    it("joins the rows' text, whichever way the answer is cut", () => {
        for (const pieceBytes of [1, 2, 3, 5, 7, 64, answer.length])
            assert.equal(read(answer, pieceBytes).rows, rows.join(""), `in pieces of ${pieceBytes}`);
    });

    it("passes everything else on as it came", () => {
        for (const pieceBytes of [1, 4, 11, answer.length])
            assert.deepEqual(
                read(answer, pieceBytes).asides,
                Buffer.concat([start, notice]),
                `in pieces of ${pieceBytes}`,
            );
    });

    it("hands on what a chunk has in one piece", () => {
        assert.equal(read(answer, answer.length).pieces, 1);
    });

    it("ends with the message that says so, and reads nothing after it", () => {
        assert.deepEqual(
            read(Buffer.concat([answer, message("d", "no row")]), 1_000_000).end,
            Buffer.concat([done, message("d", "no row")]),
        );
        assert.equal(read(answer, 1).end.toString("latin1"), message("c", "").toString("latin1"));
    });

    it("ends with an error before the first row and between two", () => {
        const error = message("E", "SERROR\0C22012\0Mdivision by zero\0\0");
        for (const before of [[], [start], [start, message("d", "a\n")]]) {
            const found = read(Buffer.concat([...before, error]), 1_000_000);
            assert.deepEqual(found.end, error);
            assert.equal(found.rows, before.length === 2 ? "a\n" : "");
        }
    });
});
