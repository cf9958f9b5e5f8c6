import assert from "node:assert/strict";
import { liveDefinition } from "../../components/machines/live";
import type { Definition } from "../../components/machines/states";
import { statesOf, usualAssumptions as usual } from "../../preview/assumptions";
import { monthlyCost, monthlyWindows, stackCost } from "../../preview/cost";
import { queryCost } from "../../preview/extractionCost";
import { functions } from "../components/machines/functions";

const hourly = { interval: "PT1H", latenessSeconds: 0 };
const cluster = { type: "redshift", extractorMegabytes: 512 };

describe("preview/cost", () => {
    it("counts the states that a live run of one window enters", () => {
        const definition = liveDefinition(functions);
        const { ExtractWindows: map } = definition.States;
        const inner = (map as unknown as { ItemProcessor: Definition }).ItemProcessor;
        assert.equal(sunnyPath(definition).length, statesOf.run);
        const window = sunnyPath(inner);
        assert.deepEqual(window, ["Start", "Wait", "Status", "IsFinished", "Commit"]);
        // Each item of the Map counts as a state of its own.
        assert.equal(window.length + 1, statesOf.window);
        assert.equal(["Wait", "Status", "IsFinished"].length, statesOf.poll);
    });

    it("grows with the windows: twelve times as much every five minutes, three times with two hours of lateness", () => {
        const { runs, windows } = monthlyWindows(hourly);
        assert.deepEqual([runs, windows], [729.6, 729.6]);
        assert.equal(monthlyWindows({ interval: "PT5M", latenessSeconds: 0 }).windows, 12 * windows);
        assert.equal(monthlyWindows({ ...hourly, latenessSeconds: 7200 }).windows, 3 * windows);
        const once = monthlyCost(hourly, cluster, 800, usual);
        const often = monthlyCost({ interval: "PT5M", latenessSeconds: 0 }, cluster, 800, usual);
        assert.ok(Math.abs(often.states / once.states - 12) < 1e-9);
    });

    it("asks money for a query only where the database does", () => {
        assert.equal(queryCost(cluster, usual).dollars, 0);
        assert.equal(queryCost({ type: "postgres" }, usual).dollars, 0);
        // A minute of 8 RPUs at $0.375 an hour; ten minutes cost ten times as much.
        const workgroup = { type: "redshift", workgroup: "shop" };
        assert.ok(Math.abs(queryCost(workgroup, usual).dollars - 0.05) < 1e-9);
        assert.ok(Math.abs(queryCost(workgroup, { ...usual, querySeconds: 600 }).dollars - 0.5) < 1e-9);
        assert.ok(Math.abs(queryCost({ type: "athena" }, usual).dollars - 0.00005) < 1e-12);
        for (const type of ["redshift", "athena", "snowflake", "s3", "mysql"])
            assert.match(queryCost({ type }, usual).basis, /\w/, type);
    });

    it("has functions that stream hold on for as long as the query", () => {
        const streamed = (querySeconds: number): number =>
            monthlyCost(hourly, { type: "postgres", extractorMegabytes: 1769 }, 800, { ...usual, querySeconds })
                .functions;
        const exported = (querySeconds: number): number =>
            monthlyCost(hourly, cluster, 800, { ...usual, querySeconds }).functions;
        assert.ok(streamed(300) - streamed(10) > 100 * (exported(300) - exported(10)));
    });

    it("keeps more rows longer, and pays for both", () => {
        const storage = (days: number, rowsPerInterval: number): number =>
            monthlyCost(hourly, cluster, days, { ...usual, rowsPerInterval }).storage;
        const [small, long, wide] = [storage(400, 1e6), storage(800, 1e6), storage(400, 2e6)];
        assert.ok(Math.abs(long - wide) < 1e-9 && long > 1.9 * small);
    });

    it("charges the stack for its ticks and for what watches it", () => {
        const watched = { alarms: 10, metrics: 10, dashboards: 1 };
        const cost = (ticksPerHour: number, interfaces = 0) => stackCost({ ticksPerHour, watched, interfaces });
        assert.equal(cost(2).monitoring, 7);
        assert.ok(Math.abs(cost(24).ticks - 12 * cost(2).ticks) < 1e-9);
        assert.deepEqual([cost(2).network, cost(2, 2).network.toFixed(2)], [0, "14.59"]);
    });

    it("charges a function that streams by its own memory", () => {
        const streamed = (extractorMegabytes: number): number =>
            monthlyCost(hourly, { type: "duckdb", extractorMegabytes }, 800, { ...usual, querySeconds: 600 }).functions;
        assert.ok(streamed(4096) - streamed(2048) > 0.9 * (streamed(2048) - streamed(0)));
    });
});

/** The states that are entered when nothing goes wrong: a choice takes its first branch. */
function sunnyPath({ StartAt, States }: Definition): string[] {
    const names: string[] = [];
    for (let name: string | undefined = StartAt; name !== undefined;) {
        names.push(name);
        const state = States[name] as { Next?: string; Choices?: { Next: string }[] };
        name = state.Choices?.[0]?.Next ?? state.Next;
    }
    return names;
}
