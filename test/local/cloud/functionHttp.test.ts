import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { functionHttp } from "../../../local/cloud/functionHttp";
import type { CloudResponse, FunctionRequest } from "../../../local/cloud/service";

describe("local/cloud/functionHttp", () => {
    const endpoint = "http://127.0.0.1:4566";
    const heard: FunctionRequest[] = [];
    const open = (answer: CloudResponse | Error) =>
        functionHttp(endpoint, async (request) => {
            heard.push(request);
            if (answer instanceof Error) throw answer;
            return answer;
        });
    const options = {
        host: "127.0.0.1",
        port: 4566,
        method: "PUT",
        path: "/bucket/a%20key?x-id=1",
        headers: { "X-Amz-A": 1 },
    };
    const ask = async (answer: CloudResponse, given: http.RequestOptions = options): Promise<http.IncomingMessage> =>
        new Promise((resolve, reject) => open(answer).request(given, resolve).on("error", reject).end("rows"));

    beforeEach(() => void heard.splice(0));

    it("hands over what was written, with names of headers in lower case", async () => {
        await ask({ status: 204 });
        const [{ method, path, headers, body } = assert.fail("nothing came")] = heard;
        assert.deepEqual([method, path, headers, String(body)], ["PUT", options.path, { "x-amz-a": "1" }, "rows"]);
    });

    it("gives status, headers and body, whole or in pieces", async () => {
        const whole = await ask({ status: 200, headers: { ETag: '"1"' }, body: "more rows" });
        assert.deepEqual([whole.statusCode, whole.headers], [200, { etag: '"1"', "content-length": "9" }]);
        assert.equal(String(await buffer(whole)), "more rows");
        const pieces = (async function* () {
            yield Buffer.from("more ");
            yield Buffer.from("rows");
        })();
        assert.equal(String(await buffer(await ask({ status: 200, body: pieces }))), "more rows");
        const head = await ask({ status: 200, body: "more rows" }, { ...options, method: "HEAD" });
        assert.deepEqual([head.headers["content-length"], (await buffer(head)).length], ["9", 0]);
    });

    it("fails as a cut line does when it is not answered", async () => {
        const request = open(new Error("cut")).request(options);
        request.end();
        const [error] = (await once(request, "error")) as [NodeJS.ErrnoException];
        assert.equal(error.code, "ECONNRESET");
    });

    it("can be broken off until the answer is there", async () => {
        let answered = (_: CloudResponse): void => assert.fail("nobody asked");
        const late = new Promise<CloudResponse>((resolve) => (answered = resolve));
        const request = functionHttp(endpoint, () => late).request(options, () => assert.fail("it was broken off"));
        request.end();
        request.destroy();
        await once(request, "close");
        answered({ status: 200 });
        await new Promise((resolve) => setImmediate(resolve));
    });

    it("reaches any other address by a socket", async () => {
        const server = http.createServer((_, response) => response.end("from afar")).listen(0, "127.0.0.1");
        await once(server, "listening");
        try {
            const { port } = server.address() as AddressInfo;
            const response = await ask({ status: 500 }, { host: "127.0.0.1", port });
            assert.equal(String(await buffer(response)), "from afar");
            assert.deepEqual(heard, []);
        } finally {
            server.close();
        }
    });
});
