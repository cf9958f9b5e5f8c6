import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DataError } from "../../errors";
import { parseJson, writeJsonState } from "../jsonState";

/** What a resumed run needs to know beside what the embedded cloud itself remembers. */
const schema = z.object({
    version: z.literal(1),
    detectors: z.int().positive(),
    /** Days that are played live. */
    days: z.int().positive(),
});
export type DemoState = z.output<typeof schema>;

/** Where the lock of a state folder lies: beside it, since the folder is emptied. */
export const lockOf = (folder: string): string => `${folder}.lock.json`;

const fileIn = (folder: string): string => path.join(folder, "demo.json");

/** The state of the run whose folder this is, undefined when there is none. Throws DataError for a file that is not such a state. */
export async function readDemoState(folder: string): Promise<DemoState | undefined> {
    const text = await readFile(fileIn(folder), "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") {
            return undefined;
        }
        throw error;
    });
    if (text === undefined) {
        return undefined;
    }
    const state = schema.safeParse(parseJson(text));
    if (!state.success) {
        throw new DataError(
            `${fileIn(folder)} is not the state of a demo that this version can resume; run lookout demo without --resume`,
            { cause: state.error },
        );
    }
    return state.data;
}

/** Writes the state whole: a run that is killed leaves the old one or the new one. */
export async function writeDemoState(folder: string, state: DemoState): Promise<void> {
    await writeJsonState(fileIn(folder), state);
}

/** Forgets the run, so that there is nothing to resume; what else the folder holds stays. */
export async function clearDemoState(folder: string): Promise<void> {
    await rm(fileIn(folder), { force: true });
}

/** Empties the folder, so that the next run begins anew. */
export async function clearStateFolder(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
}
