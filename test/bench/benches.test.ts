import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { benches, findMissing } from "../../bench/benches";
import { scripts } from "../../package.json";
import { projectFolder } from "../support/sources";

describe("bench/benches", () => {
    it("knows every benchmark that package.json has", () => {
        const named = Object.keys(scripts).filter((name) => name.startsWith("bench:") && name !== "bench:generate");
        assert.deepEqual(benches.map(({ name }) => `bench:${name}`).sort(), named.sort());
    });

    it("finds the program of each", () => {
        for (const { name } of benches) assert.ok(existsSync(path.join(projectFolder, "bench", name, "main.ts")), name);
    });

    it("says where to get data that are absent, and lets the others run", () => {
        const missing = benches.map((bench) => findMissing(bench, "/nowhere")).filter((text) => text !== undefined);
        assert.deepEqual(
            missing.map((text) => text.slice(0, text.indexOf(":", 7))),
            ["bench:nab needs data in /nowhere/nab/data", "bench:events needs data in /nowhere/cloud"],
        );
        assert.ok(missing.every((text) => /https:|bench:generate/.test(text)));
    });
});
