import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { deployHalves, unbuiltHalves } from "../../sources/deploy";
import { handlerArchive } from "../../components/bundles";
import { runHalves } from "../../sources/run";
import { projectFolder } from "../support/sources";

/** Folders that are no sources: what several of them share. */
const shared = ["server", "sql", "upload"];

/** Packages that a source's functions get from a layer. */
const layerPackages: Readonly<Record<string, readonly string[]>> = { duckdb: ["@duckdb/node-api"] };

const folders = readdirSync(path.join(projectFolder, "sources"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !shared.includes(entry.name))
    .map(({ name }) => name);
const unbuilt = folders.filter((name) => Object.hasOwn(unbuiltHalves, name));
const sources = folders.filter((name) => !unbuilt.includes(name));

describe("sources/", () => {
    const requireFiles = (name: string, files: readonly string[]): void =>
        files.forEach((file) =>
            it(`${name} has ${file}`, () => {
                assert.ok(existsSync(path.join(projectFolder, "sources", name, file)));
            }),
        );

    for (const name of unbuilt) {
        requireFiles(name, ["config.ts", "deploy.ts", "README.md"]);
        it(`${name} is known as not built, and by no other map`, () => {
            assert.ok(!Object.hasOwn(deployHalves, name) && !Object.hasOwn(runHalves, name));
        });
    }

    for (const name of sources) {
        it(`${name} is known to both maps, by its own type`, () => {
            const halves: Readonly<Record<string, { readonly type: string }>> = deployHalves;
            assert.equal(halves[name]?.type, name);
            assert.ok(Object.hasOwn(runHalves, name));
        });

        it(`${name} is bundled for its own functions, and small enough`, async () => {
            await assert.doesNotReject(
                handlerArchive({ handler: "extract", sourceType: name, layerPackages: layerPackages[name] ?? [] }),
            );
        });

        requireFiles(name, ["config.ts", "deploy.ts", "extractor.ts", "README.md"]);

        it(`${name} is held to the extractors' contract`, () => {
            const tests = path.join(projectFolder, "test/sources", name);
            const texts = readdirSync(tests)
                .filter((file) => file.endsWith(".ts"))
                .map((file) => readFileSync(path.join(tests, file), "utf8"));
            assert.ok(texts.some((text) => /^\s*describeExtractor\(/m.test(text)));
        });
    }
});
