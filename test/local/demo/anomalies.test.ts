import assert from "node:assert/strict";
import { coverage, covers, planInjections, type InjectionPlan } from "../../../local/demo/anomalies";
import { hourOfApril } from "../../support/foundGroups";

const hourMs = 3_600_000;
const plan: InjectionPlan = {
    from: hourOfApril(0),
    to: hourOfApril(168),
    gapHours: [3, 7],
    incidents: [
        { scope: { platform: "mobile_app" }, share: 0.1, minutes: 180 },
        { scope: { marketplace: "jp" }, share: 0.1, minutes: 120 },
    ],
    dimensions: { platform: ["pc_web", "mobile_app"], marketplace: ["us", "jp"] },
    seed: 5,
};

describe("local/demo/anomalies", () => {
    it("keeps the gap between one injection's last hour and the next one's start", () => {
        const injections = planInjections(plan);
        assert.ok(injections.length > 10);
        injections.slice(1).forEach(({ start }, index) => {
            const before = Math.ceil(injections[index]!.end / hourMs) * hourMs;
            assert.ok(start - before >= 3 * hourMs && start - before <= 7 * hourMs);
        });
    });

    it("ends the last injection inside the stretch", () => {
        assert.ok(planInjections(plan).every(({ start, end }) => start >= plan.from && end <= plan.to));
    });

    it("places every incident once, in its order", () => {
        const scopes = planInjections(plan)
            .map(({ scope }) => scope)
            .filter((scope) => Object.keys(scope).length === 1);
        assert.deepEqual(scopes, [{ platform: "mobile_app" }, { marketplace: "jp" }]);
    });

    it("shifts single pairs by 100 to 600 views for 1 to 300 minutes, up and down", () => {
        const singles = planInjections(plan).filter(({ change }) => change.kind === "shift");
        const shifts = singles.map(({ change }) => (change.kind === "shift" ? change.views : 0));
        assert.ok(shifts.every((views) => Math.abs(views) >= 100 && Math.abs(views) <= 600));
        assert.ok(shifts.some((views) => views > 0) && shifts.some((views) => views < 0));
        assert.ok(singles.every(({ start, end }) => end - start >= 60_000 && end - start <= 300 * 60_000));
    });

    it("covers whole hours whole and the last one in part", () => {
        const injection = {
            start: hourOfApril(3),
            end: hourOfApril(4) + hourMs / 4,
            scope: {},
            change: { kind: "shift", views: 100 },
        } as const;
        assert.deepEqual(
            [2, 3, 4, 5].map((hour) => coverage(injection, hourOfApril(hour))),
            [0, 1, 0.25, 0],
        );
    });

    it("lets a dimension that a scope does not name take any value", () => {
        assert.ok(covers({ marketplace: "jp" }, { platform: "pc_web", marketplace: "jp" }));
        assert.ok(!covers({ marketplace: "jp" }, { platform: "pc_web", marketplace: "us" }));
        assert.ok(covers({}, { platform: "pc_web", marketplace: "us" }));
    });
});
