import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { NotFoundError } from "../../errors";
import { collect } from "../../pipeline/collect";
import { openFolderObjectStore } from "../../objects/folderObjectStore";
import type { ObjectStore } from "../../objects/objectStore";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import { fakeS3 } from "../support/fakeS3";
import { memoryObjectStore } from "../support/memoryObjectStore";

/** What every object store owes; run for each of them. */
function describeObjectStore(unit: string, open: () => ObjectStore): void {
    describe(unit, () => {
        const keysOf = async (store: ObjectStore, prefix: string, after?: string): Promise<string[]> =>
            (await collect(store.list(prefix, after))).map(({ key }) => key);

        it("gives back what was written, to get, stream and list alike", async () => {
            const store = open();
            const written = await store.put("a/b.csv", "x,y\n");
            const found = await store.get("a/b.csv");
            assert.equal(found?.body.toString(), "x,y\n");
            assert.equal(found?.etag, written?.etag);
            assert.equal((await buffer(await store.stream("a/b.csv"))).toString(), "x,y\n");
            assert.deepEqual(await collect(store.list("a/")), [{ key: "a/b.csv", size: 4, etag: written?.etag }]);
        });

        it("keeps an empty object apart from none", async () => {
            const store = open();
            await store.put("empty", "");
            assert.equal((await store.get("empty"))?.body.length, 0);
            assert.equal(await store.get("none"), undefined);
            await assert.rejects(store.stream("none"), NotFoundError);
        });

        it("writes under ifAbsent only where nothing is", async () => {
            const store = open();
            assert.ok(await store.put("lock", "one", { ifAbsent: true }));
            assert.equal(await store.put("lock", "two", { ifAbsent: true }), undefined);
            assert.equal((await store.get("lock"))?.body.toString(), "one");
        });

        it("writes under ifMatch only over the version that was read", async () => {
            const store = open();
            const first = await store.put("doc", "one");
            const ifMatch = first?.etag ?? "";
            assert.ok(await store.put("doc", "two", { ifMatch }));
            assert.equal(await store.put("doc", "three", { ifMatch }), undefined);
            assert.equal((await store.get("doc"))?.body.toString(), "two");
            await store.delete(["doc"]);
            assert.equal(await store.put("doc", "four", { ifMatch }), undefined);
            assert.equal(await store.get("doc"), undefined);
        });

        it("lets exactly one of many concurrent conditional writers win", async () => {
            const store = open();
            const writers = Array.from({ length: 20 }, (_, writer) => `writer ${writer}`);
            const created = await Promise.all(writers.map((body) => store.put("k", body, { ifAbsent: true })));
            assert.equal(created.filter((result) => result !== undefined).length, 1);
            const ifMatch = created.find((result) => result !== undefined)?.etag ?? "";
            const changed = await Promise.all(writers.map((body) => store.put("k", `${body} again`, { ifMatch })));
            assert.equal(changed.filter((result) => result !== undefined).length, 1);
        });

        it("lists in the order of the keys' bytes, below a prefix and after a key", async () => {
            const store = open();
            const keys = ["a/b/1", "a-", "a/b", "a.", "a/b/2", "a0", "ä", "b"];
            for (const key of keys) await store.put(key, key);
            const sorted = [...keys].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
            assert.deepEqual(await keysOf(store, ""), sorted);
            assert.deepEqual(await keysOf(store, "a/b"), ["a/b", "a/b/1", "a/b/2"]);
            assert.deepEqual(await keysOf(store, "a/b/"), ["a/b/1", "a/b/2"]);
            assert.deepEqual(await keysOf(store, "a/", "a/b/1"), ["a/b/2"]);
            assert.deepEqual(await keysOf(store, "a/", "a/b/0"), ["a/b/1", "a/b/2"]);
            assert.deepEqual(await keysOf(store, "nothing/"), []);
        });

        it("deletes many objects and passes over those that are gone", async () => {
            const store = open();
            const keys = Array.from({ length: 2500 }, (_, index) => `many/${index}`);
            for (const key of keys.slice(0, 30)) await store.put(key, "x");
            await store.put("other", "x");
            await store.delete(keys);
            await store.delete([]);
            assert.deepEqual(await keysOf(store, ""), ["other"]);
        });

        it("deletes under ifMatch only the version that was read", async () => {
            const store = open();
            const ifMatch = (await store.put("doc", "one"))?.etag ?? "";
            await store.put("doc", "two");
            await store.delete(["doc"], { ifMatch });
            assert.equal((await store.get("doc"))?.body.toString(), "two");
            await store.put("doc", "one");
            await store.delete(["doc"], { ifMatch });
            assert.equal(await store.get("doc"), undefined);
            await store.delete(["doc"], { ifMatch });
        });

        it("carries keys with spaces, signs and letters of any script", async () => {
            const store = open();
            const keys = ["a b/c+d.csv", "q=1/x&y", "日本/🎈.json", "a//b", "../up", "%2E"];
            for (const key of keys) await store.put(key, key);
            for (const key of keys) assert.equal((await store.get(key))?.body.toString(), key);
            assert.deepEqual((await keysOf(store, "")).sort(), [...keys].sort());
        });
    });
}

