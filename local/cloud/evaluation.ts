import type { AsyncLocalStorage } from "node:async_hooks";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import * as mocks from "@pulumi/pulumi/runtime/mocks";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as stack from "@pulumi/pulumi/runtime/stack";
import * as state from "@pulumi/pulumi/runtime/state";
import { ConfigError } from "../../errors";
import { RecordingMonitor, type Registrar } from "./monitor";
import { readYamlFile } from "./yamlFile";

/** A Pulumi program with the stack in whose name it is evaluated. */
export interface Program {
    /** Folder that holds `Pulumi.yaml`. */
    readonly projectFolder: string;
    readonly stack: string;
    /** Values over those of `Pulumi.<stack>.yaml`, by full key such as `lookout:keepData`. */
    readonly config?: Readonly<Record<string, unknown>>;
    /** Whether it is evaluated as for a preview. Default: no. */
    readonly preview?: boolean;
}

export interface Evaluation {
    /** What the program exports. */
    readonly outputs: Record<string, unknown>;
    /** What it warned of. */
    readonly warnings: readonly string[];
    /** What it had to say beside. */
    readonly infos: readonly string[];
}

/** Evaluates a program in this process. Rejects with the program's own error, or with that of the first resource that fails. */
export async function evaluate(program: Program, registrar: Registrar): Promise<Evaluation> {
    const projectFolder = resolve(program.projectFolder);
    const project = readProjectName(projectFolder);
    const config = readConfig({ ...program, projectFolder }, project);
    const monitor = new RecordingMonitor({ project, stack: program.stack }, registrar);
    const { stack: name, preview = false } = program;
    const run = () => runProgram(projectFolder, { project, stack: name, config, preview }, monitor);
    return await surroundings(projectFolder, monitor, () => pulumi.state.withLocalStorage(run));
}

/** Runs the program in the Pulumi store of the present context, with the monitor in the engine's place. */
async function runProgram(
    projectFolder: string,
    {
        project,
        stack,
        config,
        preview,
    }: Pick<Program, "stack"> & {
        readonly project: string;
        readonly config: Record<string, string>;
        readonly preview: boolean;
    },
    monitor: RecordingMonitor,
): Promise<Evaluation> {
    const said: Said = { infos: [], warnings: [], errors: [] };
    const { errors } = said;
    await pulumi.mocks.setMocks(noMocks, project, stack, preview, "organization");
    pulumi.runtimeConfig.setAllConfig(config);
    const store = pulumi.state.getStore();
    store.settings.monitor = monitor;
    store.settings.engine = recordingEngine(said);
    store.settings.options.rootDirectory = projectFolder;
    try {
        const outputs = await Promise.race([runToEnd(() => loadProgram(projectFolder)), monitor.failed]);
        if (errors.length > 0) {
            throw new Error(errors.join("\n"));
        }
        return { outputs, warnings: said.warnings, infos: said.infos };
    } catch (error) {
        monitor.stop(error);
        throw error;
    } finally {
        // Promises that a failed program leaves behind would be complained of when the process ends.
        store.leakCandidates = new Set();
    }
}

interface Store {
    readonly settings: { monitor?: unknown; engine?: unknown; readonly options: { rootDirectory?: string } };
    leakCandidates: Set<unknown>;
}

/** What this file uses of Pulumi's runtime: the parts with which its own automation runs programs in process. */
interface Runtime {
    readonly state: {
        withLocalStorage<T>(work: () => Promise<T>): Promise<T>;
        getStore(): Store;
    };
    readonly mocks: {
        setMocks(mocks: object, project: string, stack: string, preview: boolean, organization: string): Promise<void>;
    };
    readonly runtimeConfig: { setAllConfig(config: Record<string, string>): void };
    readonly stack: { runInPulumiStack(program: () => Promise<unknown>): Promise<Record<string, unknown> | undefined> };
    readonly settings: { waitForRPCs(): Promise<void> };
}

const noMocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };

const pulumi = { state, mocks, runtimeConfig, stack, settings } as unknown as Runtime;

async function runToEnd(program: () => Promise<unknown>): Promise<Record<string, unknown>> {
    const outputs = await pulumi.stack.runInPulumiStack(program);
    await pulumi.settings.waitForRPCs();
    return outputs ?? {};
}

