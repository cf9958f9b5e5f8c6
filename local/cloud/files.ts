import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface Saved {
    /** Base URL of the server when the folder was last open. */
    readonly endpoint?: string;
    /** What the program exported. */
    readonly outputs?: Record<string, unknown>;
    /** How often a program was brought up or taken down. */
    readonly deployments?: number;
}

/** What the embedded cloud remembers of itself: `cloud.json` and `clock.json` in the state folder. */
export class CloudFiles {
    private saved: Saved;

    constructor(private readonly folder: string) {
        mkdirSync(folder, { recursive: true });
        this.saved = readJson<Saved>(join(folder, "cloud.json")) ?? {};
    }

    /** Where the clock stood, in milliseconds since 1970; undefined in a new folder. */
    get now(): number | undefined {
        return readJson<{ now: number }>(join(this.folder, "clock.json"))?.now;
    }

    get outputs(): Record<string, unknown> {
        return this.saved.outputs ?? {};
    }

    saveClock(now: number): void {
        writeWhole(join(this.folder, "clock.json"), JSON.stringify({ now }));
    }

    /** Keeps what the program exported, and gives it as JSON has it: without what is undefined. */
    saveOutputs(outputs: Record<string, unknown>): Record<string, unknown> {
        this.save({ ...this.saved, outputs: JSON.parse(JSON.stringify(outputs)) as Record<string, unknown> });
        return this.outputs;
    }

    /** Counts a deployment, and gives its number: from 1. */
    countDeployment(): number {
        const deployments = (this.saved.deployments ?? 0) + 1;
        this.save({ ...this.saved, deployments });
        return deployments;
    }

    /**
     * The server has another address each time: takes note of it, and gives what puts it into texts in place of the former one, which resources
     * carry in their inputs and outputs.
     */
    movedTo(endpoint: string): (text: string) => string {
        const former = this.saved.endpoint;
        const move = (text: string): string => (former === undefined ? text : text.replaceAll(former, endpoint));
        this.save({
            ...this.saved,
            endpoint,
            outputs: JSON.parse(move(JSON.stringify(this.outputs))) as Record<string, unknown>,
        });
        return move;
    }

    private save(saved: Saved): void {
        this.saved = saved;
        writeWhole(join(this.folder, "cloud.json"), JSON.stringify(saved, undefined, 4));
    }
}

/** Leaves the old text or the new one, whenever the process dies. */
function writeWhole(file: string, text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
}

function readJson<T>(file: string): T | undefined {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as T) : undefined;
}
