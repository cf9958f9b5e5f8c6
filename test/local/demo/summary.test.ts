import assert from "node:assert/strict";
import { evaluate } from "../../../local/demo/evaluation";
import { growthOf } from "../../../local/demo/growth";
import { emptyResult } from "../../../local/demo/result";
import { summary } from "../../../local/demo/summary";
import { group, hourOfApril, truth } from "../../support/foundGroups";

const result = { ...emptyResult, windows: 171, rows: 48888, bytes: 2_100_000, seconds: 31.4 };

describe("local/demo/summary", () => {
    it("says what was found of what was injected, and what was extracted", () => {
        const groups = [group(), group({ start: hourOfApril(20), end: hourOfApril(21) })];
        const late = truth({ start: hourOfApril(9), end: hourOfApril(10) });
        const text = summary({ result, groups, evaluation: evaluate(groups, [truth(), late]) }, "demo-report.html");
        assert.match(text, /Recall +50 %: 1 of 2 injected anomalies larger than 5 times the noise/);
        assert.match(text, /missed 2026-04-01 09:00 – 10:00, mobile_app, us/);
        assert.match(text, /Precision +50 %: 1 of 2 anomaly groups/);
        assert.match(text, /false alarm 2026-04-01 20:00 – 21:00, views, mobile_app, us/);
        assert.match(text, /48,888 rows, 2\.10 MB in 171 windows/);
        assert.doesNotMatch(text, /Growth/);
    });

    it("says whom the stack's alerts told, and that it was not for real", () => {
        const target = "arn:aws:sns:us-east-1:123456789012:oncall";
        const text = summary(
            { result: { ...result, alerts: [{ target, messages: 12 }] }, groups: [] },
            "demo-report.html",
        );
        assert.match(
            text,
            /Alerts +12 messages to arn:aws:sns:us-east-1:123456789012:oncall, which is not told for real/,
        );
    });

    it("tells the growth of several detectors", () => {
        const growth = growthOf([
            { detectors: 1, resources: 60, seconds: 3 },
            { detectors: 13, resources: 84, seconds: 1.2 },
        ]);
        const text = summary({ result, groups: [], growth }, "demo-report.html");
        assert.match(text, /13 detectors: 84 resources, evaluated and deployed in 1\.20 s/);
        assert.match(text, /1 to 13 detectors: 2\.00 resources for each one added/);
    });
});
