import assert from "node:assert/strict";
import { checkDataLimit, dataLimit, retryDelayMs } from "../../../local/cloud/machineTasks";

const errors = { ErrorEquals: ["States.ALL"] };

describe("local/cloud/machineTasks", () => {
    it("waits one second before the first retry and twice as long before each further one, unless told otherwise", () => {
        assert.deepEqual(
            [0, 1, 2].map((attempts) => retryDelayMs(errors, attempts, "")),
            [1000, 2000, 4000],
        );
    });

    it("never waits longer than MaxDelaySeconds", () => {
        const retrier = { ...errors, IntervalSeconds: 10, BackoffRate: 2, MaxDelaySeconds: 25 };
        assert.deepEqual(
            [0, 1, 2].map((attempts) => retryDelayMs(retrier, attempts, "")),
            [10_000, 20_000, 25_000],
        );
    });

    it("takes with full jitter a part of the wait that the seed decides", () => {
        const retrier = { ...errors, IntervalSeconds: 100, JitterStrategy: "FULL" as const };
        const delays = Array.from({ length: 50 }, (_, seed) => retryDelayMs(retrier, 0, `seed ${seed}`));
        assert.ok(delays.every((delay) => delay >= 0 && delay <= 100_000));
        assert.ok(Math.max(...delays) - Math.min(...delays) > 50_000);
        assert.equal(retryDelayMs(retrier, 0, "seed 7"), delays[7]);
    });

    it("lets 256 KB pass between states and no byte more", () => {
        checkDataLimit("x".repeat(dataLimit), "input");
        assert.throws(() => checkDataLimit("x".repeat(dataLimit + 1), "input"), { name: "States.DataLimitExceeded" });
    });
});
