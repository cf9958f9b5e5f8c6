import assert from "node:assert/strict";
import { detectionCron, detectionTickMinutes, planningCron } from "../../components/cron";
import { scheduleMinutes } from "../support/scheduleMinutes";

describe("components/cron", () => {
    describe("planningCron", () => {
        it("ticks an hourly detector at its offset's minute", () => {
            assert.equal(planningCron("PT1H", [300]), "cron(5 * * * ? *)");
        });

        it("rounds a second up to the next minute, never down", () => {
            assert.equal(planningCron("PT1H", [301]), "cron(6 * * * ? *)");
            assert.equal(planningCron("PT1H", [1]), "cron(1 * * * ? *)");
        });

        it("ticks on the boundary without an offset", () => {
            assert.equal(planningCron("PT1H", [0]), "cron(0 * * * ? *)");
            assert.equal(planningCron("PT5M", [0]), "cron(0/5 * * * ? *)");
        });

        it("steps through the hour for short intervals", () => {
            assert.equal(planningCron("PT5M", [120]), "cron(2/5 * * * ? *)");
            assert.equal(planningCron("PT10M", [540]), "cron(9/10 * * * ? *)");
        });

        it("wraps an offset that is longer than the interval", () => {
            assert.equal(planningCron("PT5M", [420]), "cron(2/5 * * * ? *)");
            assert.equal(planningCron("PT1H", [432_000]), "cron(0 * * * ? *)");
            assert.equal(planningCron("PT1H", [3599]), "cron(0 * * * ? *)");
        });

        it("lists the minutes of several offsets once each, in order", () => {
            assert.equal(planningCron("PT1H", [900, 300, 4500]), "cron(5,15 * * * ? *)");
            assert.equal(planningCron("PT10M", [60, 0]), "cron(0,1,10,11,20,21,30,31,40,41,50,51 * * * ? *)");
        });

        it("looks at days every hour, since they begin at another hour in each zone", () => {
            assert.equal(planningCron("P1D", [300]), "cron(5 * * * ? *)");
        });

        it("has a tick within a minute after every window that is due, whatever the offset", () => {
            for (const interval of ["PT5M", "PT10M", "PT1H"] as const) {
                const step = { PT5M: 5, PT10M: 10, PT1H: 60 }[interval];
                for (let offset = 0; offset <= 7200; offset += 37) {
                    const due = (step * 60 + offset) % 3600;
                    const waits = scheduleMinutes(planningCron(interval, [offset])).map(
                        (minute) => (minute * 60 - due + 3600) % 3600,
                    );
                    assert.ok(Math.min(...waits) < 60, `${interval} ${offset} waits ${Math.min(...waits)} s`);
                }
            }
        });
    });

    describe("detectionCron", () => {
        it("comes as often as the shortest interval comes round, at most every hour", () => {
            assert.equal(detectionCron(detectionTickMinutes(["PT1H", "PT5M"])), "cron(0/5 * * * ? *)");
            assert.equal(detectionCron(detectionTickMinutes(["PT10M", "P1D"])), "cron(0/10 * * * ? *)");
            assert.equal(detectionCron(detectionTickMinutes(["P1D", "PT1H"])), "cron(10 * * * ? *)");
            assert.equal(detectionCron(detectionTickMinutes(["P1D"])), "cron(10 * * * ? *)");
        });

        it("ticks every five minutes where all detectors come through the API", () => {
            assert.equal(detectionCron(detectionTickMinutes([])), "cron(0/5 * * * ? *)");
        });
    });
});
