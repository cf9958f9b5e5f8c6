import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { deployHalves } from "../../sources/deploy";
import { runHalves } from "../../sources/run";
import { projectFolder } from "../support/sources";

const folders = readdirSync(path.join(projectFolder, "sources"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

describe("sources/", () => {
    for (const name of folders) {
        it(`${name} is known to both maps`, () => {
            assert.ok(Object.hasOwn(deployHalves, name) && Object.hasOwn(runHalves, name));
        });

        for (const file of ["config.ts", "deploy.ts", "extractor.ts", "README.md"]) {
            it(`${name} has ${file}`, () => {
                assert.ok(existsSync(path.join(projectFolder, "sources", name, file)));
            });
        }

        it(`${name} is held to the extractors' contract`, () => {
            const tests = path.join(projectFolder, "test/sources", name);
            const texts = readdirSync(tests).map((file) => readFileSync(path.join(tests, file), "utf8"));
            assert.ok(texts.some((text) => /^describeExtractor\(/m.test(text)));
        });
    }
});
