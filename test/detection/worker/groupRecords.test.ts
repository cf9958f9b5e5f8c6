import assert from "node:assert/strict";
import { z } from "zod";
import type { AnomalyGroup } from "../../../detection/engine/incidents";
import { groupRecord } from "../../../detection/store/groupRecord";
import { openCalendar } from "../../../detection/worker/calendar";
import { groupOf, recordOf, type GroupNames } from "../../../detection/worker/groupRecords";

const names: GroupNames = { run: "r1", calendar: openCalendar("PT1H", "UTC"), measures: ["views", "revenue"] };
const combinations = [
    ["app", "de"],
    ["app", "us"],
];
const start = 24 * 365 * 55;

const group: AnomalyGroup = {
    measure: 1,
    start,
    end: start + 3,
    severity: 81.5,
    members: [
        {
            combination: 1,
            weight: 22.5,
            severity: 80,
            peak: { position: start + 2, value: 12, expected: 40.5, scaled: -9.5, evidence: 1 },
        },
    ],
    causes: [
        { values: ["app", null], strength: 30, share: 0.75 },
        { values: [null, "us"], strength: 10, share: 0.25 },
    ],
    incident: { measure: 0, start: start - 1 },
    version: 4,
};

describe("detection/worker/groupRecords", () => {
    it("keeps everything of a group over its record and its JSON", () => {
        const record = recordOf(names, combinations, group, true);
        const read = z.decode(groupRecord, JSON.parse(JSON.stringify(z.encode(groupRecord, record))) as never);
        assert.deepEqual(read, record);
        assert.deepEqual(groupOf(names, read), group);
    });

    it("names the incident by the id of its first group", () => {
        const first = { ...group, ...group.incident };
        assert.equal(
            recordOf(names, combinations, group, true).incident,
            recordOf(names, combinations, first, true).id,
        );
        assert.equal(
            recordOf(names, combinations, first, true).incident,
            recordOf(names, combinations, first, true).id,
        );
    });

    it("reads a record of before there were incidents, versions, shares and peaks", () => {
        const { incident, version, ...record } = recordOf(names, combinations, group, false);
        assert.ok(incident !== undefined && version === 4);
        const old = {
            ...record,
            members: record.members.map(({ peak, ...member }) => (assert.ok(peak), member)),
            causes: record.causes.map(({ share, ...cause }) => (assert.ok(share), cause)),
        };
        const read = groupOf(names, z.decode(groupRecord, z.encode(groupRecord, old)));
        assert.deepEqual(read.incident, { measure: 1, start });
        assert.equal(read.version, 1);
        assert.equal(read.members[0]!.peak, undefined);
        assert.deepEqual(
            read.causes.map(({ share }) => share),
            [0.75, 0.25],
        );
    });

    it("takes a group whose incident's measure is gone for an incident of its own", () => {
        const record = recordOf(names, combinations, group, true);
        const fewer = { ...names, measures: ["revenue"] };
        assert.deepEqual(groupOf(fewer, record).incident, { measure: 0, start });
    });
});
