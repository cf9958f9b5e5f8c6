import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const load = createRequire(__filename);
const folder = path.join(__dirname, "../../functions");

/** The pipeline's handlers, and the variables that each cannot do without. */
const handlers: Readonly<Record<string, readonly string[]>> = {
    planLive: ["LOOKOUT_BUCKET", "AWS_REGION", "LOOKOUT_STACK", "LOOKOUT_LIVE_MACHINE", "LOOKOUT_BACKFILL_MACHINE"],
    planBackfill: ["LOOKOUT_BUCKET", "AWS_REGION"],
    commitWindow: ["LOOKOUT_BUCKET", "AWS_REGION", "LOOKOUT_STACK", "LOOKOUT_ENDPOINT", "LOOKOUT_ENDPOINT_SIGNING"],
    parkWindow: ["LOOKOUT_BUCKET", "AWS_REGION", "LOOKOUT_STACK"],
    closeRun: ["LOOKOUT_BUCKET", "AWS_REGION", "LOOKOUT_STACK"],
    activateDetector: ["LOOKOUT_BUCKET", "AWS_REGION", "LOOKOUT_ENDPOINT", "LOOKOUT_ENDPOINT_SIGNING"],
    notify: ["LOOKOUT_BUCKET", "AWS_REGION", "LOOKOUT_STACK", "LOOKOUT_TOPIC"],
    reconcileDetector: [
        "LOOKOUT_BUCKET",
        "AWS_REGION",
        "LOOKOUT_ACCOUNT",
        "LOOKOUT_LIVE_MACHINE",
        "LOOKOUT_BACKFILL_MACHINE",
        "LOOKOUT_ENDPOINT",
        "LOOKOUT_ENDPOINT_SIGNING",
    ],
};

const valueOf = (name: string): string =>
    ({ LOOKOUT_ENDPOINT: "http://127.0.0.1:9", LOOKOUT_ENDPOINT_SIGNING: "lambda", AWS_REGION: "us-east-1" })[name] ??
    name;

type Handler = (event: unknown) => Promise<unknown>;

/** Loads a handler as a cold start does, with these variables set. */
async function coldStart(name: string, variables: readonly string[]): Promise<Handler> {
    const file = path.join(folder, `${name}.ts`);
    const all = new Set([...Object.values(handlers).flat()]);
    const saved = Object.fromEntries([...all].map((variable) => [variable, process.env[variable]]));
    try {
        for (const variable of all) delete process.env[variable];
        for (const variable of variables) process.env[variable] = valueOf(variable);
        delete load.cache[file];
        return (load(file) as { handler: Handler }).handler;
    } finally {
        delete load.cache[file];
        for (const [variable, value] of Object.entries(saved)) {
            if (value === undefined) delete process.env[variable];
            else process.env[variable] = value;
        }
    }
}

describe("functions", () => {
    for (const [name, variables] of Object.entries(handlers)) {
        describe(name, () => {
            it("names every missing variable at its cold start", async () => {
                await assert.rejects(coldStart(name, []), (error: Error) => {
                    assert.equal(error.name, "ConfigError");
                    for (const variable of ["LOOKOUT_BUCKET", "AWS_REGION"])
                        assert.ok(error.message.includes(variable));
                    return true;
                });
                for (const variable of variables) {
                    const others = variables.filter((other) => other !== variable);
                    await assert.rejects(coldStart(name, others), new RegExp(`^ConfigError: ${variable}: is not set`));
                }
            });

            it("says what is wrong with an event, before it touches anything", async () => {
                const handler = await coldStart(name, variables);
                await assert.rejects(handler({ interval: "PT7M" }), {
                    name: "DataError",
                    message: new RegExp(`^${name} was called with an event that it does not understand: event`),
                });
            });

            it("is thin", () => {
                const source = readFileSync(path.join(folder, `${name}.ts`), "utf8");
                const body = source.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("import "));
                assert.ok(body.length < 30, `${body.length} lines`);
            });
        });
    }
});