let folder = "";
let number = 0;

before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lookout-objects-"));
});
after(() => rm(folder, { recursive: true, force: true }));

describeObjectStore("objects/folderObjectStore", () =>
    openFolderObjectStore(path.join(folder, `store${(number += 1)}`)),
);
describeObjectStore("objects/s3ObjectStore", () => openS3ObjectStore(fakeS3().client, "bucket"));
describeObjectStore("test/support/memoryObjectStore", () => memoryObjectStore());

describe("objects/folderObjectStore", () => {
    it("shares its conditions between two stores over one folder", async () => {
        const shared = path.join(folder, "shared");
        const results = await Promise.all(
            [openFolderObjectStore(shared), openFolderObjectStore(shared)].map((store, index) =>
                store.put("lock", `${index}`, { ifAbsent: true }),
            ),
        );
        assert.equal(results.filter((result) => result !== undefined).length, 1);
    });

    it("leaves no empty folder behind a delete, and no staged file behind a write", async () => {
        const root = path.join(folder, "tidy");
        const store = openFolderObjectStore(root);
        await store.put("a/b/c.json", "{}");
        await store.put("a/b/c.json", "[]", { ifAbsent: true });
        await store.delete(["a/b/c.json"]);
        assert.deepEqual(await readdir(root), [".staging"]);
        assert.deepEqual(await readdir(path.join(root, ".staging")), []);
    });

    it("writes and deletes in one folder at the same time without losing a write", async () => {
        const store = openFolderObjectStore(path.join(folder, "busy"));
        await Promise.all(
            Array.from({ length: 40 }, async (_, index) => {
                await store.put(`deep/er/${index}.json`, "{}");
                if (index % 2 === 0) await store.delete([`deep/er/${index}.json`]);
            }),
        );
        assert.equal((await collect(store.list("deep/"))).length, 20);
    });
});

describe("objects/s3ObjectStore", () => {
    it("tries again while S3 reports a conflict, until it is decided", async () => {
        const s3 = fakeS3();
        const store = openS3ObjectStore(s3.client, "bucket", { conflictDelaysMs: [0, 0, 0] });
        s3.failNext("PutObjectCommand", { name: "ConditionalRequestConflict", status: 409, times: 2 });
        assert.ok(await store.put("k", "v", { ifAbsent: true }));
        s3.failNext("PutObjectCommand", { name: "ConditionalRequestConflict", status: 409, times: 1 });
        assert.equal(await store.put("k", "w", { ifAbsent: true }), undefined);
    });

    it("reports a conflict that does not end", async () => {
        const s3 = fakeS3();
        const store = openS3ObjectStore(s3.client, "bucket", { conflictDelaysMs: [0] });
        s3.failNext("PutObjectCommand", { name: "ConditionalRequestConflict", status: 409, times: 9 });
        await assert.rejects(store.put("k", "v", { ifAbsent: true }), { name: "ConditionalRequestConflict" });
    });

    it("lists past the first page", async () => {
        const store = openS3ObjectStore(fakeS3({ pageSize: 3 }).client, "bucket");
        for (let index = 0; index < 8; index += 1) await store.put(`k${index}`, "");
        assert.equal((await collect(store.list("k"))).length, 8);
        assert.equal((await collect(store.list("k", "k1"))).length, 6);
    });

    it("says which bucket is gone and what to do", async () => {
        const s3 = fakeS3();
        const store = openS3ObjectStore(s3.client, "bucket");
        const gone = { name: "NoSuchBucket", status: 404, times: 1 };
        s3.failNext("GetObjectCommand", gone);
        await assert.rejects(store.get("k"), { name: "NotFoundError", message: /bucket "bucket" does not exist/ });
        s3.failNext("ListObjectsV2Command", gone);
        await assert.rejects(collect(store.list("k")), NotFoundError);
        s3.failNext("PutObjectCommand", gone);
        await assert.rejects(store.put("k", "v", { ifAbsent: true }), NotFoundError);
    });

    it("fails when S3 refuses to delete one object of a batch", async () => {
        const s3 = fakeS3();
        const store = openS3ObjectStore(s3.client, "bucket");
        await store.put("kept", "x");
        s3.refuseDelete("kept");
        await assert.rejects(store.delete(["kept"]), /1 of 1 objects .* "kept": AccessDenied/);
    });
});