/** Loads the program's main module afresh; the modules that it imports are loaded once a process. */
async function loadProgram(projectFolder: string): Promise<unknown> {
    const load = createRequire(join(projectFolder, "package.json"));
    const main = load.resolve(join(projectFolder, readMain(projectFolder)));
    delete load.cache[main];
    const exported = load(main) as Record<string, unknown>;
    return typeof exported.default === "function" ? await (exported.default as () => unknown)() : { ...exported };
}

function readMain(projectFolder: string): string {
    const file = join(projectFolder, "package.json");
    const main = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { main?: string }).main : undefined;
    return main ?? "index.ts";
}

function readProjectName(projectFolder: string): string {
    const file = join(projectFolder, "Pulumi.yaml");
    const name = (readYamlFile(file) as { name?: unknown } | null | undefined)?.name;
    if (typeof name !== "string") {
        throw new ConfigError([
            {
                key: "Pulumi.yaml",
                finding: `${file} ${existsSync(file) ? "names no project" : "does not exist"}`,
                fix: "run in the folder that holds the program and its Pulumi.yaml",
            },
        ]);
    }
    return name;
}

/** The stack's configuration as the program will read it: full keys, values as text. */
function readConfig({ projectFolder, stack, config = {} }: Program, project: string): Record<string, string> {
    const file = join(projectFolder, `Pulumi.${stack}.yaml`);
    const stored = (readYamlFile(file) as { config?: Record<string, unknown> | null } | null | undefined)?.config ?? {};
    const all: Record<string, string> = {};
    for (const [key, value] of [...Object.entries(stored), ...Object.entries(config)]) {
        const fullKey = key.includes(":") ? key : `${project}:${key}`;
        if (typeof value === "object" && value !== null && "secure" in value) {
            throw new ConfigError([
                {
                    key: fullKey,
                    finding: "is encrypted, and the embedded cloud cannot decrypt it",
                    fix: "put the value into a secret of the cloud and give the secret's name",
                },
            ]);
        }
        if (value === undefined || value === null) {
            delete all[fullKey];
        } else {
            all[fullKey] = typeof value === "string" ? value : JSON.stringify(value);
        }
    }
    return all;
}

/** What a program says while it is evaluated. */
interface Said {
    readonly infos: string[];
    readonly warnings: string[];
    readonly errors: string[];
}

/** Answers Pulumi's log calls, which would otherwise be printed. */
function recordingEngine({ infos, warnings, errors }: Said): object {
    const bySeverity: Readonly<Record<number, string[]>> = { 1: infos, 2: warnings, 3: errors };
    return {
        log(request: { getSeverity(): number; getMessage(): string }, done: () => void): void {
            bySeverity[request.getSeverity()]?.push(request.getMessage());
            done();
        },
        setRootResource: (_request: unknown, done: (error: null, response: object) => void) => done(null, {}),
    };
}

/** Frames of a stack trace meanwhile: Pulumi takes several for each resource, which costs more than all else that it does. */
const shortStack = 4;

/**
 * Runs an evaluation in the project's folder, as Pulumi does. A rejection that nothing handles, such as an error inside `apply`, is the
 * program's failure; nobody else is told of it meanwhile.
 */
async function surroundings<T>(folder: string, monitor: RecordingMonitor, work: () => Promise<T>): Promise<T> {
    const before = process.cwd();
    const others = process.listeners("unhandledRejection");
    const onRejection = (error: unknown): void => monitor.stop(error);
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", onRejection);
    process.chdir(folder);
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Math.min(stackTraceLimit, shortStack);
    try {
        const result = await work();
        await new Promise<void>((settled) => setImmediate(settled));
        return await Promise.race([monitor.failed, Promise.resolve(result)]);
    } finally {
        await monitor.drained();
        await new Promise<void>((settled) => setImmediate(settled));
        process.chdir(before);
        Error.stackTraceLimit = stackTraceLimit;
        process.off("unhandledRejection", onRejection);
        others.forEach((listener) => process.on("unhandledRejection", listener));
        dropContexts();
    }
}

/**
 * Ends the tracking of asynchronous contexts that Pulumi's store set off: as long as it is on, every promise of the process costs several
 * times what it does otherwise. The next evaluation sets it off again.
 */
function dropContexts(): void {
    (globalThis as { asyncLocalStorage?: AsyncLocalStorage<unknown> }).asyncLocalStorage?.disable();
}
