import path from "node:path";

/** Folder of `Pulumi.yaml` and `index.ts`: the one that this file is a part of. */
export const projectFolder = path.resolve(__dirname, "..", "..");

/** Where the embedded cloud keeps a stack's state, below the folder in which the command was given. */
export function stateFolder(workingFolder: string, stack: string): string {
    return path.join(workingFolder, ".lookout", stack);
}
