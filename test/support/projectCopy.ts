import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { projectFolder } from "./sources";

/** What a copy does without. */
const left = new Set([
    ".git",
    ".lookout",
    ".apply-check",
    "bench",
    "demo-report.html",
    "node_modules",
    "package-lock.json",
]);

/** A copy of the project in a temporary folder, with the same packages. */
export interface ProjectCopy {
    readonly folder: string;
    /** Runs `node` in it and gives what it printed, both streams, without colours. */
    node(...args: readonly string[]): { readonly code: number | null; readonly printed: string };
    read(file: string): string;
    /** Every file but packages, with its text. */
    files(): ReadonlyMap<string, string>;
    delete(): void;
}

export function copyProject(): ProjectCopy {
    const folder = mkdtempSync(path.join(tmpdir(), "lookout-copy-"));
    for (const entry of readdirSync(projectFolder).filter((name) => !left.has(name))) {
        cpSync(path.join(projectFolder, entry), path.join(folder, entry), { recursive: true });
    }
    symlinkSync(path.join(projectFolder, "node_modules"), path.join(folder, "node_modules"));
    return {
        folder,
        node(...args) {
            const env = { ...process.env, NO_COLOR: "1", NODE_NO_WARNINGS: "1" };
            const { status, stdout, stderr } = spawnSync(process.execPath, args, {
                cwd: folder,
                env,
                encoding: "utf8",
            });
            return { code: status, printed: stdout + stderr };
        },
        read: (file) => readFileSync(path.join(folder, file), "utf8"),
        files: () => new Map(filesIn(folder).map((file) => [file, readFileSync(path.join(folder, file), "utf8")])),
        delete: () => rmSync(folder, { recursive: true, force: true }),
    };
}

function filesIn(folder: string, below = ""): string[] {
    return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
        const file = path.posix.join(below, entry.name);
        if (entry.isDirectory()) return filesIn(folder, file);
        return entry.isFile() ? [file] : [];
    });
}
