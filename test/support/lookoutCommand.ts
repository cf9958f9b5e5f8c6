import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const starter = path.resolve(__dirname, "../../bin/lookout.js");

/** A `lookout` command that has been started. */
export interface Started {
    readonly process: ChildProcess;
    /** Resolves with the base URL once the command says that it listens. Rejects with what it wrote to standard error if it ends before. */
    readonly endpoint: Promise<string>;
    /** Resolves when it has ended: exit code, or the signal that ended it, and all that it wrote. */
    readonly ended: Promise<{ readonly code: number | NodeJS.Signals; readonly out: string; readonly err: string }>;
}

/** Starts the command in a folder. */
export function startLookout(folder: string, ...args: string[]): Started {
    const child = spawn(process.execPath, [starter, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    const endpoint = new Promise<string>((resolve, reject) => {
        child.stdout.on("data", (chunk: Buffer) => {
            out += chunk.toString();
            const [, url] = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/m.exec(out) ?? [];
            if (url !== undefined) resolve(url);
        });
        child.once("exit", () => reject(new Error(err)));
    });
    // Not every caller waits for it.
    endpoint.catch(() => undefined);
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    const ended = once(child, "close").then((values) => {
        const [code, signal] = values as [number | null, NodeJS.Signals | null];
        return { code: code ?? signal!, out, err };
    });
    return { process: child, endpoint, ended };
}

/** Runs the command to its end. */
export const runLookout = (folder: string, ...args: string[]): Started["ended"] => startLookout(folder, ...args).ended;
