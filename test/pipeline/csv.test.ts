import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { DataError } from "../../errors";
import { isPacked, summarise, unpack } from "../../pipeline/csv";

/** The text's bytes in chunks of a size, so that every boundary can fall anywhere. */
async function* bytes(text: string, size: number): AsyncGenerator<Uint8Array> {
    const all = Buffer.from(text, "utf8");
    for (let at = 0; at < all.length; at += size) {
        yield all.subarray(at, at + size);
    }
}

const summary = (text: string, size = 4096): ReturnType<typeof summarise> => summarise(bytes(text, size));
const at = (text: string): number => Date.parse(text);

describe("pipeline/csv", () => {
    it("counts the rows behind the header and finds the first and last timestamp, in whatever order they come", async () => {
        const text = [
            "timestamp,platform,views",
            "2026-01-01 01:00:00,pc_web,3",
            "2026-01-01 00:00:00,pc_web,1",
            "2026-02-28 23:59:59,mobile_web,2",
            "",
        ].join("\n");
        assert.deepEqual(await summary(text), {
            rows: 3,
            minTimestamp: at("2026-01-01T00:00:00Z"),
            maxTimestamp: at("2026-02-28T23:59:59Z"),
        });
    });

    it("finds no rows and no timestamps in a header alone, and in nothing at all", async () => {
        for (const text of ["timestamp,views\n", "timestamp,views", ""]) {
            assert.deepEqual(await summary(text), { rows: 0 }, JSON.stringify(text));
        }
    });

    it("counts a last row without a line end", async () => {
        assert.equal((await summary("timestamp\n2026-01-01 00:00:00")).rows, 1);
    });

    it("takes CRLF line ends", async () => {
        assert.deepEqual(await summary("timestamp\r\n2026-01-01 00:00:00\r\n2026-01-01 01:00:00\r\n"), {
            rows: 2,
            minTimestamp: at("2026-01-01T00:00:00Z"),
            maxTimestamp: at("2026-01-01T01:00:00Z"),
        });
    });

    it("takes quoted timestamps, and a quoted header with a line break", async () => {
        assert.deepEqual(await summary('"time\nstamp","a"\n"2026-01-01 00:00:00",x\n'), {
            rows: 1,
            minTimestamp: at("2026-01-01T00:00:00Z"),
            maxTimestamp: at("2026-01-01T00:00:00Z"),
        });
    });

    it("keeps line ends, commas and doubled quotes within quotes, whatever the size of the chunks", async () => {
        const text = [
            "timestamp,name,note,views",
            '2026-01-01 00:00:00,"a ""quoted"", name\n2026-09-09 09:09:09,not a row","",1',
            '2026-01-01 01:00:00,,"""",2',
            '2026-01-01 02:00:00,"emoji 🙂\r\n",5" wide,3',
            "",
        ].join("\n");
        for (const size of [1, 2, 3, 7, 64, 4096]) {
            assert.deepEqual(
                await summary(text, size),
                { rows: 3, minTimestamp: at("2026-01-01T00:00:00Z"), maxTimestamp: at("2026-01-01T02:00:00Z") },
                `chunks of ${size}`,
            );
        }
    });

    it("takes a leap day and refuses the same day of a common year", async () => {
        assert.equal((await summary("t\n2028-02-29 00:00:00\n")).minTimestamp, at("2028-02-29T00:00:00Z"));
        await assert.rejects(summary("t\n2026-02-29 00:00:00\n"), DataError);
    });

    const wrong: readonly [value: string, found: RegExp][] = [
        ["yesterday", /Row 2 .*the timestamp "yesterday"/],
        ["2026-01-01", /Row 2 .*the timestamp "2026-01-01"/],
        ["2026-01-01T00:00:00Z", /Row 2 .*the timestamp "2026-01-01T00:00:00Z"/],
        ["2026-01-01 00:00:00.5", /Row 2 .*the timestamp "2026-01-01 00:00:00.5"/],
        ["2026-01-01 24:00:00", /Row 2 .*the timestamp "2026-01-01 24:00:00"/],
        ["2026-04-31 00:00:00", /Row 2 .*the timestamp "2026-04-31 00:00:00"/],
        [" 2026-01-01 00:00:00", /Row 2 .*the timestamp " 2026-01-01 00:00:00"/],
        ["1767225600", /Row 2 .*the timestamp "1767225600"/],
        ["", /Row 2 .*no timestamp/],
        ['""', /Row 2 .*no timestamp/],
    ];
    for (const [value, found] of wrong) {
        it(`refuses the timestamp ${JSON.stringify(value)}, naming row and value`, async () => {
            await assert.rejects(summary(`timestamp,views\n2026-01-01 00:00:00,1\n${value},2\n`), (error: Error) => {
                assert.ok(error instanceof DataError);
                assert.match(error.message, found);
                assert.match(error.message, /expected yyyy-MM-dd HH:mm:ss/);
                return true;
            });
        });
    }

    it("shows only the beginning of a long value", async () => {
        await assert.rejects(summary(`t\n${"x".repeat(10_000)}\n`), (error: Error) => error.message.length < 400);
    });

    it("refuses quotes that never end, which a truncated object has", async () => {
        await assert.rejects(summary('t,a\n2026-01-01 00:00:00,"abc\n'), /Row 1 .*never ends/);
    });

    it("refuses an empty line between rows", async () => {
        await assert.rejects(summary("t\n2026-01-01 00:00:00\n\n2026-01-01 01:00:00\n"), /Row 2 .*no timestamp/);
    });

    it("passes on the error of the stream", async () => {
        async function* broken(): AsyncGenerator<Uint8Array> {
            yield Buffer.from("t\n");
            throw new Error("connection lost");
        }
        await assert.rejects(summarise(broken()), /connection lost/);
    });

    it("reads packed objects, which it knows by their key", async () => {
        const text = "timestamp,views\n2026-01-01 00:00:00,1\n";
        async function* stored(bytes: Buffer): AsyncGenerator<Uint8Array> {
            yield bytes.subarray(0, 10);
            yield bytes.subarray(10);
        }
        const packed = unpack("a/rows.csv.gz", stored(gzipSync(text)));
        assert.deepEqual(await summarise(packed), await summarise(unpack("a/rows.csv", stored(Buffer.from(text)))));
        assert.deepEqual([isPacked("a/rows.csv.gz"), isPacked("a/rows.csv")], [true, false]);
    });

    it("refuses a packed object that is cut off, and one that was never packed", async () => {
        async function* stored(bytes: Buffer): AsyncGenerator<Uint8Array> {
            yield bytes;
        }
        const whole = gzipSync("t\n2026-01-01 00:00:00\n");
        await assert.rejects(summarise(unpack("rows.csv.gz", stored(whole.subarray(0, -6)))), /unexpected end of file/);
        await assert.rejects(summarise(unpack("rows.csv.gz", stored(Buffer.from("t\n")))), /incorrect header check/);
    });
});
