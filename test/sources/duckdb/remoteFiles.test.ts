import assert from "node:assert/strict";
import { S3Client } from "@aws-sdk/client-s3";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { openS3ObjectStore } from "../../../objects/s3ObjectStore";
import type { ObjectStore } from "../../../objects/objectStore";
import { bringFiles, globExpression } from "../../../sources/duckdb/remoteFiles";
import { openWiredCloud, type WiredCloud } from "../../support/wiredCloud";

describe("sources/duckdb/remoteFiles", () => {
    // The temporary folder outlives a test: nobody else has this bucket.
    const bucket = `lake-${process.pid}`;
    let cloud: WiredCloud;
    let client: S3Client;
    let store: ObjectStore;
    before(async () => {
        cloud = await openWiredCloud(Date.parse("2026-01-01T00:00:00Z"));
        await cloud.wire.buckets.create(bucket);
        client = new S3Client({ ...cloud.client, forcePathStyle: true });
        store = openS3ObjectStore(client, bucket);
    });
    const brought = new Set<string>();
    after(async () => {
        brought.forEach((file) => rmSync(file, { force: true }));
        await cloud.close();
    });

    const bring = async (key: string): Promise<readonly string[]> => {
        const path = `s3://${bucket}/${key}`;
        const files = (await bringFiles([path], { region: cloud.client.region, client }))(path);
        files.forEach((file) => brought.add(file));
        return files;
    };
    const texts = (files: readonly string[]): string[] => files.map((file) => readFileSync(file, "utf8")).sort();

    it("brings what a glob means and nothing beside it", async () => {
        for (const key of ["sales/a.csv", "sales/b.csv", "sales/old/c.csv", "sales/a.parquet"])
            await store.put(key, Buffer.from(key));
        assert.deepEqual(texts(await bring("sales/*.csv")), ["sales/a.csv", "sales/b.csv"]);
        assert.deepEqual(texts(await bring("sales/**/*.csv")), ["sales/a.csv", "sales/b.csv", "sales/old/c.csv"]);
    });

    it("brings an object anew when it has changed, and keeps no version that it had before", async () => {
        await store.put("rates.csv", Buffer.from("one"));
        const [first = ""] = await bring("rates.csv");
        assert.deepEqual(await bring("rates.csv"), [first]);
        await store.put("rates.csv", Buffer.from("two"));
        assert.deepEqual(texts(await bring("rates.csv")), ["two"]);
        assert.ok(!existsSync(first));
    });

    it("gives each of several at once the whole object", async () => {
        const text = "row\n".repeat(500_000);
        await store.put("large.csv", Buffer.from(text));
        for (const files of await Promise.all([1, 2, 3].map(() => bring("large.csv"))))
            assert.ok(texts(files)[0] === text);
    });

    it("tells an object that is gone since it was listed, which S3 refuses to who may not list the whole bucket", async () => {
        const narrow = new S3Client({ ...cloud.client, forcePathStyle: true, maxAttempts: 1 });
        let isGone = false;
        narrow.middlewareStack.add(
            (next, { commandName }) =>
                async (args) => {
                    if (commandName !== "GetObjectCommand") return next(args);
                    if (isGone) await store.delete(["gone/a.csv"]);
                    throw Object.assign(new Error("Access Denied"), { name: "AccessDenied" });
                },
            { step: "initialize" },
        );
        const path = `s3://${bucket}/gone/*.csv`;
        const bringing = () => bringFiles([path], { region: cloud.client.region, client: narrow });
        await store.put("gone/a.csv", Buffer.from("a"));
        await assert.rejects(bringing(), { name: "AccessDenied", object: `s3://${bucket}/gone/a.csv` });
        isGone = true;
        await assert.rejects(bringing(), { name: "NoSuchKey", object: `s3://${bucket}/gone/a.csv` });
    });

    it("says which path means no object", async () => {
        await assert.rejects(bring("none/*.csv"), {
            name: "NotFoundError",
            message: new RegExp(`s3://${bucket}/none`),
        });
    });

    it("leaves paths on the machine as they are", async () => {
        const localPaths = await bringFiles(["data/a.csv"], { region: cloud.client.region, client });
        assert.deepEqual(localPaths("data/a.csv"), ["data/a.csv"]);
    });

    it("takes what is no wildcard for itself", () => {
        assert.ok(globExpression("a.b+c/?.csv").test("a.b+c/x.csv"));
        assert.ok(!globExpression("a.b/?.csv").test("aXb/x.csv"));
        assert.ok(!globExpression("a/*.csv").test("a/b/x.csv"));
    });
});
