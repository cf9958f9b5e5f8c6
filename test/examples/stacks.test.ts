import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../config/parse";
import { previewedStack } from "../../components/previewed";
import { previewStack } from "../../preview/stackPreview";
import { projectFile, rawConfigOf } from "../support/rawConfig";
import { recordProgram } from "../support/recordedProgram";
import { projectFolder } from "../support/sources";
import { stackConfig } from "../support/stackFiles";

const examples = path.join(projectFolder, "examples");
const now = Date.parse("2026-04-01T00:00:00Z");
/** Lines of a README that fit on a screen, with some scrolling. */
const screen = 45;

const stacks = readdirSync(examples)
    .map((name) => ({ name, file: `examples/${name}/Pulumi.${name}.yaml`, page: `examples/${name}/README.md` }))
    .filter(({ file }) => existsSync(path.join(projectFolder, file)));

describe("examples/", () => {
    for (const { name, file, page } of stacks) {
        describe(name, () => {
            it("is evaluated to the detectors that it names", async () => {
                const { detectors } = rawConfigOf(projectFile(file)) as { detectors: object };
                const program = await recordProgram(stackConfig(file));
                assert.deepEqual(Object.keys(program.outputs.detectorArns as object), Object.keys(detectors));
            });

            it("can be previewed without Pulumi: windows and SQL of each detector", () => {
                const config = parseConfig(rawConfigOf(projectFile(file)), projectFile);
                for (const { text } of previewStack(previewedStack(config), now).detectors)
                    assert.match(text, /First window \[.*\):\n {4}\S/);
            });

            it("has a page of a screen, which names the stack file and the command that brings it up or looks at it", () => {
                const text = projectFile(page);
                assert.ok(text.split("\n").length <= screen, `${text.split("\n").length} lines`);
                assert.ok(text.includes(`cp ${file} Pulumi.`), file);
                assert.match(text, /npx (lookout|pulumi) /);
            });

            it("links to pages that exist", () => {
                const targets = [...projectFile(page).matchAll(/\]\(([^)#:]+)(#[^)]*)?\)/g)].map(
                    ([, target]) => target!,
                );
                const folder = path.dirname(path.join(projectFolder, page));
                assert.deepEqual(
                    targets.filter((target) => !existsSync(path.resolve(folder, target))),
                    [],
                );
            });

            it("says in its region what it deploys there", () => {
                const { config } = parse(projectFile(file)) as { config: Record<string, unknown> };
                const region = config["aws:region"] as string;
                const arns = [...projectFile(file).matchAll(/arn:aws:(?:sns|lambda|kms):([a-z0-9-]+):/g)];
                assert.deepEqual(
                    arns.filter(([, found]) => found !== region),
                    [],
                );
            });
        });
    }
});
