import assert from "node:assert/strict";
import type { AnomalyGroup } from "../../../detection/engine/incidents";
import { revisionsOf } from "../../../detection/engine/revisions";

function group(start: number, end: number, more: Partial<AnomalyGroup> = {}): AnomalyGroup {
    const key = { measure: 0, start };
    const members = [{ combination: 0, weight: 5, severity: 60 }];
    const causes = [{ values: ["us"], strength: 9, share: 1 }];
    return { ...key, end, severity: 60, members, causes, incident: key, version: 1, ...more };
}

const kinds = (before: readonly AnomalyGroup[], after: readonly AnomalyGroup[]): string[] =>
    revisionsOf(before, after).map(({ kind }) => kind);

describe("detection/engine/revisions", () => {
    it("tells what is new, what is no more, and nothing of what is the same", () => {
        assert.deepEqual(kinds([], [group(5, 6)]), ["raised"]);
        assert.deepEqual(kinds([group(5, 6)], []), ["withdrawn"]);
        assert.deepEqual(kinds([group(5, 6)], [group(5, 6, { version: 9, severity: 60.4 })]), []);
    });

    it("tells of another time, severity, series or first cause", () => {
        const before = [group(5, 6)];
        const other = [
            group(4, 6),
            group(5, 6, { severity: 75 }),
            group(5, 6, { members: [{ combination: 1, weight: 5, severity: 60 }] }),
            group(5, 6, { causes: [{ values: [null], strength: 9, share: 1 }] }),
        ];
        for (const after of other) assert.deepEqual(kinds(before, [after]), ["revised"]);
    });

    it("takes another measure or another time for another group, and the longest overlap for the same", () => {
        assert.deepEqual(kinds([group(5, 6)], [group(7, 8)]), ["withdrawn", "raised"]);
        assert.deepEqual(kinds([group(5, 6)], [group(5, 6, { measure: 1 })]).sort(), ["raised", "withdrawn"]);
        const [short, long] = [group(1, 3), group(5, 9)];
        const [first, second] = revisionsOf([short, long], [group(3, 9)]);
        assert.deepEqual([first!.kind, second!.kind], ["withdrawn", "revised"]);
    });
});
