import type { StageTime } from "./result";

/** Tells a person how far a long run is, and keeps the time of its stages. */
export interface Progress {
    /** Runs one stage; `tell` replaces the text beside its name. A failure is shown and thrown on. */
    stage<T>(name: string, work: (tell: (detail: string) => void) => Promise<T>): Promise<T>;
    /** The stages that have ended, also those that failed. */
    readonly stages: readonly StageTime[];
}

export interface ProgressOptions {
    /** Where to show it: standard error, so that standard output holds results alone. */
    readonly stream: NodeJS.WriteStream;
    /** Milliseconds, from any origin. */
    readonly now: () => number;
}

/** Where there is no terminal, a stage's details are written at most this often, in milliseconds. */
const tellEveryMs = 3000;

/** One stage's line on the screen. */
interface Line {
    tell(detail: string): void;
    succeed(text: string): void;
    fail(text: string): void;
}

/** Opens a progress display: one spinner line per stage on a terminal, plain lines elsewhere. */
export async function openProgress({ stream, now }: ProgressOptions): Promise<Progress> {
    const begin = stream.isTTY ? await spinnerLines(stream) : plainLines({ stream, now });
    const stages: StageTime[] = [];
    return {
        stages,
        async stage(name, work) {
            const started = now();
            let detail = "";
            const line = begin(name);
            const end = (): string => {
                const seconds = (now() - started) / 1000;
                stages.push({ name, seconds: Math.round(seconds * 100) / 100 });
                return `${describe(name, detail)} (${seconds.toFixed(1)} s)`;
            };
            try {
                const value = await work((text) => {
                    detail = text;
                    line.tell(text);
                });
                line.succeed(end());
                return value;
            } catch (error) {
                line.fail(end());
                throw error;
            }
        },
    };
}

function plainLines({ stream, now }: ProgressOptions): (name: string) => Line {
    return (name) => {
        stream.write(`- ${name}\n`);
        let told = now();
        return {
            tell: (detail) => {
                if (now() - told >= tellEveryMs) {
                    told = now();
                    stream.write(`  ${detail}\n`);
                }
            },
            succeed: (text) => void stream.write(`  done: ${text}\n`),
            fail: (text) => void stream.write(`  failed: ${text}\n`),
        };
    };
}

async function spinnerLines(stream: NodeJS.WriteStream): Promise<(name: string) => Line> {
    const { default: ora } = await import("ora");
    return (name) => {
        const spinner = ora({ text: name, stream, discardStdin: false }).start();
        return {
            tell: (detail) => void (spinner.text = describe(name, detail)),
            succeed: (text) => void spinner.succeed(text),
            fail: (text) => void spinner.fail(text),
        };
    };
}

function describe(name: string, detail: string): string {
    return detail === "" ? name : `${name}: ${detail}`;
}
