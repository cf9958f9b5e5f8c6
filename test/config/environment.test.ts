import assert from "node:assert/strict";
import { readEnvironment } from "../../config/environment";
import { ConfigError } from "../../errors";

const env = {
    LOOKOUT_BUCKET: "metrics",
    LOOKOUT_STACK: "lookout/dev",
    LOOKOUT_ENDPOINT: "https://api.example.com/",
    LOOKOUT_ENDPOINT_SIGNING: "lambda",
    LOOKOUT_LIVE_MACHINE: "arn:aws:states:us-east-1:123456789012:stateMachine:live",
    LOOKOUT_BACKFILL_MACHINE: "arn:aws:states:us-east-1:123456789012:stateMachine:backfill",
    LOOKOUT_TOPIC: "arn:aws:sns:us-east-1:123456789012:operations",
    LOOKOUT_SOURCE:
        '{"name":"warehouse","config":{"type":"redshift"},"unloadRoleArn":"arn:aws:iam::123456789012:role/unload"}',
    LOOKOUT_WORKER: "worker",
    LOOKOUT_ACCOUNT: "123456789012",
    AWS_REGION: "us-east-1",
};

describe("config/environment", () => {
    it("reads what is wanted, typed", () => {
        assert.deepEqual(readEnvironment(env, ["bucket", "endpoint", "endpointSigning", "source", "region"]), {
            bucket: "metrics",
            endpoint: "https://api.example.com/",
            endpointSigning: "lambda",
            source: {
                name: "warehouse",
                config: { type: "redshift" },
                unloadRoleArn: "arn:aws:iam::123456789012:role/unload",
            },
            region: "us-east-1",
        });
    });

    it("reads the rest of what functions are told", () => {
        assert.deepEqual(
            readEnvironment(env, ["stack", "liveMachine", "backfillMachine", "topic", "worker", "account"]),
            {
                stack: env.LOOKOUT_STACK,
                liveMachine: env.LOOKOUT_LIVE_MACHINE,
                backfillMachine: env.LOOKOUT_BACKFILL_MACHINE,
                topic: env.LOOKOUT_TOPIC,
                worker: "worker",
                account: "123456789012",
            },
        );
    });

    it("does not mind variables that nobody asked for", () => {
        assert.deepEqual(readEnvironment({ LOOKOUT_BUCKET: "metrics" }, ["bucket"]), { bucket: "metrics" });
    });

    it("names every variable that is missing, empty or wrong in one error", () => {
        const faulty = {
            ...env,
            LOOKOUT_BUCKET: undefined,
            LOOKOUT_TOPIC: "",
            LOOKOUT_ENDPOINT_SIGNING: "s3",
            LOOKOUT_ENDPOINT: "x",
        };
        assert.throws(
            () => readEnvironment(faulty, ["bucket", "topic", "endpointSigning", "endpoint", "region"]),
            (error) => {
                assert.ok(error instanceof ConfigError);
                assert.deepEqual(
                    error.problems.map(({ key, finding }) => `${key} ${finding}`),
                    [
                        "LOOKOUT_BUCKET is not set; expected the name of the stack's bucket",
                        "LOOKOUT_TOPIC is not set; expected the ARN of the operations topic",
                        "LOOKOUT_ENDPOINT_SIGNING cannot be read; expected lambda or lookoutmetrics",
                        "LOOKOUT_ENDPOINT cannot be read; expected the URL of the detection API",
                    ],
                );
                assert.ok(error.problems.every(({ fix }) => fix !== undefined));
                return true;
            },
        );
    });

    for (const text of ["{", "null", "[]", '{"name":"x"}', '{"config":{}}', '"warehouse"']) {
        it(`refuses ${text} as a source, without showing it`, () => {
            assert.throws(
                () => readEnvironment({ LOOKOUT_SOURCE: text }, ["source"]),
                /^ConfigError: LOOKOUT_SOURCE: cannot be read; expected JSON/,
            );
        });
    }

    it("reads limits by name, and refuses any that is no whole number", () => {
        const limits = (text: string) => readEnvironment({ LOOKOUT_LIMITS: text }, ["limits"]).limits;
        assert.deepEqual(limits('{"alerts":5}'), { alerts: 5 });
        assert.deepEqual(limits("{}"), {});
        for (const text of ["{", "3", '{"alerts":"5"}', '{"alerts":1.5}'])
            assert.throws(() => limits(text), /LOOKOUT_LIMITS/);
    });
});
