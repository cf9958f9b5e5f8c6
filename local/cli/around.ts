import type { StackPlace } from "../stack/stackView";
import { projectFolder, stateFolder } from "./folders";

/** What is around a command that looks at a stack which is up. */
export interface Around {
    /** Where stack files and local state are looked for first. */
    readonly folder: string;
    /** Where the project lies, and Pulumi is asked. */
    readonly projectFolder: string;
    readonly out: (text: string) => void;
    /** See `StackPlace`. */
    readonly clock?: StackPlace["clock"];
}

/** A command of this process. */
export const aroundProcess = (): Around => ({
    folder: process.cwd(),
    projectFolder,
    out: (text) => void process.stdout.write(text),
});

/** Where a command finds a stack. */
export const placeOf = (
    stack: string,
    { folder, projectFolder, clock }: Around,
    withDatabase: boolean,
): StackPlace => ({
    stack,
    stateFolder: stateFolder(folder, stack),
    projectFolder,
    workingFolder: folder,
    withDatabase,
    ...(clock === undefined ? {} : { clock }),
});
