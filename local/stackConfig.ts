import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { functionNameLimit, physicalName, prefixLimit } from "../components/names";
import { parseConfig } from "../config/parse";
import type { Config } from "../config/schema";
import { NotFoundError } from "../errors";
import { readYamlFile } from "./cloud/yamlFile";

/** A stack as its configuration file describes it, checked, without asking Pulumi. */
export interface StackConfig {
    readonly stack: string;
    /** Folder of the file. */
    readonly folder: string;
    /** Name of the project in `Pulumi.yaml`. */
    readonly project: string;
    readonly config: Config;
    /** `aws:region`, where the file has it. */
    readonly region?: string;
}

/**
 * Reads `Pulumi.<stack>.yaml` from the first of the folders that has it, and each `.sql` file likewise. Throws NotFoundError when none has, DataError for a file that is
 * no YAML, ConfigError with every problem. `revise` changes the keys of the project's namespace before they are looked at.
 */
export function readStackConfig(
    stack: string,
    folders: readonly string[],
    revise: (keys: Record<string, unknown>) => Readonly<Record<string, unknown>> = (keys) => keys,
): StackConfig {
    const { folder, content } = findStackFile(stack, folders);
    const region = configOf(content)["aws:region"];
    return {
        stack,
        folder,
        project: projectOf(folder),
        config: parseConfig(revise(lookoutKeys(content)), readerOf(folders)),
        ...(typeof region === "string" ? { region } : {}),
    };
}

/** All that a stack's file has below `config`, by full keys, as it stands there. Throws like `readStackConfig`, but for what is wrong with the values. */
export function writtenConfig(stack: string, folders: readonly string[]): Readonly<Record<string, unknown>> {
    return configOf(findStackFile(stack, folders).content);
}

function findStackFile(stack: string, folders: readonly string[]): { folder: string; content: unknown } {
    const name = `Pulumi.${stack}.yaml`;
    for (const folder of new Set(folders)) {
        const content = readYamlFile(path.join(folder, name));
        if (content !== undefined) return { folder, content };
    }
    throw new NotFoundError(
        `there is no ${name} in ${[...new Set(folders)].join(" or ")}; name a stack whose file is there (--stack), or make one: cp Pulumi.dev.yaml ${name}`,
    );
}

/** A query's file is named from the project's folder, which the stack's own file need not lie in. */
function readerOf(folders: readonly string[]): (file: string) => string {
    return (file) => {
        const found = folders.map((folder) => path.resolve(folder, file)).find(existsSync);
        return readFileSync(found ?? path.resolve(folders[0] ?? "", file), "utf8");
    };
}

/** The keys of the project's namespace in a stack file, without it. */
export function lookoutKeys(content: unknown): Record<string, unknown> {
    const own = Object.entries(configOf(content)).filter(([key]) => !key.includes(":") || key.startsWith("lookout:"));
    return Object.fromEntries(own.map(([key, value]) => [key.replace(/^lookout:/, ""), value]));
}

/** Physical name of a deployed function that others know by name, such as `extract-warehouse`; `components/site.ts` gives it. */
export const deployedFunctionName = ({ project, stack }: StackConfig, role: string): string =>
    physicalName(functionNameLimit, physicalName(prefixLimit, project, stack), role);

const configOf = (content: unknown): Record<string, unknown> =>
    (content as { config?: Record<string, unknown> | null } | null)?.config ?? {};

function projectOf(folder: string): string {
    const { name } = (readYamlFile(path.join(folder, "Pulumi.yaml")) ?? {}) as { name?: unknown };
    return typeof name === "string" ? name : "lookout";
}
