import assert from "node:assert/strict";
import { controlApp } from "../../../local/serve/control";
import type { Advanced, Timekeeper } from "../../../local/serve/timekeeper";

const start = Date.parse("2026-04-01T00:00:00Z");
const to = "2026-04-02T00:00:00.000Z";

/** The calls over a clock whose advance ends when it is told to, and a time of answers that passes when it is told to. */
function open() {
    let now = start;
    let end = (_done: Advanced | Error): void => undefined;
    const keeper: Timekeeper = {
        now: () => now,
        start: () => undefined,
        stop: () => undefined,
        advance: (instant) =>
            new Promise((resolve, reject) => {
                end = (done) => {
                    if (done instanceof Error) return reject(done);
                    now = instant;
                    resolve(done);
                };
            }),
    };
    let beat: (() => void) | undefined;
    const app = controlApp(
        keeper,
        () => 0,
        (_ms, act) => {
            beat = act;
            return () => (beat = undefined);
        },
    );
    const ask = async () => app.request("/-/advance", { method: "POST", body: JSON.stringify({ to }) });
    /** Lets everything happen that waits for nothing but its turn. */
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    return { ask, settle, end: (done: Advanced | Error) => end(done), passes: () => beat?.(), isWaiting: () => beat };
}

describe("local/serve/control", () => {
    it("answers what has been done, and what failed on the way", async () => {
        const { ask, settle, end, isWaiting } = open();
        const asked = ask();
        await settle();
        const failed = [{ job: "advance", detector: "bad", times: 2, message: "broken" }];
        end({ ticks: 24, failed });
        const answer = await asked;
        assert.deepEqual([answer.status, await answer.json()], [200, { now: to, ticks: 24, failed }]);
        assert.equal(isWaiting(), undefined);
    });

    it("tells of a failure in the body too, since a late answer cannot by its status", async () => {
        const body = {
            now: "2026-04-01T00:00:00.000Z",
            failed: [{ message: "disk full" }],
            Message: "disk full",
        };
        for (const [beats, status] of [
            [0, 500],
            [3, 200],
        ] as const) {
            const { ask, settle, end, passes } = open();
            const asked = ask();
            await settle();
            for (let i = 0; i < beats; i += 1) passes();
            end(new Error("disk full"));
            const answer = await asked;
            const text = await answer.text();
            assert.deepEqual([answer.status, JSON.parse(text)], [status, body]);
            assert.equal(text.length - text.trimStart().length, beats);
        }
    });

    it("goes on when a client hangs up, and writes nothing any more", async () => {
        const { ask, settle, end, passes, isWaiting } = open();
        const asked = ask();
        await settle();
        passes();
        const reader = (await asked).body!.getReader();
        assert.equal(Buffer.from((await reader.read()).value).toString(), " ");
        const beat = isWaiting()!;
        await reader.cancel();
        assert.equal(isWaiting(), undefined);
        // A timer that was about to fire as the client hung up.
        assert.doesNotThrow(beat);
        const rejections: unknown[] = [];
        const note = (error: unknown) => rejections.push(error);
        process.on("unhandledRejection", note);
        end({ ticks: 1, failed: [] });
        await settle();
        process.off("unhandledRejection", note);
        assert.deepEqual(rejections, []);
    });
});
