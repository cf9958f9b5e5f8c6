import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileFunction } from "node:vm";
import { bundleHandlers, handlerArchive, handlerBundles, maxBundleBytes } from "../../components/bundles";

/** A project in a folder of its own, with handlers as given. */
async function withProject(files: Record<string, string>, use: (root: string, folder: string) => Promise<void>) {
    const root = await mkdtemp(join(tmpdir(), "lookout-bundles-"));
    try {
        for (const [file, text] of Object.entries({ "functions/.keep": "", ...files })) {
            await mkdir(join(root, file, ".."), { recursive: true });
            await writeFile(join(root, file), text);
        }
        await use(root, join(root, "functions"));
    } finally {
        await rm(root, { recursive: true });
    }
}

/** What a bundle exports when it is loaded. */
function load(code: string): Record<string, unknown> {
    const module = { exports: {} as Record<string, unknown> };
    const run = compileFunction(code, ["module", "exports", "require"]) as (...args: unknown[]) => void;
    run(module, module.exports, require);
    return module.exports;
}

describe("components/bundles", () => {
    it("bundles each handler on its own, as a module that exports it", async () => {
        const files = {
            "functions/one.ts": 'import { word } from "../shared";\nexport const handler = async () => `one ${word}`;',
            "functions/two.ts": 'import { word } from "../shared";\nexport const handler = async () => `two ${word}`;',
            "shared.ts": 'export const word: string = "wörd";',
        };
        await withProject(files, async (root, folder) => {
            const bundles = await bundleHandlers(root, folder);
            assert.deepEqual(Object.keys(bundles).sort(), ["one", "two"]);
            const { handler } = load(bundles.two!) as { handler: () => Promise<string> };
            assert.equal(await handler(), "two wörd");
        });
    });

    it("gives the same bytes wherever the project lies", async () => {
        const files = {
            "functions/one.ts": 'import { name } from "../lib/name";\nexport const handler = async () => name;',
            "lib/name.ts": 'import path from "node:path";\nexport const name = path.basename("a/b");',
        };
        const found: string[] = [];
        for (let round = 0; round < 2; round += 1) {
            await withProject(files, async (root, folder) => {
                const { one } = await bundleHandlers(root, folder);
                assert.ok(!one!.includes(root));
                found.push(one!);
            });
        }
        assert.equal(found[0], found[1]);
    });

    it("refuses a native module, and names it and who imports it", async () => {
        const files = {
            "functions/one.ts": 'import "../lib/fast";\nexport const handler = async () => 1;',
            "lib/fast.ts": 'export default require("./fast.node");',
        };
        await withProject(files, async (root, folder) => {
            await assert.rejects(
                bundleHandlers(root, folder),
                /"\.\/fast\.node" is a native module, imported by .*fast\.ts/,
            );
        });
    });

    it("refuses Pulumi in a function", async () => {
        const files = {
            "functions/one.ts":
                'import * as pulumi from "@pulumi/pulumi";\nexport const handler = async () => pulumi.x;',
            "node_modules/@pulumi/pulumi/package.json": '{ "name": "@pulumi/pulumi", "main": "index.js" }',
            "node_modules/@pulumi/pulumi/index.js": "exports.x = 1;",
        };
        await withProject(files, async (root, folder) => {
            await assert.rejects(bundleHandlers(root, folder), /functions\/one\.ts imports Pulumi/);
        });
    });

    it("refuses a bundle that is too large, and names its largest parts", async () => {
        const files = {
            "functions/one.ts": 'import { ballast } from "../ballast";\nexport const handler = async () => ballast;',
            "ballast.ts": `export const ballast = "${"x".repeat(5000)}";`,
        };
        await withProject(files, async (root, folder) => {
            await assert.rejects(
                bundleHandlers(root, folder, { limitBytes: 4000 }),
                /functions\/one\.ts is \d+ bytes bundled, at most 4000 are allowed; largest parts: ballast\.ts \(5\d+\)/,
            );
        });
    });

    it("has no bundle where there is no handler", async () => {
        await withProject({}, async (root, folder) => assert.deepEqual(await bundleHandlers(root, folder), {}));
    });

    describe("of this project", () => {
        it("each export a handler's module and stay below the limit", async () => {
            const bundles = await handlerBundles();
            assert.ok(Object.keys(bundles).length > 0);
            for (const [handler, code] of Object.entries(bundles)) {
                assert.ok(Buffer.byteLength(code) < maxBundleBytes, `${handler}: ${Buffer.byteLength(code)} bytes`);
                assert.match(code, /handler:\(\)=>/, handler);
            }
        });

        it("hold no path of this machine", async () => {
            const root = join(__dirname, "..", "..");
            for (const [handler, code] of Object.entries(await handlerBundles())) {
                assert.ok(!code.includes(root), handler);
            }
        });

        it("keep the extractor of one type of source, and no other's", async () => {
            const root = join(__dirname, "..", "..");
            const bundle = async (sourceType?: string) =>
                (await bundleHandlers(root, join(root, "functions"), { handler: "extract", sourceType })).extract!;
            assert.match(await bundle("redshift"), /FORMAT AS CSV/);
            assert.doesNotMatch(await bundle(), /FORMAT AS CSV/);
            assert.match(await bundle(), /this function's bundle holds no extractor for redshift/);
        });

        it("are made once a process", async () => {
            assert.equal(await handlerBundles(), await handlerBundles());
        });

        it("have none for a handler that does not exist, and say so", async () => {
            await assert.rejects(
                handlerArchive({ handler: "noSuchHandler" }),
                /functions\/noSuchHandler\.ts .* does not exist/,
            );
        });
    });
});
