import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ObjectStore } from "../../objects/objectStore";
import { openPlainFolder } from "../../objects/plainFolder";

describe("objects/plainFolder", () => {
    let root = "";
    let folder = "";
    let store: ObjectStore;
    beforeEach(async () => {
        root = await mkdtemp(path.join(tmpdir(), "lookout-plain-"));
        folder = path.join(root, "data");
        await mkdir(folder);
        store = openPlainFolder(folder);
    });
    afterEach(() => rm(root, { recursive: true, force: true }));

    async function write(...files: string[]): Promise<void> {
        for (const file of files) {
            await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
            await writeFile(path.join(folder, file), `content of ${file}`);
        }
    }

    async function keys(prefix: string, after?: string): Promise<string[]> {
        const found: string[] = [];
        for await (const { key } of store.list(prefix, after)) found.push(key);
        return found;
    }

    async function text(key: string): Promise<string> {
        const chunks: Uint8Array[] = [];
        for await (const chunk of await store.stream(key)) chunks.push(chunk);
        return Buffer.concat(chunks).toString();
    }

    it("has each file under its path as it is spelled, odd names included", async () => {
        await write("v1.2/a b.csv", "plain", "100%.csv", "year=2026/month=01/ü.csv");
        assert.deepEqual(await keys(""), ["100%.csv", "plain", "v1.2/a b.csv", "year=2026/month=01/ü.csv"]);
        for (const key of await keys("")) {
            assert.equal((await store.get(key))?.body.toString(), `content of ${key}`);
            assert.equal(await text(key), `content of ${key}`);
        }
    });

    it("lists below a prefix, which may end within a name, in the order of keys", async () => {
        await write(
            "live/20260401/0000/a.csv",
            "live/20260401/0100/a.csv",
            "live-old/x.csv",
            "live/20260402/0000/a.csv",
        );
        assert.deepEqual(await keys("live/20260401/"), ["live/20260401/0000/a.csv", "live/20260401/0100/a.csv"]);
        assert.deepEqual(await keys("live"), [
            "live-old/x.csv",
            "live/20260401/0000/a.csv",
            "live/20260401/0100/a.csv",
            "live/20260402/0000/a.csv",
        ]);
        assert.deepEqual(await keys("live/", "live/20260401/0100/a.csv"), ["live/20260402/0000/a.csv"]);
        assert.deepEqual(await keys("nothing/here/"), []);
    });

    it("names nothing outside the folder, and no hidden file", async () => {
        await writeFile(path.join(root, "secret.txt"), "secret");
        await write("a/.hidden", "a/b.csv");
        for (const key of [
            "../secret.txt",
            "a/../../secret.txt",
            path.join(root, "secret.txt"),
            "a/.hidden",
            "a\\b.csv",
            "a/\0",
            "",
            "a//b.csv",
        ]) {
            assert.equal(await store.get(key), undefined, key);
            await assert.rejects(store.stream(key), { name: "NotFoundError" }, key);
        }
        for (const prefix of ["../", "a/../../", "/", "./"]) assert.deepEqual(await keys(prefix), [], prefix);
        assert.deepEqual(await keys(""), ["a/b.csv"]);
    });

    it("follows links, but not in circles, and passes over those that lead nowhere", async () => {
        await write("real/a.csv");
        await symlink(path.join(folder, "real"), path.join(folder, "linked"));
        await symlink(folder, path.join(folder, "real", "up"));
        await symlink(path.join(folder, "gone"), path.join(folder, "broken.csv"));
        assert.deepEqual(
            (await keys("")).filter((key) => key.endsWith("a.csv")),
            ["linked/a.csv", "real/a.csv"],
        );
    });

    it("takes a folder for no object, and tells a changed file by its tag", async () => {
        await write("a/b.csv");
        assert.equal(await store.get("a"), undefined);
        await assert.rejects(store.stream("a"), { name: "NotFoundError" });
        const before = (await store.get("a/b.csv"))?.etag;
        await writeFile(path.join(folder, "a/b.csv"), "longer than it was before");
        assert.notEqual((await store.get("a/b.csv"))?.etag, before);
    });

    it("writes and deletes nothing", async () => {
        await assert.rejects(store.put("a", "b"), /is read from and never written to/);
        await assert.rejects(store.delete(["a"]), /is read from and never written to/);
    });
});
