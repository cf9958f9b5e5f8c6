import { existsSync } from "node:fs";
import { openCloud, type EmbeddedCloud } from "../cloud/cloud";
import { clearDemoState, clearStateFolder, lockOf } from "../demo/demoState";
import { openProgress } from "../demo/progress";
import { clockStart, cluster, stack as demoStack } from "../demo/sample";
import { lockFolder } from "../folderLock";
import { isUpState, readUpState } from "../up/upState";
import { stateFolder } from "./folders";
import { filterWarnings } from "./warnings";

/** Options of `lookout down`, as the command line gives them. */
export interface DownFlags {
    readonly stack: string;
    readonly deleteData?: boolean;
}

/** Destroys what a demo or `lookout up` left in this folder, and resolves to the exit code. */
export async function run(flags: DownFlags): Promise<number> {
    filterWarnings(process);
    const folder = stateFolder(process.cwd(), flags.stack);
    if (!existsSync(folder)) {
        process.stdout.write(`Nothing is up: there is no ${folder}.\n`);
        return 0;
    }
    const lock = await lockFolder(folder, "lookout down", lockOf(folder));
    try {
        const progress = await openProgress({ stream: process.stderr, now: () => performance.now() });
        // Of a stack that came up here nothing is anywhere else.
        const isAllHere = flags.deleteData === true && isUpState(folder);
        const lines = isAllHere ? [] : await progress.stage("Destroy", (tell) => destroy(folder, tell, flags.stack));
        // What was taken down cannot be gone on with.
        await clearDemoState(folder);
        if (flags.deleteData) {
            await clearStateFolder(folder);
        }
        process.stdout.write(`${(flags.deleteData ? [`Deleted ${folder}.`] : lines).join("\n")}\n`);
        return 0;
    } catch (error) {
        process.stderr.write(`\nlookout down: ${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
    } finally {
        await lock.release();
    }
}

/** Brings the stack down and gives the lines that say what is left of it. */
export async function destroy(folder: string, tell: (detail: string) => void, stack = demoStack): Promise<string[]> {
    const up = isUpState(folder) ? await readUpState(folder, stack) : undefined;
    const at = { folder, now: clockStart };
    const cloud = await openCloud(up === undefined ? at : { ...at, region: up.region });
    try {
        const { bucket } = cloud.outputs;
        // The function that takes the source's role away again needs the database.
        if (up === undefined) await cloud.redshift.addCluster(cluster);
        const { changes, resources } = await cloud.down();
        if (changes.deleted.length === 0 && resources.length === 0) {
            return [
                `Nothing is up. ${folder} keeps what is left; lookout down --stack ${stack} --delete-data deletes it.`,
            ];
        }
        tell(`${changes.deleted.length} resources deleted`);
        const objects = typeof bucket === "string" ? await countObjects(cloud, bucket) : 0;
        return [
            ...resources.map(({ type, id }) => `Left: ${type} ${id}`),
            objects === 0
                ? "Nothing is left."
                : `Kept the bucket ${String(bucket)} with ${objects} objects, as lookout:keepData wants; ` +
                  `lookout down --stack ${stack} --delete-data deletes it too.`,
        ];
    } finally {
        await cloud.close();
    }
}

/** How many objects a bucket still holds; none when it is gone. */
async function countObjects(cloud: EmbeddedCloud, bucket: string): Promise<number> {
    let objects = 0;
    try {
        for await (const _object of cloud.objects(bucket).list("")) {
            objects += 1;
        }
    } catch (error) {
        if (!(error instanceof Error && /NoSuchBucket|NotFoundError/.test(error.name))) {
            throw error;
        }
    }
    return objects;
}
