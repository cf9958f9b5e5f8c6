import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { DataError } from "../../errors";
import { parseJson, writeJsonState } from "../jsonState";

/** What is remembered of a stack that was brought up here, beside what the embedded cloud itself keeps. */
const schema = z.object({
    version: z.literal(1),
    /** What the clock showed when it was brought up first: what came later was played live. Milliseconds since 1970. */
    began: z.int(),
    /** Region in the names of its resources. */
    region: z.string(),
    /** Folders, absolute, that stand for buckets. */
    buckets: z.record(z.string(), z.string()),
    /** Whether it was ever deployed: until then there is nothing to lose, and it may begin at another instant. */
    isDeployed: z.boolean().default(true),
});
export type UpState = z.output<typeof schema>;

const fileIn = (folder: string): string => path.join(folder, "up.json");

/** Whether a folder holds the state of a stack that `lookout up` brought up. */
export const isUpState = (folder: string): boolean => existsSync(fileIn(folder));

/** The state, undefined in a folder where nothing is up. Throws DataError for one that holds something else. */
export async function readUpState(folder: string, stack: string): Promise<UpState | undefined> {
    if (!isUpState(folder)) {
        if (!existsSync(path.join(folder, "cloud.json"))) return undefined;
        throw new DataError(
            `${folder} holds what lookout demo left; delete that first: lookout down --stack ${stack} --delete-data`,
        );
    }
    const state = schema.safeParse(parseJson(await readFile(fileIn(folder), "utf8")));
    if (state.success) return state.data;
    throw new DataError(
        `${fileIn(folder)} is not of this version; begin anew: lookout down --stack ${stack} --delete-data`,
        { cause: state.error },
    );
}

/** Writes the state whole: a run that is killed leaves none or all of it. */
export async function writeUpState(folder: string, state: UpState): Promise<void> {
    await writeJsonState(fileIn(folder), state);
}
