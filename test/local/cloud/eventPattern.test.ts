import assert from "node:assert/strict";
import { matchesPattern } from "../../../local/cloud/eventPattern";

const event = { source: "aws.states", detail: { status: "FAILED", name: "live-1" }, resources: ["a", "b"] };

describe("local/cloud/eventPattern", () => {
    it("matches when each key has one of the listed values", () => {
        assert.equal(
            matchesPattern({ source: ["aws.s3", "aws.states"], detail: { status: ["FAILED", "ABORTED"] } }, event),
            true,
        );
        assert.equal(matchesPattern({ source: ["aws.states"], detail: { status: ["SUCCEEDED"] } }, event), false);
    });

    it("does not match an event that lacks a key", () => {
        assert.equal(matchesPattern({ detail: { machine: ["x"] } }, event), false);
        assert.equal(matchesPattern({ other: { machine: ["x"] } }, event), false);
    });

    it("matches a list when one of its values does", () => {
        assert.equal(matchesPattern({ resources: ["b"] }, event), true);
    });

    it("knows prefix, suffix, anything-but, exists and equals-ignore-case", () => {
        assert.equal(matchesPattern({ detail: { name: [{ prefix: "live-" }] } }, event), true);
        assert.equal(matchesPattern({ detail: { name: [{ suffix: "-2" }] } }, event), false);
        assert.equal(matchesPattern({ detail: { status: [{ "anything-but": ["FAILED"] }] } }, event), false);
        assert.equal(matchesPattern({ detail: { output: [{ exists: false }] } }, event), true);
        assert.equal(matchesPattern({ detail: { status: [{ "equals-ignore-case": "failed" }] } }, event), true);
    });

    it("refuses a filter that it does not know", () => {
        assert.throws(() => matchesPattern({ detail: { status: [{ numeric: [">", 1] }] } }, event), /filter numeric/);
    });
});
