import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { afterWait } from "../../../local/cli/afterWait";

/** A terminal's stand-in that keeps what is written, and tells of each line. */
function screen() {
    const written: string[] = [];
    let heard: (text: string) => void = () => undefined;
    const stream = new Writable({
        write(chunk: Buffer, _encoding, done) {
            written.push(chunk.toString());
            heard(chunk.toString());
            done();
        },
    }) as unknown as NodeJS.WriteStream;
    const lineWith = (words: string): Promise<void> =>
        new Promise((resolve) => (heard = (text) => void (text.includes(words) && resolve())));
    return { stream, written, lineWith };
}

describe("local/cli/afterWait", () => {
    it("shows nothing of work that is done before anybody wonders", async () => {
        const { stream, written } = screen();
        const value = await afterWait("checking", async (tell) => (tell("orders"), 7), { stream });
        assert.deepEqual([value, written], [7, []]);
    });

    it("shows what is being done once it takes long, and when it has ended", async () => {
        const { stream, written, lineWith } = screen();
        const shown = lineWith("- checking");
        const work = async (tell: (text: string) => void): Promise<number> => {
            tell("orders: counting");
            await shown;
            return 7;
        };
        assert.equal(await afterWait("checking", work, { stream, patience: 0 }), 7);
        assert.match(written.join(""), /^- checking\n[^]* {2}done: checking: orders: counting \(\d+\.\d s\)\n$/);
    });

    it("rejects with the work's own error, whether or not it was shown", async () => {
        const failing = async (): Promise<never> => {
            throw new RangeError("no such window");
        };
        await assert.rejects(afterWait("checking", failing, { stream: screen().stream }), RangeError);
        const { stream, lineWith } = screen();
        const shown = lineWith("- checking");
        const late = async (): Promise<never> => {
            await shown;
            return failing();
        };
        await assert.rejects(afterWait("checking", late, { stream, patience: 0 }), RangeError);
    });
});
