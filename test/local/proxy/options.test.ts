import assert from "node:assert/strict";
import { parseProxyFlags } from "../../../local/proxy/options";
import { stackEndpoint } from "../../../local/proxy/stackEndpoint";
import { projectFolder } from "../../support/sources";

const url = "https://abc123.lambda-url.eu-central-1.on.aws/";
const nobody = async (): Promise<string> => assert.fail("asked for a stack");

describe("local/proxy/options", () => {
    it("takes the region from a function URL, unless it is said", async () => {
        const { endpoint, region } = await parseProxyFlags(
            { port: 0, endpoint: url },
            { AWS_REGION: "us-east-1" },
            nobody,
        );
        assert.deepEqual([endpoint.href, region], [url, "eu-central-1"]);
        const said = await parseProxyFlags({ port: 0, endpoint: url, region: "us-west-2" }, {}, nobody);
        assert.equal(said.region, "us-west-2");
    });

    it("takes the region from the environment where the URL does not tell", async () => {
        const flags = { port: 0, endpoint: "https://lookout.example.com" };
        assert.equal((await parseProxyFlags(flags, { AWS_DEFAULT_REGION: "us-west-2" }, nobody)).region, "us-west-2");
        await assert.rejects(
            parseProxyFlags(flags, {}, nobody),
            /--region is missing: lookout\.example\.com does not tell/,
        );
    });

    it("asks for a stack's endpoint", async () => {
        const { endpoint } = await parseProxyFlags({ port: 0, stack: "prod" }, {}, async (stack) => {
            assert.equal(stack, "prod");
            return url;
        });
        assert.equal(endpoint.href, url);
    });

    it("wants a stack or an endpoint, and not both", async () => {
        await assert.rejects(parseProxyFlags({ port: 0 }, {}, nobody), /give either --stack ENV.* or --endpoint URL$/);
        await assert.rejects(parseProxyFlags({ port: 0, stack: "prod", endpoint: url }, {}, nobody), /; not both$/);
    });
});

describe("local/proxy/stackEndpoint", () => {
    it("reads the endpoint from the stack's outputs", async () => {
        const calls: (readonly string[])[] = [];
        const found = await stackEndpoint("prod", "/project", async (_command, args, folder) => {
            calls.push([...args, folder]);
            return JSON.stringify({ bucket: "b", endpoint: url });
        });
        assert.equal(found, url);
        assert.deepEqual(calls, [["stack", "output", "--json", "--stack", "prod", "--non-interactive", "/project"]]);
    });

    it("says that a stack without the output is not deployed", async () => {
        for (const printed of ["{}", "", "not JSON", '{"endpoint":"nowhere"}'])
            await assert.rejects(
                stackEndpoint("prod", "/p", async () => printed),
                /UsageError: --stack prod: .*npx pulumi up --stack prod/,
            );
    });

    it("hands on what Pulumi says when it fails", async () => {
        const fail = () => Promise.reject(new Error("error: no stack named 'prod' found\n"));
        await assert.rejects(
            stackEndpoint("prod", "/p", fail),
            /npx pulumi stack ls.*Pulumi says: error: no stack named 'prod' found$/,
        );
    });

    it("says first that a stack has no file, and nothing of it for one that has", async () => {
        const fail = () => Promise.reject(new Error("no stack"));
        const typo = stackEndpoint("typo", projectFolder, fail);
        await assert.rejects(typo, /^UsageError: --stack typo: there is no Pulumi\.typo\.yaml in .*; name a stack/);
        await assert.rejects(
            stackEndpoint("dev", projectFolder, fail),
            /^UsageError: --stack dev: Pulumi does not tell/,
        );
    });
});
