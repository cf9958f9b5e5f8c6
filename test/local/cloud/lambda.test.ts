import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { GetFunctionCommand, InvokeCommand, LambdaClient, type FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { EmbeddedCloud } from "../../../local/cloud/cloud";
import { lambda, onCloud, role, startOfTest } from "../../support/declaredCloud";

interface Client {
    readonly describe: (name: string) => Promise<FunctionConfiguration | undefined>;
    /** Invokes a function and gives its payload and error mark. */
    invoke(
        name: string,
        event: unknown,
        type?: "Event",
    ): Promise<{ payload: unknown; error?: string; status?: number }>;
}

function open({ endpoint }: EmbeddedCloud): Client {
    const client = new LambdaClient({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "user", secretAccessKey: "user" },
        maxAttempts: 1,
    });
    return {
        describe: async (name) => (await client.send(new GetFunctionCommand({ FunctionName: name }))).Configuration,
        invoke: async (name, event, type) => {
            const command = new InvokeCommand({
                FunctionName: name,
                Payload: JSON.stringify(event),
                InvocationType: type,
            });
            const { Payload, FunctionError: error, StatusCode: status } = await client.send(command);
            const text = Payload ? Buffer.from(Payload).toString("utf8") : "";
            return { payload: text === "" ? undefined : JSON.parse(text), error, status };
        },
    };
}

/** Runs a test on a cloud with one function, `subject`. */
async function withFunction(
    code: string,
    test: (client: Client, cloud: EmbeddedCloud) => Promise<void>,
    more: Record<string, unknown> = {},
): Promise<void> {
    await onCloud(async ({ cloud, up }) => {
        await up([...role("subject-role"), lambda("subject", code, more)]);
        await test(open(cloud), cloud);
    });
}

