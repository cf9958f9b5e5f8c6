import assert from "node:assert/strict";
import { scopeIndexOf } from "../../../detection/engine/scopes";

const grid = (...dimensions: readonly string[][]): string[][] =>
    dimensions.reduce<string[][]>((all, values) => all.flatMap((one) => values.map((v) => [...one, v])), [[]]);

const named = (combinations: readonly (readonly string[])[]): string[] =>
    scopeIndexOf(combinations).scopes.map(({ values }) => values.map((value) => value ?? "*").join("/"));

describe("detection/engine/scopes", () => {
    it("are the whole, each value, and each combination", () => {
        assert.deepEqual(named(grid(["a", "b"], ["x", "y"])), [
            "*/*",
            "a/*",
            "b/*",
            "*/x",
            "*/y",
            "a/x",
            "a/y",
            "b/x",
            "b/y",
        ]);
        assert.deepEqual(named(grid(["a", "b"])), ["*", "a", "b"]);
    });

    it("are pairs of values too where there are three dimensions", () => {
        const names = named(grid(["a", "b"], ["x", "y"], ["1", "2"]));
        for (const pair of ["a/x/*", "b/*/2", "*/y/1"]) assert.ok(names.includes(pair), pair);
        assert.equal(names.length, 1 + 6 + 12 + 8);
    });

    it("leave out a value that every combination has: it says no more than the whole", () => {
        assert.deepEqual(named(grid(["a"], ["x", "y"])), ["*/*", "*/x", "*/y", "a/x", "a/y"]);
    });

    it("know one combination alone by its values, and none by nothing", () => {
        assert.deepEqual(named([["a", "x"]]), ["a/x"]);
        assert.deepEqual(named([[]]), [""]);
        assert.deepEqual(named([]), []);
    });

    it("follow combinations that are appended", () => {
        const combinations = grid(["a", "b"]);
        assert.equal(named(combinations).length, 3);
        combinations.push(["c"]);
        assert.deepEqual(named(combinations), ["*", "a", "b", "c"]);
    });

    it("leave out pairs that nearly every combination has to itself", () => {
        const ids = Array.from({ length: 40 }, (_, i) => [`u${i}`, `v${i % 2}`, `w${i % 2}`]);
        assert.ok(!named(ids).some((name) => /^u\d+\/v\d\/\*$/.test(name)));
    });
});
