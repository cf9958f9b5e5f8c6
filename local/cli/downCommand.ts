import { existsSync } from "node:fs";
import { openCloud, type EmbeddedCloud } from "../cloud/cloud";
import { openProgress } from "../demo/progress";
import { readDemoState } from "../demo/demoState";
import { clockStart, cluster, detectorOverride, stack } from "../demo/sample";
import { projectFolder, stateFolder } from "./folders";
import { filterWarnings } from "./warnings";

/** Options of `lookout down`, as the command line gives them. */
export interface DownFlags {
    readonly deleteData?: boolean;
}

/** Destroys what the last demo left up in this folder, and resolves to the exit code. */
export async function run(flags: DownFlags): Promise<number> {
    filterWarnings(process);
    const folder = stateFolder(process.cwd(), stack);
    if (!existsSync(folder)) {
        process.stdout.write(`nothing is up: there is no ${folder}\n`);
        return 0;
    }
    const cloud = await openCloud({ folder, now: clockStart });
    try {
        const progress = await openProgress({ stream: process.stderr, now: () => performance.now() });
        const lines = await progress.stage("Destroy", (tell) =>
            destroy(cloud, { folder, deleteData: flags.deleteData ?? false }, tell),
        );
        process.stdout.write(`${lines.join("\n")}\n`);
        return 0;
    } catch (error) {
        process.stderr.write(`\nlookout down: ${error instanceof Error ? error.message : String(error)}\n`);
        return 1;
    } finally {
        await cloud.close();
    }
}

async function destroy(
    cloud: EmbeddedCloud,
    { folder, deleteData }: { readonly folder: string; readonly deleteData: boolean },
    tell: (detail: string) => void,
): Promise<string[]> {
    // The functions that take the source's roles away again need the database.
    await cloud.redshift.addCluster(cluster);
    if (deleteData) {
        tell("applying lookout:keepData false");
        const total = (await readDemoState(folder))?.detectors ?? 1;
        const config = {
            ...(await detectorOverride(projectFolder, { total, count: total })),
            "lookout:keepData": false,
        };
        await cloud.up({ projectFolder, stack, config });
    }
    const { changes, resources } = await cloud.down();
    tell(`${changes.deleted.length} resources deleted`);
    return [
        `${changes.deleted.length} resources deleted, ${resources.length} left`,
        ...resources.map(({ type, id }) => `  kept: ${type} ${id}`),
    ];
}
