import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { openProgress } from "../../../local/demo/progress";

/** A stream that is no terminal, and what was written to it. */
function paper(): { stream: NodeJS.WriteStream; text: () => string } {
    const through = new PassThrough();
    return { stream: through as unknown as NodeJS.WriteStream, text: () => String(through.read() ?? "") };
}

function ticking(): () => number {
    let time = 0;
    return () => (time += 1500);
}

describe("local/demo/progress", () => {
    it("writes plain lines where there is no terminal, and the time of each stage", async () => {
        const { stream, text } = paper();
        const progress = await openProgress({ stream, now: ticking() });
        const value = await progress.stage("Backfill", async (tell) => {
            tell("1 of 3 windows");
            tell("3 of 3 windows");
            return 7;
        });
        assert.equal(value, 7);
        assert.equal(text(), "- Backfill\n  done: Backfill: 3 of 3 windows (1.5 s)\n");
        assert.deepEqual(progress.stages, [{ name: "Backfill", seconds: 1.5 }]);
    });

    it("shows a stage that failed, keeps its time and throws its error on", async () => {
        const { stream, text } = paper();
        const progress = await openProgress({ stream, now: ticking() });
        const failure = new Error("the bucket is gone");
        await assert.rejects(
            progress.stage("Learn", () => Promise.reject(failure)),
            failure,
        );
        assert.match(text(), /failed: Learn/);
        assert.deepEqual(progress.stages, [{ name: "Learn", seconds: 1.5 }]);
    });
});
