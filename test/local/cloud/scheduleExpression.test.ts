import assert from "node:assert/strict";
import { nextFiring } from "../../../local/cloud/scheduleExpression";

const at = (text: string): number => Date.parse(text);

function firings(expression: string, after: string, count: number, zone = "UTC", created = after): string[] {
    const found: string[] = [];
    for (let instant: number | undefined = at(after); found.length < count;) {
        instant = nextFiring(expression, zone, at(created), instant);
        if (instant === undefined) {
            break;
        }
        found.push(new Date(instant).toISOString().slice(0, 16));
    }
    return found;
}

describe("local/cloud/scheduleExpression", () => {
    it("fires cron schedules at their minutes", () => {
        assert.deepEqual(firings("cron(5 * * * ? *)", "2026-04-01T00:05:00Z", 2), [
            "2026-04-01T01:05",
            "2026-04-01T02:05",
        ]);
        assert.deepEqual(firings("cron(2/5 * * * ? *)", "2026-04-01T00:00:00Z", 3), [
            "2026-04-01T00:02",
            "2026-04-01T00:07",
            "2026-04-01T00:12",
        ]);
        assert.deepEqual(firings("cron(5,20 * * * ? *)", "2026-04-01T00:00:00Z", 3), [
            "2026-04-01T00:05",
            "2026-04-01T00:20",
            "2026-04-01T01:05",
        ]);
    });

    it("counts days of the week from Sunday as 1", () => {
        assert.deepEqual(firings("cron(0 9 ? * 2 *)", "2026-04-01T00:00:00Z", 1), ["2026-04-06T09:00"]);
        assert.deepEqual(firings("cron(0 9 ? * MON-TUE *)", "2026-04-01T00:00:00Z", 2), [
            "2026-04-06T09:00",
            "2026-04-07T09:00",
        ]);
    });

    it("keeps to the schedule's zone over a change of the clocks", () => {
        const zone = "Europe/Berlin";
        assert.deepEqual(firings("cron(0 6 * * ? *)", "2026-03-27T12:00:00Z", 3, zone), [
            "2026-03-28T05:00",
            "2026-03-29T04:00",
            "2026-03-30T04:00",
        ]);
    });

    it("ends with the years that it names", () => {
        assert.deepEqual(firings("cron(0 0 1 1 ? 2027)", "2026-04-01T00:00:00Z", 3), ["2027-01-01T00:00"]);
    });

    it("counts rates from the schedule's creation", () => {
        const after = "2026-04-01T00:07:00Z";
        assert.deepEqual(firings("rate(5 minutes)", after, 2, "UTC", "2026-04-01T00:01:00Z"), [
            "2026-04-01T00:11",
            "2026-04-01T00:16",
        ]);
        assert.deepEqual(firings("rate(1 day)", after, 1, "UTC", after), ["2026-04-02T00:07"]);
    });

    it("fires once at an instant, in the schedule's zone", () => {
        assert.deepEqual(firings("at(2026-07-01T08:00:00)", "2026-04-01T00:00:00Z", 2, "Europe/Berlin"), [
            "2026-07-01T06:00",
        ]);
    });

    for (const wrong of [
        "cron(5 * * * * *)",
        "cron(5 * * * ?)",
        "cron(99 * * * ? *)",
        "rate(0 minutes)",
        "rate(5 seconds)",
        "at(tomorrow)",
        "every hour",
    ]) {
        it(`refuses ${wrong}`, () => {
            assert.throws(
                () => nextFiring(wrong, "UTC", 0, 0),
                (error: Error) => error.message.includes(`"${wrong}"`),
            );
        });
    }
});
