import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

interface Line<T> {
    readonly key: string;
    /** Absent when the entry was deleted. */
    readonly value?: T;
}

/**
 * Values by key in a file of JSON lines, one appended for each change, so that a process that dies loses nothing that it had done. Entries
 * keep the order in which their keys were first set.
 */
export class Journal<T> {
    private readonly entries = new Map<string, T>();

    /** Opens the journal; `revise` changes each line's text before it is read. */
    constructor(
        private readonly file: string,
        revise: (line: string) => string = (line) => line,
    ) {
        mkdirSync(dirname(file), { recursive: true });
        if (existsSync(file)) {
            for (const text of readFileSync(file, "utf8").split("\n")) {
                const line = parseLine<T>(revise(text));
                if (line !== undefined) {
                    this.apply(line);
                }
            }
            this.compact();
        }
    }

    get(key: string): T | undefined {
        return this.entries.get(key);
    }

    keys(): string[] {
        return [...this.entries.keys()];
    }

    values(): T[] {
        return [...this.entries.values()];
    }

    set(key: string, value: T): void {
        this.write({ key, value });
    }

    delete(key: string): void {
        this.write({ key });
    }

    /** Writes the file anew with only what is current. */
    compact(): void {
        const lines = [...this.entries].map(([key, value]) => `${JSON.stringify({ key, value })}\n`);
        writeFileSync(`${this.file}.new`, lines.join(""));
        renameSync(`${this.file}.new`, this.file);
    }

    private write(line: Line<T>): void {
        appendFileSync(this.file, `${JSON.stringify(line)}\n`);
        this.apply(line);
    }

    private apply({ key, value }: Line<T>): void {
        if (value === undefined) {
            this.entries.delete(key);
        } else {
            this.entries.set(key, value);
        }
    }
}

/** The line, undefined for an empty one and for one that a dying process wrote only in part. */
function parseLine<T>(text: string): Line<T> | undefined {
    try {
        return text === "" ? undefined : (JSON.parse(text) as Line<T>);
    } catch {
        return undefined;
    }
}
