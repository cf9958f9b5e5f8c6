import assert from "node:assert/strict";
import { evaluate, requireGoals, matches } from "../../../local/demo/evaluation";
import { contributions, group, hourOfApril, truth } from "../../support/foundGroups";

describe("local/demo/evaluation", () => {
    it("matches a group that shares an hour and names the values that were hit", () => {
        assert.ok(matches(group({ start: hourOfApril(4), end: hourOfApril(6) }), truth()));
    });

    it("does not match a group that begins when the anomaly has ended, or ends when it begins", () => {
        assert.ok(!matches(group({ start: hourOfApril(5), end: hourOfApril(6) }), truth()));
        assert.ok(!matches(group({ start: hourOfApril(2), end: hourOfApril(3) }), truth()));
    });

    it("does not match a group that blames another value", () => {
        const other = contributions({ platform: { mobile_app: 100 }, marketplace: { uk: 60, us: 40 } });
        assert.ok(!matches(group({ contributions: other }), truth()));
    });

    it("lets the dimension that an incident is not confined to have any values", () => {
        const spread = contributions({ platform: { mobile_app: 100 }, marketplace: { us: 20, uk: 40, de: 40 } });
        assert.ok(matches(group({ contributions: spread }), truth({ dimensions: { platform: "mobile_app" } })));
    });

    it("counts each large anomaly once, however many groups match it", () => {
        const later = truth({ start: hourOfApril(9), end: hourOfApril(10) });
        const { recall, precision, missed } = evaluate([group(), group({ measure: "revenue" })], [truth(), later]);
        assert.equal(recall, 0.5);
        assert.equal(precision, 1);
        assert.deepEqual(missed, [later]);
    });

    it("does not miss an anomaly of five times the noise or less, and does not call a group that finds it false", () => {
        const small = truth({ ratio: 5 });
        assert.equal(evaluate([], [small]).recall, 1);
        assert.equal(evaluate([group()], [small]).precision, 1);
        assert.equal(evaluate([], [truth({ ratio: 5.01 })]).recall, 0);
    });

    it("calls a group without an anomaly a false alarm", () => {
        const alarm = group({ start: hourOfApril(20), end: hourOfApril(21) });
        const { precision, falseAlarms } = evaluate([group(), alarm], [truth()]);
        assert.equal(precision, 0.5);
        assert.deepEqual(falseAlarms, [alarm]);
    });

    it("is not wrong about nothing", () => {
        assert.deepEqual((({ recall, precision }) => ({ recall, precision }))(evaluate([], [])), {
            recall: 1,
            precision: 1,
        });
    });

    it("counts a cause as exact when no more and no fewer values are named than were hit", () => {
        const platformOnly = truth({ dimensions: { platform: "mobile_app" } });
        assert.equal(evaluate([group()], [truth()]).exactCauses, 1);
        assert.equal(evaluate([group()], [platformOnly]).exactCauses, 0);
        const vague = group({ dimensions: { platform: "mobile_app" } });
        assert.equal(evaluate([vague], [platformOnly]).exactCauses, 1);
        assert.equal(evaluate([vague], [truth()]).exactCauses, 0);
    });

    it("refuses a run that found too little, or raised too many false alarms", () => {
        requireGoals({ recall: 0.9, precision: 0.8 });
        assert.throws(() => requireGoals({ recall: 0.89, precision: 1 }), /recall of 0\.890.*goals are 0\.9 and 0\.8/);
        assert.throws(() => requireGoals({ recall: 1, precision: 0.79 }), /precision of 0\.790/);
    });
});
