import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { lockFolder } from "../../local/folderLock";

describe("local/folderLock", () => {
    let folder = "";
    beforeEach(async () => (folder = path.join(await mkdtemp(path.join(tmpdir(), "lookout-lock-")), "state")));
    afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

    /** The number of a process that has ended. */
    const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;
    const file = (): string => path.join(folder, "lock.json");

    it("gives a folder to one at a time, and says who has it", async () => {
        const lock = await lockFolder(folder, "lookout serve");
        await assert.rejects(lockFolder(folder, "lookout demo"), {
            name: "FolderInUseError",
            message: new RegExp(`in use by lookout serve \\(process ${process.pid}\\); stop that first`),
        });
        await lock.release();
        await (await lockFolder(folder, "lookout demo")).release();
        assert.deepEqual(await readdir(folder), []);
    });

    it("takes over what a dead process left, also half a file", async () => {
        const first = await lockFolder(folder, "lookout serve");
        await first.release();
        for (const left of [JSON.stringify({ id: "x", pid: deadPid(), what: "lookout serve" }), '{"id":"x","pi']) {
            await writeFile(file(), left);
            const lock = await lockFolder(folder, "lookout serve");
            assert.equal((JSON.parse(await readFile(file(), "utf8")) as { pid: number }).pid, process.pid);
            await lock.release();
        }
    });

    it("is not deceived by a number that another process has by now", async () => {
        const lock = await lockFolder(folder, "lookout serve");
        const owner = JSON.parse(await readFile(file(), "utf8")) as { began?: string };
        // Only where the system tells when a process began.
        if (owner.began !== undefined) {
            await writeFile(file(), JSON.stringify({ ...owner, id: "y", began: "1" }));
            await (await lockFolder(folder, "lookout serve")).release();
        }
        await lock.release();
    });

    it("lets exactly one of many have a folder whose owner has died", async () => {
        await (await lockFolder(folder, "lookout serve")).release();
        await writeFile(file(), JSON.stringify({ id: "x", pid: deadPid(), what: "lookout serve" }));
        const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder, "lookout serve")));
        assert.equal(tries.filter(({ status }) => status === "fulfilled").length, 1);
    });

    it("does not give back what another has taken over", async () => {
        const lock = await lockFolder(folder, "lookout serve");
        await writeFile(file(), JSON.stringify({ id: "other", pid: process.pid, what: "lookout serve" }));
        await lock.release();
        assert.deepEqual(await readdir(folder), ["lock.json"]);
    });
});