describe("local/cloud/lambda", () => {
    it("gives the function its environment, and the cloud's endpoint for its AWS calls", async () => {
        const code = `exports.handler = async () => process.env;`;
        await withFunction(
            code,
            async (client, cloud) => {
                const env = (await client.invoke("subject", {})).payload as Record<string, string>;
                assert.equal(env.LOOKOUT_BUCKET, "orders");
                assert.equal(env.AWS_ENDPOINT_URL, cloud.endpoint);
                assert.equal(env.AWS_REGION, "us-east-1");
                assert.equal(env.AWS_LAMBDA_FUNCTION_NAME, "subject");
                assert.match(env.AWS_ACCESS_KEY_ID!, /^LKIA[0-9A-F]{16}$/);
                assert.equal(env.PATH, undefined);
                assert.equal(process.env.LOOKOUT_BUCKET, undefined);
            },
            { environment: { variables: { LOOKOUT_BUCKET: "orders" } } },
        );
    });

    it("gives every way to the process the function's own environment", async () => {
        const code = `
            process.env.MINE = "yes";
            exports.handler = async () => [require("process").env.MINE, require("node:process").env.MINE];`;
        await withFunction(code, async (client) => {
            assert.deepEqual((await client.invoke("subject", {})).payload, ["yes", "yes"]);
            assert.equal(process.env.MINE, undefined);
        });
    });

    it("has the time of the simulated clock", async () => {
        const code = `exports.handler = async () => [Date.now(), new Date().getTime(), new Date("2026-01-01").getTime(), new Date() instanceof Date];`;
        await withFunction(code, async (client) => {
            const january = Date.parse("2026-01-01");
            assert.deepEqual((await client.invoke("subject", {})).payload, [startOfTest, startOfTest, january, true]);
        });
    });

    it("keeps an instance warm from call to call, until its settings change", async () => {
        const code = `let calls = 0; exports.handler = async () => ++calls;`;
        await onCloud(async ({ cloud, up }) => {
            const resources = (level: string) => [
                ...role("subject-role"),
                lambda("subject", code, { environment: { variables: { LEVEL: level } } }),
            ];
            await up(resources("a"));
            const client = open(cloud);
            assert.equal((await client.invoke("subject", {})).payload, 1);
            assert.equal((await client.invoke("subject", {})).payload, 2);
            await up(resources("b"));
            assert.equal((await client.invoke("subject", {})).payload, 1);
        });
    });

    it("never runs two calls in one instance at the same time, and serves more calls than instances", async () => {
        const code = `
            let running = 0;
            exports.handler = async () => {
                running += 1;
                await new Promise((resolve) => setImmediate(resolve));
                return running--;
            };`;
        await withFunction(code, async (client) => {
            const calls = Array.from({ length: 12 }, () => client.invoke("subject", {}));
            assert.deepEqual(
                (await Promise.all(calls)).map(({ payload }) => payload),
                Array(12).fill(1),
            );
        });
    });

    it("reports an error by its name and message, with the mark of a failed function", async () => {
        const code = `exports.handler = async () => { throw Object.assign(new Error("no such column"), { name: "QueryError" }); };`;
        await withFunction(code, async (client) => {
            const { payload, error, status } = await client.invoke("subject", {});
            const { errorType, errorMessage, trace } = payload as Record<string, unknown>;
            assert.deepEqual(
                [status, error, errorType, errorMessage],
                [200, "Unhandled", "QueryError", "no such column"],
            );
            assert.ok(Array.isArray(trace));
        });
    });

    it("reports a module that cannot be loaded, and a handler that is not there", async () => {
        await withFunction("exports.other = 1;", async (client) => {
            const { payload } = await client.invoke("subject", {});
            assert.equal((payload as { errorType: string }).errorType, "Runtime.HandlerNotFound");
        });
        await withFunction("throw new TypeError('at cold start');", async (client) => {
            const { payload } = await client.invoke("subject", {});
            assert.equal((payload as { errorMessage: string }).errorMessage, "at cold start");
        });
    });

    it("answers null where the function gives nothing", async () => {
        await withFunction("exports.handler = async () => {};", async (client) => {
            assert.equal((await client.invoke("subject", {})).payload, null);
        });
    });

    it("refuses a payload above 6 MB in either direction", async () => {
        await withFunction("exports.handler = async ({ size }) => 'x'.repeat(size ?? 0);", async (client) => {
            const { payload } = await client.invoke("subject", { size: 6 * 1024 * 1024 });
            assert.equal((payload as { errorType: string }).errorType, "Function.ResponseSizeTooLarge");
            await assert.rejects(client.invoke("subject", { pad: "x".repeat(6 * 1024 * 1024) }), {
                name: "RequestTooLargeException",
            });
        });
    });

    it("knows no function that the program did not register", async () => {
        await onCloud(async ({ cloud }) => {
            await assert.rejects(open(cloud).invoke("nobody", {}), { name: "ResourceNotFoundException" });
        });
    });

    it("describes a function", async () => {
        await withFunction("exports.handler = async () => 1;", async (client) => {
            const configuration = await client.describe("subject");
            assert.equal(configuration?.FunctionArn, "arn:aws:lambda:us-east-1:123456789012:function:subject");
            assert.equal(configuration.State, "Active");
        });
    });

    it("writes what a function prints to its log, not to the screen", async () => {
        await withFunction("exports.handler = async () => console.log('three %s', 'rows');", async (client, cloud) => {
            await client.invoke("subject", {});
            assert.equal(readFileSync(`${cloud.folder}/logs/subject.log`, "utf8"), "three rows\n");
        });
    });

    describe("an asynchronous invocation", () => {
        const counting = `
            let calls = [];
            exports.handler = async ({ failures, list }) => {
                if (list) { return calls; }
                calls.push(new Date().toISOString().slice(11, 19));
                if (calls.length <= failures) { throw new Error("not yet"); }
            };`;

        it("is answered at once and done before the cloud has settled", async () => {
            await withFunction(counting, async (client, cloud) => {
                assert.equal((await client.invoke("subject", { failures: 0 }, "Event")).status, 202);
                await cloud.settle();
                assert.deepEqual((await client.invoke("subject", { list: true })).payload, ["00:00:00"]);
            });
        });

        it("is tried again after one and two simulated minutes, and no more", async () => {
            await withFunction(counting, async (client, cloud) => {
                await client.invoke("subject", { failures: 9 }, "Event");
                await cloud.runUntilIdle(startOfTest + 3_600_000);
                const calls = (await client.invoke("subject", { list: true })).payload;
                assert.deepEqual(calls, ["00:00:00", "00:01:00", "00:03:00"]);
            });
        });

        it("is tried again as often as the program says", async () => {
            await onCloud(async ({ cloud, up }) => {
                await up([
                    ...role("subject-role"),
                    lambda("subject", counting),
                    {
                        type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
                        name: "once",
                        args: { functionName: { ref: "subject.name" }, maximumRetryAttempts: 0 },
                    },
                ]);
                const client = open(cloud);
                await client.invoke("subject", { failures: 9 }, "Event");
                await cloud.runUntilIdle(startOfTest + 3_600_000);
                assert.deepEqual((await client.invoke("subject", { list: true })).payload, ["00:00:00"]);
            });
        });
    });

    describe("a provoked failure", () => {
        it("strikes before the function runs, or after it has run, as often as asked", async () => {
            const code = `let calls = 0; exports.handler = async () => ++calls;`;
            await withFunction(code, async (client, cloud) => {
                const error = { name: "Boom", message: "provoked" };
                cloud.faults.inject({ at: "lambda:subject", error });
                cloud.faults.inject({ at: "lambda:subject", when: "after", error });
                const struck = [await client.invoke("subject", {}), await client.invoke("subject", {})];
                assert.deepEqual(
                    struck.map((result) => (result.payload as { errorType: string }).errorType),
                    ["Boom", "Boom"],
                );
                assert.equal((await client.invoke("subject", {})).payload, 2);
            });
        });
    });
});
