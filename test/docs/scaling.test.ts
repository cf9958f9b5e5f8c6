import assert from "node:assert/strict";
import { usualAssumptions as usual } from "../../preview/assumptions";
import { monthlyCost, stackCost } from "../../preview/cost";
import { inDollars } from "../../preview/detectorPreview";
import { projectFile } from "../support/rawConfig";

const cluster = { type: "redshift", extractorMegabytes: 512 };
const costOf = (interval: string, rowsPerInterval: number) =>
    monthlyCost({ interval, latenessSeconds: 0 }, cluster, 800, { ...usual, rowsPerInterval });

/** A line of the table: 1,000 series and its parts, 10,000, and each thousand of 50,000. */
function line(interval: string): string {
    const { states, functions, storage, total } = costOf(interval, 1000);
    const parts = [states, functions, storage].map(inDollars);
    const more = [costOf(interval, 10_000).total, costOf(interval, 50_000).total / 50].map(inDollars);
    return `| ${["`" + interval + "`", ...parts, `**${inDollars(total)}**`, ...more].join(" | ")} |`;
}

describe("docs/scaling.md", () => {
    const page = projectFile("docs/scaling.md");

    for (const interval of ["PT5M", "PT10M", "PT1H", "P1D"])
        it(`tells what 1,000 series cost every ${interval}, as a preview reckons it`, () => {
            assert.ok(page.includes(line(interval)), line(interval));
        });

    it("tells what ticks and endpoints cost", () => {
        const watched = { alarms: 0, metrics: 0, dashboards: 0 };
        const cost = (ticksPerHour: number) => stackCost({ ticksPerHour, watched, interfaces: 1 });
        const ticks = `A stack costs ${inDollars(cost(2).ticks)} (hourly) to ${inDollars(cost(24).ticks)} (5 minutes) of ticks`;
        assert.ok(page.includes(ticks), ticks);
        assert.ok(page.includes(`is ${inDollars(cost(2).network)} for each subnet`), inDollars(cost(2).network));
    });
});
