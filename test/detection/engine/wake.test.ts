import assert from "node:assert/strict";
import { evidenceNames } from "../../../detection/engine/verdicts";
import { build, gaussian, goOn, learnedDetector } from "../../support/engineRuns";

describe("detection/engine after an anomaly", () => {
    it("hears nothing of a rise of all series once it is over", () => {
        const [day, from] = [24, 42 * 24 + 10];
        for (const seed of [2, 3, 6]) {
            const all = Array.from({ length: 12 }, (_, s) =>
                build(from + 15, seed * 100 + s, (i, chance) => {
                    const season = 0.55 - 0.45 * Math.cos((2 * Math.PI * ((i % day) - 3)) / day);
                    const usual = Math.round((100 + 30 * s) * season * Math.exp(0.12 * gaussian(chance)));
                    return i >= from && i < from + 3 ? Math.round(1.8 * usual) : usual;
                }),
            );
            goOn(learnedDetector(all, 40 * day), all, 40 * day).forEach(({ scores }, k) => {
                const raised = [...scores.evidence].filter((evidence) => evidenceNames[evidence] === "scope").length;
                const late = 40 * day + k - from - 3;
                if (late >= 0)
                    assert.equal(raised, 0, `seed ${seed}: ${raised} series ${late} intervals after its end`);
            });
        }
    });
});
