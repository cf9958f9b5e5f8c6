import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openBuckets } from "../../../local/serve/buckets";
import { parseServeFlags, type ServeFlags } from "../../../local/serve/options";
import { openSavedClock } from "../../../local/serve/savedClock";
import { startCaptureServer } from "../../support/captureServer";

describe("local/serve/options", () => {
    let folder = "";
    beforeEach(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "lookout-flags-"));
        await mkdir(path.join(folder, "data"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    const parse = (given: Partial<ServeFlags>) =>
        parseServeFlags(
            { port: 0, dir: "service", bucket: [], region: "us-east-1", account: "123456789012", ...given },
            folder,
        );

    it("finds folders from where the command was given", () => {
        const { folder: service, place, simulated } = parse({ bucket: ["shop=data"] });
        assert.deepEqual(
            [service, place.buckets, simulated],
            [path.join(folder, "service"), { shop: path.join(folder, "data") }, undefined],
        );
    });

    it("names the flag that cannot be, and says what would be right", async () => {
        await writeFile(path.join(folder, "file"), "");
        const refused: [Partial<ServeFlags>, RegExp][] = [
            [{ now: "2026-01-01T00:00:00Z" }, /^UsageError: --now sets a simulated clock; add --simulate/],
            [{ dir: "file" }, /--dir file is a file; give a folder/],
            [{ bucket: ["shop=nowhere"] }, /--bucket shop=nowhere: there is no folder .*nowhere; make it/],
            [{ bucket: ["shop=file"] }, /--bucket shop=file: there is no folder/],
            [{ bucket: ["shop=data", "shop=."] }, /--bucket shop is given twice/],
            [{ dir: "data", bucket: ["shop=data"] }, /--bucket shop=data is the folder of --dir/],
            [{ dir: "data/service", bucket: ["shop=data"] }, /contains the folder of --dir.*data.service\)/],
            [{ dir: ".", bucket: ["shop=data"] }, /lies within the folder of --dir/],
        ];
        for (const [flags, message] of refused) assert.throws(() => parse(flags), message);
    });

    it("knows the folder of --dir by another way there", async () => {
        await symlink(path.join(folder, "data"), path.join(folder, "link"));
        assert.throws(() => parse({ dir: "link/service", bucket: ["shop=data"] }), /contains the folder of --dir/);
        const beside = parse({ dir: "data-service", bucket: ["shop=data"] });
        assert.equal(beside.folder, path.join(folder, "data-service"));
    });

    it("takes names of buckets that mean something to a program", () => {
        const { place } = parse({ bucket: ["constructor=data"] });
        assert.deepEqual(place.buckets, { constructor: path.join(folder, "data") });
    });
});

describe("local/serve/savedClock", () => {
    let folder = "";
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-clock-"))));
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("goes on where it stood, and never back", () => {
        const first = openSavedClock(folder, 1000);
        first.set(5000);
        first.set(3000);
        assert.equal(first.now(), 5000);
        assert.deepEqual([openSavedClock(folder, 2000).now(), openSavedClock(folder, undefined).now()], [5000, 5000]);
        assert.equal(openSavedClock(folder, 9000).now(), 9000);
    });

    it("needs a time to begin with", () => {
        assert.throws(
            () => openSavedClock(folder, undefined),
            /UsageError: --simulate needs a time to begin with; add --now/,
        );
    });
});

describe("local/serve/buckets", () => {
    const place = { region: "eu-west-1", accountId: "123456789012", buckets: {} };

    it("reads all other buckets at the S3 endpoint, by their path", async () => {
        const server = await startCaptureServer((response) => response.end("rows"));
        process.env.AWS_ACCESS_KEY_ID ??= "test";
        process.env.AWS_SECRET_ACCESS_KEY ??= "test";
        const bucket = openBuckets({ ...place, s3Endpoint: server.endpoint })("shop-data");
        const chunks: Uint8Array[] = [];
        for await (const chunk of await bucket.stream("backtest/input.csv")) chunks.push(chunk);
        await server.close();
        assert.equal(Buffer.concat(chunks).toString(), "rows");
        assert.equal(server.requests[0]?.target.split("?")[0], "/shop-data/backtest/input.csv");
    });

    it("tells of a bucket that cannot be read as a fault of the data", async () => {
        const server = await startCaptureServer((response) => {
            response.writeHead(403, { "content-type": "application/xml" });
            response.end("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
        });
        const bucket = openBuckets({ ...place, s3Endpoint: server.endpoint })("shop-data");
        const list = async () => {
            for await (const _object of bucket.list("")) assert.fail("lists an object");
        };
        await assert.rejects(list(), {
            name: "DataError",
            message: /bucket "shop-data" cannot be read at http.*AccessDenied. Allow .*Access Denied/,
        });
        await assert.rejects(bucket.stream("a"), { name: "DataError" });
        await server.close();
    });

    it("knows no other bucket without an endpoint, whatever its name means to a program", () => {
        for (const name of ["shop-data", "constructor", "hasOwnProperty", "__proto__"])
            assert.throws(
                () => openBuckets(place)(name),
                new RegExp(`DataError: the bucket "${name}" is not known to this service`),
            );
    });
});
