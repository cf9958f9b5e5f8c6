import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { openDetectorStore } from "../../../detection/store/detectors";
import { createRunCache } from "../../../detection/store/runs";
import { runJob } from "../../../detection/worker/worker";
import { openRandom, type Random } from "../../../local/demo/random";
import { openFolderObjectStore } from "../../../objects/folderObjectStore";
import type { ObjectStore } from "../../../objects/objectStore";
import { checkInvariants } from "../../support/runInvariants";
import { projectFolder } from "../../support/sources";
import { activatedShop } from "../../support/shopDetector";
import { shopLedger } from "../../support/shopLedger";
import { withSpike } from "../../support/spike";
import { splitStore } from "../../support/splitStore";

const hour = 3_600_000;
const liveHours = 50;
const spikes = ["2026-04-01 11", "2026-04-02 03", "2026-04-02 04"];
const kills = 100;
/** A worker is killed at one of its first operations: most of what they do is then done by many, one after the other. */
const latest = 32;
/** Detectors that are worked on at once. */
const worlds = 3;

/** What a run has stored that is read: earlier models and growing stretches that a kill left are not. */
async function stored(objects: ObjectStore): Promise<[string, string][]> {
    const found: [string, string][] = [];
    for await (const { key, etag } of objects.list("_detection/"))
        if (!/\/(model|open)\//.test(key)) found.push([key, etag]);
    return found;
}

describe("detection/worker, killed processes", () => {
    let folder = "";
    let live = 0;
    let whole: [string, string][] = [];

    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "lookout-kill-"));
        await build({
            entryPoints: [path.join(projectFolder, "test/support/killedWorker.ts")],
            outfile: path.join(folder, "worker.cjs"),
            bundle: true,
            minify: true,
            platform: "node",
            logLevel: "error",
        });
        const objects = openFolderObjectStore(path.join(folder, "data"));
        const ledger = shopLedger(objects, { historyDays: 8, liveHours, pairs: 2, shiftChance: 0 });
        live = ledger.live;
        await ledger.commitHistory();
        for (let h = 0; h < liveHours; h++)
            await ledger.commitHour(h, withSpike(ledger.csv(8 * 24 + h, 8 * 24 + h + 1), ...spikes));
        const store = openWorld("whole");
        await openDetectorStore(store).create(activatedShop(ledger));
        const buckets = { own: "metrics", store, open: () => store };
        const services = { detectors: openDetectorStore(store), buckets, cache: createRunCache() };
        await runJob(services, { job: "advance", detector: "shop" }, live + 999 * hour);
        whole = await stored(store);
        assert.ok((await checkInvariants(store, "shop"))!.groups > 2, "there are groups to lose");
    });
    after(() => rm(folder, { recursive: true, force: true }));

    const openWorld = (world: string): ObjectStore =>
        splitStore(openFolderObjectStore(path.join(folder, world)), openFolderObjectStore(path.join(folder, "data")));

    /** Runs a worker over a world; true when it was killed. */
    const work = (world: string, operation: number, moment: string): Promise<boolean> =>
        new Promise((resolve, reject) => {
            const args = [
                path.join(folder, "worker.cjs"),
                folder,
                world,
                String(live + 999 * hour),
                String(operation),
                moment,
            ];
            spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }).once("exit", (code, signal) => {
                if (signal === "SIGKILL" || code === 0) resolve(signal === "SIGKILL");
                else reject(new Error(`the worker ended with ${code}`));
            });
        });

    /** Kills workers over one detector until one comes to its end; gives how many were killed. */
    const playToTheEnd = async (world: string, random: Random): Promise<number> => {
        const objects = openWorld(world);
        await openDetectorStore(objects).create(activatedShop({ live }));
        let killed = 0;
        let scored = 0;
        while (await work(world, random.integer(1, latest), random.pick(["before", "amidst", "after"]))) {
            killed++;
            const through = (await checkInvariants(objects, "shop"))?.scoredThrough ?? 0;
            assert.ok(through >= scored, "what was scored stays scored");
            scored = through;
        }
        await checkInvariants(objects, "shop");
        assert.deepEqual(await stored(objects), whole);
        return killed;
    };

    it(`leave a store that holds together, ${kills} times, and others end as if none had been killed`, async () => {
        let killed = 0;
        await Promise.all(
            Array.from({ length: worlds }, async (_, lane) => {
                const random = openRandom(lane + 1);
                for (let round = 0; killed < kills; round++) {
                    const more = await playToTheEnd(`world-${lane}-${round}`, random);
                    killed += more;
                }
            }),
        );
        assert.ok(killed >= kills);
    }).timeout(300_000);
});
