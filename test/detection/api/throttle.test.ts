import assert from "node:assert/strict";
import { openThrottle } from "../../../detection/api/throttle";

describe("detection/api/throttle", () => {
    const passes = (throttle: (now: number) => void, now: number): boolean => {
        try {
            throttle(now);
            return true;
        } catch (error) {
            assert.match(String(error), /More than 10 calls a second/);
            return false;
        }
    };

    it("lets two seconds' worth of calls pass at once and no more", () => {
        const throttle = openThrottle(10);
        const answers = Array.from({ length: 30 }, () => passes(throttle, 1000));
        assert.equal(answers.filter(Boolean).length, 20);
        assert.equal(answers.indexOf(false), 20);
    });

    it("fills up as time goes by, and never beyond its size", () => {
        const throttle = openThrottle(10);
        for (let i = 0; i < 20; i++) throttle(0);
        assert.ok(!passes(throttle, 99));
        assert.ok(passes(throttle, 100));
        assert.ok(!passes(throttle, 150));
        const later = Array.from({ length: 100 }, () => passes(throttle, 3_600_000));
        assert.equal(later.filter(Boolean).length, 20);
    });

    it("adds nothing when the clock goes back", () => {
        const throttle = openThrottle(10);
        for (let i = 0; i < 20; i++) throttle(10_000);
        assert.ok(!passes(throttle, 0));
        assert.ok(!passes(throttle, 10_000));
        assert.ok(passes(throttle, 10_100));
    });
});
