import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Deployment } from "../../../local/cloud/cloud";
import { lambda, onCloud, role, type Declared } from "../../support/declaredCloud";

const names = (urns: readonly string[]): string[] => urns.map((urn) => urn.split("::").pop()!);
const changesOf = ({ changes }: Deployment): Record<string, string[]> =>
    Object.fromEntries(Object.entries(changes).map(([what, urns]) => [what, names(urns as string[])]));

const bucket = (args: Record<string, unknown> = {}, options: Declared["options"] = {}): Declared => ({
    type: "aws:s3/bucket:Bucket",
    name: "data",
    args: { bucket: "orders", ...args },
    options,
});
const topic = (name: string, args: Record<string, unknown> = {}, more: Partial<Declared> = {}): Declared => ({
    type: "aws:sns/topic:Topic",
    name,
    args,
    ...more,
});

/** Keeps the events of each call in its own state, and fails when told to. */
const recorder = `
    const { readFileSync, writeFileSync, existsSync } = require("node:fs");
    exports.handler = async (event) => {
        const events = existsSync(process.env.RECORD) ? JSON.parse(readFileSync(process.env.RECORD, "utf8")) : [];
        writeFileSync(process.env.RECORD, JSON.stringify([...events, event]));
        if (event.fail === event.tf?.action) {
            const error = new Error("cannot " + event.tf.action);
            error.name = "DataError";
            throw error;
        }
        return { calls: events.length + 1 };
    };`;

