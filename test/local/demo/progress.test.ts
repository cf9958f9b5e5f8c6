import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { openProgress } from "../../../local/demo/progress";

/** A stream that is no terminal, and what was written to it. */
function paper(): { stream: NodeJS.WriteStream; text: () => string } {
    const through = new PassThrough();
    return { stream: through as unknown as NodeJS.WriteStream, text: () => String(through.read() ?? "") };
}

/** A clock that stands still until it is put forward, in milliseconds. */
function openClock(): { now: () => number; pass: (ms: number) => void } {
    let time = 0;
    return { now: () => time, pass: (ms) => void (time += ms) };
}

describe("local/demo/progress", () => {
    it("writes plain lines where there is no terminal, and the time of each stage", async () => {
        const { stream, text } = paper();
        const { now, pass } = openClock();
        const progress = await openProgress({ stream, now });
        const value = await progress.stage("Backfill", async (tell) => {
            tell("1 of 3 windows");
            pass(1500);
            tell("3 of 3 windows");
            return 7;
        });
        assert.equal(value, 7);
        assert.equal(text(), "- Backfill\n  done: Backfill: 3 of 3 windows (1.5 s)\n");
        assert.deepEqual(progress.stages, [{ name: "Backfill", seconds: 1.5 }]);
    });

    it("writes how far a long stage is, now and then", async () => {
        const { stream, text } = paper();
        const { now, pass } = openClock();
        const progress = await openProgress({ stream, now });
        await progress.stage("Live week", async (tell) => {
            for (let hour = 1; hour <= 5; hour += 1) {
                pass(2000);
                tell(`hour ${hour}`);
            }
        });
        assert.equal(text(), "- Live week\n  hour 2\n  hour 4\n  done: Live week: hour 5 (10.0 s)\n");
    });

    it("shows a stage that failed, keeps its time and throws its error on", async () => {
        const { stream, text } = paper();
        const { now, pass } = openClock();
        const progress = await openProgress({ stream, now });
        const failure = new Error("the bucket is gone");
        await assert.rejects(
            progress.stage("Learn", async () => {
                pass(250);
                throw failure;
            }),
            failure,
        );
        assert.match(text(), /failed: Learn \(0\.3 s\)/);
        assert.deepEqual(progress.stages, [{ name: "Learn", seconds: 0.25 }]);
    });
});
