import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { answerMounted } from "../../../../local/cloud/s3/mountedFolder";
import type { CloudRequest } from "../../../../local/cloud/service";

describe("local/cloud/s3/mountedFolder", () => {
    let home = "";
    before(async () => {
        home = await mkdtemp(path.join(tmpdir(), "lookout-mounted-"));
        for (const folder of ["lake/2026", "lake/.git", "other"])
            await mkdir(path.join(home, folder), { recursive: true });
        for (const file of ["lake/2026/a.csv", "lake/.git/config", "lake/2026/.hidden", "other/secret"])
            await writeFile(path.join(home, file), "text");
        await symlink(path.join(home, "other"), path.join(home, "lake", "linked"));
        await symlink(path.join(home, "other", "secret"), path.join(home, "lake", "link"));
        await symlink(path.join(home, "lake"), path.join(home, "mounted"));
    });
    after(() => rm(home, { recursive: true }));

    function ask(operation: string, key: string, folder = "lake") {
        const request = { operation, method: "GET", headers: {}, query: new URLSearchParams() } as unknown;
        return answerMounted(path.join(home, folder), { bucket: "lake", key }, request as CloudRequest);
    }

    const textOf = (operation: string, key: string, folder?: string): string => {
        const { body } = ask(operation, key, folder);
        assert.ok(typeof body === "string" || Buffer.isBuffer(body));
        return body.toString();
    };

    it("gives what it lists, also where the folder itself is a link", () => {
        const keys = [...textOf("ListObjectsV2", "").matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key);
        assert.deepEqual(keys, ["2026/a.csv"]);
        for (const folder of ["lake", "mounted"]) {
            assert.equal(textOf("GetObject", "2026/a.csv", folder), "text");
            assert.match(textOf("ListObjectsV2", "", folder), /<Key>2026\/a.csv<\/Key>/);
        }
    });

    it("gives nothing that lies outside, is hidden, a link or a folder, or is written otherwise", () => {
        const keys = ["../other/secret", "2026/../../other/secret", "2026/../2026/a.csv", "./2026/a.csv"];
        const hidden = [".git/config", "2026/.hidden", "link", "linked/secret", "2026", "2026/"];
        for (const key of [...keys, ...hidden, "2026//a.csv", "/2026/a.csv", "2026/a.csv\0", "2026/none.csv", ""])
            for (const operation of ["GetObject", "HeadObject"])
                assert.throws(() => ask(operation, key), { name: "NoSuchKey" }, key);
    });
});
