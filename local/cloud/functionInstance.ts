import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { Console } from "node:console";
import Module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import type { Clock } from "./service";

/** What an instance of a function needs to start. */
export interface FunctionSetting {
    /** Physical name. */
    readonly name: string;
    /** Folder that holds the function's files. */
    readonly codeFolder: string;
    /** `<file>.<export>`, such as `index.handler`. */
    readonly handler: string;
    readonly environment: Readonly<Record<string, string>>;
    /** File that gets what the function prints. */
    readonly logFile: string;
    readonly clock: Clock;
    /** What it gets for `node:http`; default: what everybody gets. */
    readonly http?: object;
}

export type Handler = (event: unknown, context: object) => unknown;

type ModuleCode = (...own: unknown[]) => void;

const codes = new Map<string, ModuleCode>();

/**
 * Loads a function's code as a cold start would, with a `process.env`, a `console` and a clock of its own. The code runs in this process: what
 * it does to other globals, others see.
 */
export function startInstance(setting: FunctionSetting): Handler {
    const [module, exported] = splitHandler(setting.handler);
    const file = [".js", ".cjs"]
        .map((ending) => join(setting.codeFolder, module + ending))
        .find((path) => existsSync(path));
    if (file === undefined) {
        throw namedError("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
    }
    const handler = loadModule(file, setting)[exported];
    if (typeof handler !== "function") {
        throw namedError("Runtime.HandlerNotFound", `${setting.handler} is undefined or not exported`);
    }
    return handler as Handler;
}

export function namedError(name: string, message: string): Error {
    return Object.assign(new Error(message), { name });
}

function splitHandler(handler: string): [string, string] {
    const dot = handler.lastIndexOf(".");
    if (dot <= 0) {
        throw namedError("Runtime.MalformedHandlerName", `Bad handler: ${handler}`);
    }
    return [handler.slice(0, dot), handler.slice(dot + 1)];
}

function loadModule(file: string, setting: FunctionSetting): Record<string, unknown> {
    const module = { exports: {} as Record<string, unknown> };
    const shadowed = shadowProcess(setting);
    const own = createRequire(file);
    const shadowedRequire = Object.assign((id: string): unknown => {
        const name = id.replace(/^node:/, "");
        if (name === "process") return shadowed;
        return name === "http" && setting.http !== undefined ? setting.http : layered(own, id);
    }, own);
    const run = compile(file);
    run(
        module.exports,
        shadowedRequire,
        module,
        file,
        dirname(file),
        shadowed,
        new Console({ stdout: logStream(setting.logFile), inspectOptions: { colors: false } }),
        shadowDate(setting.clock),
    );
    return module.exports;
}

/** A package that no bundle holds is looked for where the code lies, and then among this project's: the layers of a function on this machine. */
function layered(own: NodeJS.Require, id: string): unknown {
    try {
        return own(id);
    } catch (error) {
        if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") throw error;
        return createRequire(__filename)(id);
    }
}

/** A module's code as a function of the names that are the instance's own. Compiled once for each file. */
function compile(file: string): ModuleCode {
    let code = codes.get(file);
    if (code === undefined) {
        const names = "exports, require, module, __filename, __dirname, process, console, Date";
        const holder = new Module(file) as Module & { _compile(text: string, file: string): void };
        // A module that is imported on first use would be everybody's, not the instance's own.
        const text = readFileSync(file, "utf8").replaceAll(
            'import("node:http")',
            'Promise.resolve(require("node:http"))',
        );
        holder._compile(`module.exports = function (${names}) { ${text}\n}`, file);
        code = holder.exports as ModuleCode;
        codes.set(file, code);
    }
    return code;
}

/** The process with another environment; with its output in the function's log; and without the AWS SDK's warning about Node 20, which is not the function's Node. */
function shadowProcess({ environment, logFile }: FunctionSetting): NodeJS.Process {
    const env = { ...environment };
    const out = logStream(logFile);
    const emitWarning = (warning: string | Error, ...rest: unknown[]): void => {
        const text = typeof warning === "string" ? warning : `${warning.name}: ${warning.message}`;
        if (!text.startsWith("NodeVersionSupportWarning")) {
            (process.emitWarning as (...all: unknown[]) => void)(warning, ...rest);
        }
    };
    return new Proxy(process, {
        get(target, key) {
            if (key === "env") {
                return env;
            }
            if (key === "stdout" || key === "stderr") {
                return out;
            }
            if (key === "emitWarning") {
                return emitWarning;
            }
            const value: unknown = Reflect.get(target, key, target);
            return typeof value === "function" ? (value.bind(target) as unknown) : value;
        },
    });
}

/** `Date` on the simulated clock. Dates made elsewhere in the process count as its instances too. */
function shadowDate(clock: Clock): DateConstructor {
    return new Proxy(Date, {
        construct: (target, args: [], newTarget) =>
            args.length === 0
                ? (Reflect.construct(target, [clock.now()], newTarget) as Date)
                : (Reflect.construct(target, args, newTarget) as Date),
        apply: () => new Date(clock.now()).toString(),
        get: (target, key): unknown =>
            key === "now" ? () => clock.now() : (Reflect.get(target, key, target) as unknown),
    });
}

/** What is written there is in the file at once. */
function logStream(file: string): Writable {
    const write = (chunk: Buffer | string, _encoding: unknown, done: () => void): void => {
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(file, chunk);
        done();
    };
    return new Writable({ write });
}
