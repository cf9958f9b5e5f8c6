import assert from "node:assert/strict";
import type { z } from "zod";
import { ownCalls } from "../../detection/api/own/calls";

type Calls = typeof ownCalls;

async function post(endpoint: string, name: string, body: object | string): Promise<Response> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return fetch(`${endpoint}/lookout/v1/${name}`, { method: "POST", body: text });
}

/** What a call beside the API answers. A refusal fails the test, and so does a member that the answer's schema does not describe. */
export async function callOwn<Name extends keyof Calls>(
    endpoint: string,
    name: Name,
    body: object,
): Promise<z.output<Calls[Name]["answer"]>> {
    const response = await post(endpoint, name, body);
    const answer = (await response.json()) as object;
    assert.ok(response.ok, `${name} was refused: ${JSON.stringify(answer)}`);
    const described = ownCalls[name].answer.parse(answer) as z.output<Calls[Name]["answer"]>;
    assert.deepEqual(described, answer);
    return described;
}

/** How a call was answered, whatever the answer. */
export interface Outcome {
    readonly status: number;
    /** Name of the error, as the header says it. */
    readonly error: string | null;
    readonly body: {
        readonly Message: string;
        readonly Reason?: string;
        readonly Fields?: readonly { readonly Name: string; readonly Message: string }[];
        readonly ResourceId?: string;
        readonly ResourceType?: string;
    };
}

export async function tryOwn(endpoint: string, name: string, body: object | string): Promise<Outcome> {
    const response = await post(endpoint, name, body);
    const error = response.headers.get("x-amzn-errortype");
    return { status: response.status, error, body: (await response.json()) as Outcome["body"] };
}
