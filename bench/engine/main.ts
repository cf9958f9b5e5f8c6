import { spawn } from "node:child_process";
import path from "node:path";
import { build } from "esbuild";
import { projectFolder } from "../../test/support/sources";

/*
 * `npm run --silent bench:engine -- [--json] [--quick]`: bundles the measurement as the service's functions are bundled, and runs it. As the
 * TypeScript loader serves modules one by one the engine would look more than twice as slow as it is where it runs.
 */

async function main(): Promise<void> {
    const outfile = path.join(projectFolder, ".lookout/bench/engine.js");
    await build({
        entryPoints: [path.join(projectFolder, "bench/engine/run.ts")],
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node20",
        // Commander, tables and the progress display; the engine itself uses no package.
        packages: "external",
        outfile,
        logLevel: "error",
    });
    const child = spawn(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" });
    child.on("exit", (code) => (process.exitCode = code ?? 1));
}

void main();