describe("local/cloud", () => {
    describe("a program's life cycle", () => {
        it("creates what is new, with outputs that other resources use", async () => {
            await onCloud(async ({ up }) => {
                const policy = {
                    type: "aws:sns/topicPolicy:TopicPolicy",
                    name: "policy",
                    args: { arn: { ref: "news.arn" }, policy: "{}" },
                };
                const deployed = await up([topic("news", { name: "news" }), policy]);
                const found = deployed.resources.find(({ name }) => name === "policy");
                assert.deepEqual(changesOf(deployed).created, ["news", "policy"]);
                assert.equal(found?.inputs.arn, "arn:aws:sns:us-east-1:123456789012:news");
                assert.deepEqual(
                    found.dependencies.map((urn) => urn.split("::").pop()),
                    ["news"],
                );
            });
        });

        it("leaves alone what has the same inputs", async () => {
            await onCloud(async ({ up }) => {
                const first = await up([topic("news"), bucket()]);
                const second = await up([topic("news"), bucket()]);
                assert.deepEqual(changesOf(second), {
                    created: [],
                    updated: [],
                    replaced: [],
                    deleted: [],
                    same: ["news", "data"],
                });
                assert.deepEqual(second.resources, first.resources);
            });
        });

        it("updates in place and keeps the name that it made up", async () => {
            await onCloud(async ({ up }) => {
                const first = await up([topic("news")]);
                const second = await up([topic("news", { displayName: "News" })]);
                const nameOf = ({ resources }: Deployment): unknown =>
                    resources.find(({ name }) => name === "news")?.outputs.name;
                assert.deepEqual(changesOf(second).updated, ["news"]);
                assert.match(String(nameOf(first)), /^news-[0-9a-f]{7}$/);
                assert.equal(nameOf(second), nameOf(first));
            });
        });

        it("deletes what the program no longer registers", async () => {
            await onCloud(async ({ up }) => {
                await up([topic("news"), topic("alerts")]);
                const second = await up([topic("alerts")]);
                assert.deepEqual(changesOf(second).deleted, ["news"]);
                assert.deepEqual(
                    second.resources.filter(({ custom }) => custom).map(({ name }) => name),
                    ["alerts"],
                );
            });
        });

        it("gives URNs as a real stack does, with the types of the parents", async () => {
            await onCloud(async ({ up }) => {
                const group = { type: "declared:components:Group", name: "group" };
                const { changes } = await up([group, topic("news", {}, { parent: "group" })]);
                assert.deepEqual(changes.created, [
                    "urn:pulumi:test::declared::declared:components:Group$aws:sns/topic:Topic::news",
                ]);
            });
        });

        it("lists resources of types that it does not know, and records them", async () => {
            await onCloud(async ({ up }) => {
                const { unknown, resources } = await up([{ type: "aws:kinesis/stream:Stream", name: "clicks" }]);
                assert.deepEqual(unknown, ["aws:kinesis/stream:Stream clicks"]);
                assert.ok(resources.some(({ name }) => name === "clicks"));
            });
        });

        it("refuses a name that is taken", async () => {
            await onCloud(async ({ up }) => {
                await assert.rejects(
                    up([topic("one", { name: "news" }), topic("two", { name: "news" })]),
                    /aws:sns\/topic:Topic "two".*news is taken/,
                );
            });
        });

        it("refuses two resources of the same type and logical name", async () => {
            await onCloud(async ({ up }) => {
                await assert.rejects(up([topic("news"), topic("news")]), /Duplicate resource URN/);
            });
        });

        it("keeps the bucket that is to be retained", async () => {
            await onCloud(async ({ cloud, up }) => {
                await up([bucket({}, { retainOnDelete: true })]);
                await cloud.objects("orders").put("a.csv", "1");
                const { resources } = await cloud.down();
                assert.deepEqual(resources, []);
                assert.equal((await cloud.objects("orders").get("a.csv"))?.body.toString(), "1");
            });
        });

        it("gives a new bucket another name than the one that was retained", async () => {
            await onCloud(async ({ cloud, up }) => {
                const retained = { ...bucket({}, { retainOnDelete: true }), args: {} };
                const nameOf = ({ resources }: Deployment): unknown =>
                    resources.find(({ name }) => name === "data")?.id;
                const first = nameOf(await up([retained]));
                await cloud.down();
                const second = nameOf(await up([retained]));
                assert.match(String(first), /^data-[0-9a-f]{7}$/);
                assert.notEqual(second, first);
            });
        });

        it("deletes a bucket that holds objects only when it is told to", async () => {
            await onCloud(async ({ cloud, up }) => {
                await up([bucket()]);
                await cloud.objects("orders").put("a.csv", "1");
                await assert.rejects(cloud.down(), /deleting aws:s3\/bucket:Bucket "data" failed: BucketNotEmpty/);
                await up([bucket({ forceDestroy: true })]);
                assert.deepEqual((await cloud.down()).resources, []);
            });
        });

        it("ignores changes of what the program leaves to others", async () => {
            await onCloud(async ({ up }) => {
                const ignoring = { options: { ignoreChanges: ["displayName"] } };
                await up([topic("news", { displayName: "one" }, ignoring)]);
                assert.deepEqual(changesOf(await up([topic("news", { displayName: "two" }, ignoring)])).same, ["news"]);
            });
        });
    });

    describe("a replacement", () => {
        const call = (triggers: object, options: Declared["options"] = {}): Declared[] => [
            ...role("recorder-role"),
            lambda("recorder", recorder),
            {
                type: "aws:lambda/invocation:Invocation",
                name: "call",
                args: { functionName: "recorder", lifecycleScope: "CRUD", input: '{"detector":"orders"}', triggers },
                dependsOn: ["recorder"],
                options,
            },
        ];
        const actions = (events: readonly { tf: { action: string } }[]): string[] => events.map(({ tf }) => tf.action);

        it("creates the new resource before it deletes the old one", async () => {
            await withRecord(async ({ up, record, resources }) => {
                await up(resources(call({ one: "1" })));
                const second = await up(resources(call({ one: "2" })));
                assert.deepEqual(changesOf(second).replaced, ["call"]);
                assert.deepEqual(actions(record()), ["create", "create", "delete"]);
            });
        });

        it("deletes the old resource first when the program says so", async () => {
            await withRecord(async ({ up, record, resources }) => {
                await up(resources(call({ one: "1" })));
                await up(resources(call({ one: "2" }, { deleteBeforeReplace: true })));
                assert.deepEqual(actions(record()), ["create", "delete", "create"]);
            });
        });

        it("deletes the old resource first when both have the same name", async () => {
            await onCloud(async ({ up }) => {
                await up([topic("news", { name: "news", fifoTopic: false })]);
                assert.deepEqual(changesOf(await up([topic("news", { name: "news", fifoTopic: true })])).replaced, [
                    "news",
                ]);
            });
        });
    });

    describe("an invocation with the scope CRUD", () => {
        const invocation = (input: object): Declared[] => [
            ...role("recorder-role"),
            lambda("recorder", recorder),
            {
                type: "aws:lambda/invocation:Invocation",
                name: "call",
                args: { functionName: "recorder", lifecycleScope: "CRUD", input: JSON.stringify(input) },
                dependsOn: ["recorder"],
            },
        ];

        it("tells the function the action and the input before it", async () => {
            await withRecord(async ({ cloud, up, record, resources }) => {
                const first = await up(resources(invocation({ query: "a" })));
                await up(resources(invocation({ query: "a" })));
                await up(resources(invocation({ query: "b" })));
                await cloud.down();
                assert.equal(first.resources.find(({ name }) => name === "call")?.outputs.result, '{"calls":1}');
                assert.deepEqual(record(), [
                    { query: "a", tf: { action: "create", prev_input: null } },
                    { query: "b", tf: { action: "update", prev_input: { query: "a" } } },
                    { query: "b", tf: { action: "delete", prev_input: { query: "b" } } },
                ]);
            });
        });

        it("is not in the state when its create failed, and what came before it is; the next up goes on", async () => {
            await withRecord(async ({ cloud, up, record, resources }) => {
                const failing = up(resources(invocation({ fail: "create" })));
                await assert.rejects(
                    failing,
                    /"call" failed: invoking Lambda Function \(recorder\): .*DataError.*cannot create/,
                );
                const second = await up(resources(invocation({ fail: "never" })));
                assert.deepEqual(changesOf(second).created, ["call"]);
                assert.ok(changesOf(second).same?.includes("recorder"));
                assert.deepEqual(
                    record().map(({ tf }) => tf.action),
                    ["create", "create"],
                );
                await cloud.down();
            });
        });

        it("leaves the new input in the state when its update failed, and is updated again by the next up", async () => {
            await withRecord(async ({ up, record, resources }) => {
                await up(resources(invocation({ query: "a" })));
                await assert.rejects(up(resources(invocation({ query: "b", fail: "update" }))), /cannot update/);
                await assert.rejects(up(resources(invocation({ query: "b", fail: "update" }))), /cannot update/);
                await up(resources(invocation({ query: "c" })));
                assert.deepEqual(
                    record().map(({ query, tf }) => [query, tf.action, tf.prev_input?.query]),
                    [
                        ["a", "create", undefined],
                        ["b", "update", "a"],
                        ["b", "update", "b"],
                        ["c", "update", "b"],
                    ],
                );
            });
        });
    });

    describe("a missing dependency", () => {
        /** Writes into the bucket on delete, as the function's role. */
        const writer = `
            exports.handler = async ({ tf }) => {
                const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: key } = process.env;
                const authorization = "AWS4-HMAC-SHA256 Credential=" + key + "/20260401/us-east-1/s3/aws4_request";
                const response = await fetch(endpoint + "/orders/" + tf.action, { method: "PUT", body: "1", headers: { authorization } });
                if (!response.ok) {
                    throw new Error(await response.text());
                }
                return {};
            };`;
        const program = (dependsOn: string[]): Declared[] => [
            bucket({ forceDestroy: true }),
            ...role("writer-role", ["s3:PutObject"]),
            lambda("writer", writer),
            {
                type: "aws:lambda/invocation:Invocation",
                name: "call",
                args: { functionName: { ref: "writer.name" }, lifecycleScope: "CRUD", input: "{}" },
                dependsOn,
            },
        ];
        const failuresOfDown = async (dependsOn: string[]): Promise<string[]> => {
            const failures: string[] = [];
            for (let seed = 1; seed <= 8; seed += 1) {
                await onCloud(
                    async ({ cloud, up }) => {
                        await up(program(dependsOn));
                        await cloud.down().catch((error: Error) => failures.push(error.message));
                    },
                    { seed },
                );
            }
            return failures;
        };

        it("is noticed with some seed, and only then", async () => {
            const missing = await failuresOfDown(["writer", "data"]);
            assert.ok(missing.length > 0 && missing.length < 8, `${missing.length} of 8 failed`);
            assert.match(missing[0]!, /deleting aws:lambda\/invocation:Invocation "call".*AccessDenied/);
            assert.deepEqual(await failuresOfDown(["writer", "data", "writer-role-policy"]), []);
        });
    });

    describe("a state folder", () => {
        it("is opened again with its resources, its outputs and its clock, at a new address", async () => {
            await onCloud(async (declared) => {
                const url = {
                    type: "aws:lambda/functionUrl:FunctionUrl",
                    name: "url",
                    args: { functionName: { ref: "echo.name" }, authorizationType: "NONE" },
                };
                const program = [
                    ...role("echo-role"),
                    lambda("echo", "exports.handler = async (event) => event.rawPath;"),
                    url,
                ];
                await declared.up(program);
                await declared.cloud.advanceTo(declared.cloud.clock.now() + 3_600_000);
                const { outputs, clock } = declared.cloud;
                await declared.reopen();
                assert.equal(declared.cloud.clock.now(), clock.now());
                assert.deepEqual(declared.cloud.outputs, outputs);
                const again = await declared.up(program);
                assert.equal(changesOf(again).same?.length, program.length);
                const functionUrl = again.resources.find(({ name }) => name === "url")?.outputs.functionUrl;
                assert.equal(functionUrl, `${declared.cloud.endpoint}/_url/echo/`);
                assert.equal(await (await fetch(`${String(functionUrl)}some/path`)).text(), "/some/path");
            });
        });
    });
});

interface Recorded {
    readonly query?: string;
    readonly tf: { readonly action: string; readonly prev_input: { readonly query?: string } | null };
}

/** A test with a function that keeps its events in a file; `resources` gives that file to the function. */
async function withRecord(
    test: (
        declared: Parameters<Parameters<typeof onCloud>[0]>[0] & {
            readonly record: () => Recorded[];
            readonly resources: (declared: Declared[]) => Declared[];
        },
    ) => Promise<void>,
): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "lookout-record-"));
    const file = join(folder, "events.json");
    try {
        await onCloud(async (declared) => {
            await test({
                ...declared,
                cloud: declared.cloud,
                record: () => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Recorded[]) : []),
                resources: (all) =>
                    all.map((resource) =>
                        resource.name === "recorder"
                            ? { ...resource, args: { ...resource.args, environment: { variables: { RECORD: file } } } }
                            : resource,
                    ),
            });
        });
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}
