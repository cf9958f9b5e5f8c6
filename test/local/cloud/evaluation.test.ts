import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { evaluate } from "../../../local/cloud/evaluation";
import { onCloud, type Declared } from "../../support/declaredCloud";

const topic = (name: string, args: Record<string, unknown> = {}): Declared => ({
    type: "aws:sns/topic:Topic",
    name,
    args,
});

describe("local/cloud/evaluation", () => {
    it("evaluates a program again and again in one process, with another configuration each time", async () => {
        await onCloud(async ({ up }) => {
            for (const name of ["one", "two", "three"]) {
                const { outputs } = await up([topic(name, { name })]);
                assert.deepEqual(outputs, {
                    stack: "test",
                    arns: { [name]: `arn:aws:sns:us-east-1:123456789012:${name}` },
                });
            }
        });
    });

    it("passes on the error that the program throws", async () => {
        await onCloud(async ({ cloud, up }) => {
            await assert.rejects(up([topic("news")], { "declared:failure": "thrown" }), {
                name: "ConfigError",
                message: "detectors.orders.interval: not an interval",
            });
            await cloud.settle();
            assert.deepEqual((await up([topic("news")])).unknown, []);
        });
    });

    it("passes on the error that is thrown inside apply, where nothing waits for it", async () => {
        await onCloud(async ({ up }) => {
            await assert.rejects(up([], { "declared:failure": "rejected" }), /thrown inside apply/);
        });
    });

    it("stops at the first resource that fails, and keeps those before it", async () => {
        await onCloud(async ({ up }) => {
            const wrong: Declared = {
                type: "aws:lambda/permission:Permission",
                name: "wrong",
                args: { function: "nobody", action: "lambda:InvokeFunction", principal: "events.amazonaws.com" },
            };
            await assert.rejects(
                up([topic("news"), wrong, { ...topic("after"), dependsOn: ["wrong"] }]),
                /"wrong" failed: Function not found: nobody/,
            );
            const { changes } = await up([topic("news"), topic("after")]);
            assert.deepEqual(
                changes.same.map((urn) => urn.split("::").pop()),
                ["news"],
            );
            assert.deepEqual(
                changes.created.map((urn) => urn.split("::").pop()),
                ["after"],
            );
        });
    });

    it("collects what the program warns of", async () => {
        await onCloud(async ({ up }) => {
            assert.deepEqual((await up([], { "declared:warning": true })).warnings, ["mind the gap"]);
        });
    });

    it("says which function of the provider it does not know", async () => {
        await withProgram(
            `const pulumi = require("@pulumi/pulumi"); pulumi.runtime.invoke("aws:ec2/getVpc:getVpc", {}).catch(() => {});`,
            {},
            async (projectFolder) => {
                const registrar = {
                    register: async () => ({ outputs: {} }),
                    read: () => ({}),
                    invoke: async (token: string) => Promise.reject(new Error(`no ${token}`)),
                };
                await assert.rejects(evaluate({ projectFolder, stack: "dev" }, registrar), /no aws:ec2\/getVpc:getVpc/);
            },
        );
    });

    describe("the configuration", () => {
        const exporting = `
            const pulumi = require("@pulumi/pulumi");
            const config = new pulumi.Config();
            module.exports = { list: config.getObject("list"), text: config.get("text"), region: new pulumi.Config("aws").get("region"),
                root: pulumi.runtime.getRootDirectory?.() ?? process.cwd() };`;
        const registrar = { register: async () => ({ outputs: {} }), read: () => ({}), invoke: async () => ({}) };

        it("comes from the stack's file, under what is given", async () => {
            const stack = "config:\n  aws:region: eu-west-1\n  small:list: [1, 2]\n  small:text: from the file\n";
            await withProgram(exporting, { "Pulumi.dev.yaml": stack }, async (projectFolder) => {
                const { outputs } = await evaluate(
                    { projectFolder, stack: "dev", config: { "small:text": "given" } },
                    registrar,
                );
                assert.deepEqual(
                    { list: outputs.list, text: outputs.text, region: outputs.region },
                    { list: [1, 2], text: "given", region: "eu-west-1" },
                );
            });
        });

        it("is refused where a value is encrypted", async () => {
            const stack = "config:\n  small:text:\n    secure: AAAB\n";
            await withProgram(exporting, { "Pulumi.dev.yaml": stack }, async (projectFolder) => {
                await assert.rejects(
                    evaluate({ projectFolder, stack: "dev" }, registrar),
                    /^ConfigError: small:text: is encrypted/,
                );
            });
        });

        it("needs a project file", async () => {
            const folder = mkdtempSync(join(tmpdir(), "lookout-program-"));
            await assert.rejects(
                evaluate({ projectFolder: folder, stack: "dev" }, registrar),
                /Pulumi.yaml does not exist/,
            );
            rmSync(folder, { recursive: true });
        });
    });
});

/** A test on a small JavaScript program of its own, in a project named `small`. */
async function withProgram(
    code: string,
    files: Readonly<Record<string, string>>,
    test: (projectFolder: string) => Promise<void>,
): Promise<void> {
    const folder = mkdtempSync(join(__dirname, "../../fixtures/programs/small-"));
    try {
        const all = {
            "Pulumi.yaml": "name: small\nruntime: nodejs\n",
            "package.json": '{"main":"index.js"}',
            "index.js": code,
            ...files,
        };
        for (const [name, text] of Object.entries(all)) {
            writeFileSync(join(folder, name), text);
        }
        await test(folder);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
