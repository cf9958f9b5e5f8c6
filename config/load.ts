import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../errors";
import { parseConfig, type RawConfig } from "./parse";
import type { Config } from "./schema";

export { extractionSpec } from "./extractionSpec";

const namespace = "lookout";

/**
 * Reads the stack's configuration; `.sql` files are found from the project's folder. Throws one ConfigError with every problem,
 * which Pulumi shows at preview.
 */
export function loadConfig(): Config {
    const folder = path.resolve(__dirname, "..");
    try {
        return parseConfig(readRaw(), (file) => readFileSync(path.resolve(folder, file), "utf8"));
    } catch (error) {
        throw error instanceof ConfigError ? withoutStack(error) : error;
    }
}

/** Marks an error as the user's: by this property Pulumi knows what to show as a message alone, without a stack trace. */
export function withoutStack(error: ConfigError): ConfigError {
    return Object.assign(error, { __pulumiRunError: true });
}

/** Every key of the namespace, also those that the program does not know: they are reported. */
function readRaw(): RawConfig {
    const config = new pulumi.Config(namespace);
    const names = Object.keys(pulumi.runtime.allConfig())
        .filter((key) => key.startsWith(`${namespace}:`))
        .map((key) => key.slice(namespace.length + 1));
    return Object.fromEntries(names.map((name) => [name, fromJson(config.get(name))]));
}

/** Pulumi hands over maps, lists and truth values as JSON, and texts as they are. */
function fromJson(value: string | undefined): unknown {
    try {
        return value === undefined ? undefined : (JSON.parse(value) as unknown);
    } catch {
        return value;
    }
}
