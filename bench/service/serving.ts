import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

/** A server in a process of its own. */
export interface Serving {
    readonly port: number;
    /** Resident memory, megabytes. */
    memory(): Promise<number>;
    /** Processor time used so far, seconds. */
    processor(): Promise<number>;
    stop(): Promise<void>;
}

/** Starts the API over a folder, or without one a bare hono handler that answers every request with a small object. */
export async function startServing(folder?: string): Promise<Serving> {
    const child = fork(path.join(__dirname, "serverProcess.ts"), folder === undefined ? [] : [folder], {
        execArgv: ["--import", "tsx", "--expose-gc"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const port = await heard(child);
    const ask = (what: "memory" | "processor"): Promise<number> => {
        child.send(what);
        return heard(child);
    };
    return {
        port,
        memory: () => ask("memory"),
        processor: () => ask("processor"),
        stop: async () => {
            child.kill();
            await once(child, "exit");
        },
    };
}

/** The next number that a child sends. Rejects when it ends before. */
async function heard(child: ChildProcess): Promise<number> {
    const settled = new AbortController();
    const { signal } = settled;
    const ended = once(child, "exit", { signal }).then(([code]) => {
        throw new Error(`the server's process ended with code ${code}`);
    });
    // Aborted when the message was first.
    ended.catch(() => undefined);
    try {
        const [message] = (await Promise.race([once(child, "message", { signal }), ended])) as [number];
        return message;
    } finally {
        settled.abort();
    }
}
