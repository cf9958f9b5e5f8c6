import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { format, resolveConfig } from "prettier";
import { deployHalves, unbuiltHalves } from "../../sources/deploy";
import { findNameProblem } from "../newSource/names";
import { type NewSource, planNewSource } from "../newSource/newSource";
import { UsageError } from "../serve/options";
import { projectFolder } from "./folders";
import { filterWarnings } from "./warnings";

/** Options of `lookout new-source`, as the command line gives them. */
export interface NewSourceFlags {
    /** False for `--no-test`. */
    readonly test?: boolean;
}

const templates = path.join(__dirname, "..", "newSource", "template");

/** Writes a source's folder, makes it known and runs its contract test; resolves to the exit code. */
export async function run(flags: NewSourceFlags, name: string): Promise<number> {
    filterWarnings(process);
    const found = findNameProblem(name, {
        built: Object.keys(deployHalves),
        unbuilt: Object.keys(unbuiltHalves),
        taken: readdirSync(path.join(projectFolder, "sources")).map((entry) => path.parse(entry).name),
    });
    if (found !== undefined) throw new UsageError(found);
    const plan = planNewSource(name, readProject, (file) => readFileSync(path.join(templates, file), "utf8"));
    for (const { path: file, text } of plan.files) await write(path.join(projectFolder, file), text);
    process.stdout.write(reportOf(name, plan));
    if (flags.test !== false) await runContractTest(name);
    return 0;
}

function readProject(file: string): string | undefined {
    const whole = path.join(projectFolder, file);
    return existsSync(whole) ? readFileSync(whole, "utf8") : undefined;
}

/** Lines are broken as the project has it, whatever the length of the name in them; pages are left as they are. */
async function write(file: string, text: string): Promise<void> {
    mkdirSync(path.dirname(file), { recursive: true });
    const options = await resolveConfig(file);
    writeFileSync(file, file.endsWith(".md") ? text : await format(text, { ...options, filepath: file }));
}

function reportOf(name: string, { files, toFillIn }: NewSource): string {
    const widest = Math.max(...toFillIn.map(({ file }) => file.length));
    return [
        "Wrote",
        ...files.map(({ path: file }) => `  ${file}`),
        "",
        "To fill in; docs/adding-a-source.md leads through it:",
        ...toFillIn.map(({ file, what }) => `  ${file.padEnd(widest)}  ${what}`),
        "",
        "Until then its tests are red, and each says what is missing:",
        `  npm run test:file -- test/sources/${name}/contract.test.ts`,
        "",
    ].join("\n");
}

/** Red at first, which is no failure of the command. */
async function runContractTest(name: string): Promise<void> {
    const mocha = path.join(projectFolder, "node_modules", "mocha", "bin", "mocha.js");
    const test = `test/sources/${name}/contract.test.ts`;
    const child = spawn(process.execPath, [mocha, "--no-config", "--require", "tsx/cjs", "--timeout", "120000", test], {
        cwd: projectFolder,
        stdio: "inherit",
    });
    await new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", resolve);
    });
}
