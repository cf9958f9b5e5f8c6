import { createRequire } from "node:module";
import path from "node:path";
import { projectFolder } from "./sources";

/** Evaluates the project's `index.ts` afresh, as part of a program that changes what it registers; gives its exports. */
export function runProgram(): unknown {
    const load = createRequire(__filename);
    const main = load.resolve(path.join(projectFolder, "index.ts"));
    delete load.cache[main];
    return load(main);
}
