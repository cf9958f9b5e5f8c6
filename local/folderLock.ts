import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { LookoutError } from "../errors";

/** Another process works in the folder. */
export class FolderInUseError extends LookoutError {
    override readonly name = "FolderInUseError";
}

/** Who holds a folder. */
interface Owner {
    readonly id: string;
    readonly pid: number;
    /** When the process began, as the system has it: a number that was given to another process since does not deceive. */
    readonly began: string | undefined;
    /** What the process is, for people: `lookout serve on http://127.0.0.1:8080`. */
    readonly what: string;
}

export interface FolderLock {
    /** Gives the folder back. */
    readonly release: () => Promise<void>;
}

/**
 * Takes a folder for this process alone; makes it when there is none. A lock that a dead process left is taken over. `what` says what
 * the process is; `file` is where the lock lies, in the folder itself unless given. Throws FolderInUseError, which names the other
 * process, when the folder is held.
 */
export async function lockFolder(
    folder: string,
    what: string,
    file: string = path.join(folder, "lock.json"),
): Promise<FolderLock> {
    const own: Owner = { id: randomUUID(), pid: process.pid, began: await beganAt(process.pid), what };
    await mkdir(path.dirname(file), { recursive: true });
    const staged = `${file}.${own.id}`;
    await writeFile(staged, JSON.stringify(own));
    try {
        for (let tries = 1; !(await linkNew(staged, file)); tries += 1) {
            const other = await readOwner(file);
            if (other !== undefined && (await isAlive(other))) throw inUse(folder, file, other);
            if (tries === 5) throw beingTaken(folder, file);
            await removeDead(file, other, staged);
        }
    } finally {
        await rm(staged, { force: true });
    }
    return {
        release: async () => {
            if ((await readOwner(file))?.id === own.id) await rm(file, { force: true });
        },
    };
}

function inUse(folder: string, file: string, { what, pid }: Owner): FolderInUseError {
    return new FolderInUseError(
        `${folder} is in use by ${what} (process ${pid}); stop that first, or name another folder. ` +
            `If there is no such process any more, delete ${file}`,
    );
}

function beingTaken(folder: string, file: string): FolderInUseError {
    return new FolderInUseError(
        `${folder} is being taken by another process at this moment; try again. If that goes on, delete ${guardOf(file)}`,
    );
}

/**
 * Takes away a dead process's lock, unless another process has taken it over in between. One does so at a time: between the look and the
 * removal nobody else can put a lock of theirs in its place.
 */
async function removeDead(file: string, dead: Owner | undefined, staged: string): Promise<void> {
    const guard = guardOf(file);
    if (!(await linkNew(staged, guard))) return;
    try {
        if ((await readOwner(file))?.id === dead?.id) await rm(file, { force: true });
    } finally {
        await rm(guard, { force: true });
    }
}

const guardOf = (file: string): string => `${file}.takeover`;

async function linkNew(from: string, to: string): Promise<boolean> {
    try {
        await link(from, to);
        return true;
    } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
        throw error;
    }
}

/** Who the lock names; undefined when it is gone or was cut off while it was written. */
async function readOwner(file: string): Promise<Owner | undefined> {
    try {
        const read = JSON.parse(await readFile(file, "utf8")) as Partial<Owner>;
        return typeof read.pid === "number" && typeof read.id === "string" ? (read as Owner) : undefined;
    } catch {
        return undefined;
    }
}

async function isAlive({ pid, began }: Owner): Promise<boolean> {
    try {
        process.kill(pid, 0);
    } catch (error) {
        // A process of somebody else's may not be signalled, and is alive.
        return error instanceof Error && "code" in error && error.code === "EPERM";
    }
    const now = await beganAt(pid);
    return began === undefined || now === undefined || began === now;
}

/** When a process began, in the kernel's ticks; undefined where the system does not tell. */
async function beganAt(pid: number): Promise<string | undefined> {
    const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // The second field is the command in brackets, which may hold anything; the 22nd is the start.
    return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}
