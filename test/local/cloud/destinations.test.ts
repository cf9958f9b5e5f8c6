import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { EmbeddedCloud } from "../../../local/cloud/cloud";
import { type Declared, lambda, onCloud, role, startOfTest } from "../../support/declaredCloud";

/** Fails the first calls, as many as the event says. */
const subject = `let calls = 0; exports.handler = async ({ failures = 0 }) => {
    calls += 1;
    if (calls <= failures) { const error = new Error("call " + calls); error.name = "Boom"; throw error; }
    return { calls };
};`;
/** Keeps what it is called with, and gives it to whoever asks. */
const listener = `const heard = []; exports.handler = async (event) => event.list ? heard : void heard.push(event);`;

const program = (settings: Record<string, unknown> = {}, rights = ["lambda:InvokeFunction"]): Declared[] => {
    const destination = { destination: { ref: "listener.arn" } };
    return [
        ...role("listener-role"),
        lambda("listener", listener),
        ...role("subject-role", rights),
        { ...lambda("subject", subject), dependsOn: ["subject-role-policy"] },
        {
            type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
            name: "settings",
            args: {
                functionName: { ref: "subject.name" },
                destinationConfig: { onFailure: destination, onSuccess: destination },
                ...settings,
            },
        },
    ];
};

interface Heard {
    readonly version: string;
    readonly timestamp: string;
    readonly requestContext: Record<string, unknown>;
    readonly requestPayload: unknown;
    readonly responseContext: unknown;
    readonly responsePayload: { readonly errorType?: string; readonly errorMessage?: string };
}

/** Calls `subject` without waiting, lets time pass, and gives what `listener` was told. */
async function heardAfter(cloud: EmbeddedCloud, event: object): Promise<Heard[]> {
    const credentials = { accessKeyId: "user", secretAccessKey: "user" };
    const client = new LambdaClient({ endpoint: cloud.endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    const payload = JSON.stringify(event);
    await client.send(new InvokeCommand({ FunctionName: "subject", InvocationType: "Event", Payload: payload }));
    await cloud.runUntilIdle(startOfTest + 24 * 3_600_000);
    const list = new InvokeCommand({ FunctionName: "listener", Payload: JSON.stringify({ list: true }) });
    return JSON.parse(Buffer.from((await client.send(list)).Payload!).toString("utf8")) as Heard[];
}

describe("local/cloud, destinations of calls that nobody waits for", () => {
    it("are told of a call that failed for the last time, with its event and its error", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program());
            const [heard, ...more] = await heardAfter(cloud, { failures: 9 });
            assert.deepEqual(more, []);
            const { requestId, ...context } = heard!.requestContext;
            assert.match(String(requestId), /^[0-9a-f-]{36}$/);
            assert.deepEqual(context, {
                functionArn: "arn:aws:lambda:us-east-1:123456789012:function:subject:$LATEST",
                condition: "RetriesExhausted",
                approximateInvokeCount: 3,
            });
            assert.deepEqual([heard!.version, heard!.timestamp], ["1.0", "2026-04-01T00:03:00.000Z"]);
            assert.deepEqual(heard!.requestPayload, { failures: 9 });
            assert.deepEqual(heard!.responseContext, {
                statusCode: 200,
                executedVersion: "$LATEST",
                functionError: "Unhandled",
            });
            const { errorType, errorMessage } = heard!.responsePayload;
            assert.deepEqual([errorType, errorMessage], ["Boom", "call 3"]);
        });
    });

    it("are told of a call that succeeded, also at a later try, and not of the tries before", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program());
            const heard = await heardAfter(cloud, { failures: 1 });
            assert.deepEqual(
                heard.map(({ requestContext, responsePayload }) => [
                    requestContext.condition,
                    requestContext.approximateInvokeCount,
                    responsePayload,
                ]),
                [["Success", 2, { calls: 2 }]],
            );
        });
    });

    it("are told of a call that grew too old to be repeated", async () => {
        await onCloud(async ({ cloud, up }) => {
            await up(program({ maximumEventAgeInSeconds: 100 }));
            const [heard] = await heardAfter(cloud, { failures: 9 });
            assert.equal(heard!.requestContext.condition, "EventAgeExceeded");
            assert.equal(heard!.requestContext.approximateInvokeCount, 2);
        });
    });

    it("are refused where the function's role may not call them", async () => {
        await onCloud(async ({ up }) => {
            await assert.rejects(
                up(program({}, ["s3:GetObject"])),
                /permissions to call InvokeFunction on .*:listener/,
            );
        });
    });
});
