import { readFileSync } from "node:fs";
import { parse, YAMLParseError } from "yaml";
import { parseJson } from "../jsonState";
import { UsageError } from "../serve/options";

/** Secrets by the names of the sources that use them. */
export type Secrets = Readonly<Record<string, object>>;

const prefix = "LOOKOUT_SECRET_";

/** Variable that holds a source's secret as a JSON object: `LOOKOUT_SECRET_ORDERS_DB` for `orders-db`. */
export const secretVariable = (source: string): string => `${prefix}${source.toUpperCase().replace(/[^A-Z0-9]/g, "_")}`;

/**
 * The secrets of some sources: from their variables in the environment, else from a file, JSON or YAML, that has one by each source's name.
 * Throws UsageError for what cannot be read, and never quotes any of it.
 */
export function readSecrets(
    sources: readonly string[],
    environment: Readonly<Record<string, string | undefined>>,
    file?: string,
): Secrets {
    const filed = file === undefined ? {} : readSecretsFile(file);
    const found = sources.map((source) => [source, fromVariable(source, environment) ?? filed[source]] as const);
    for (const [source, secret] of found)
        if (secret !== undefined && !isMap(secret))
            throw new UsageError(`--secrets ${file}: ${source} is not a map; expected the keys of its secret`);
    return Object.fromEntries(found.filter(([, secret]) => secret !== undefined)) as Secrets;
}

function fromVariable(source: string, environment: Readonly<Record<string, string | undefined>>): object | undefined {
    const name = secretVariable(source);
    const text = environment[name];
    if (text === undefined || text === "") return undefined;
    const value = parseJson(text);
    if (isMap(value)) return value;
    throw new UsageError(`${name} does not hold a JSON object; expected such as {"username": "…", "password": "…"}`);
}

function readSecretsFile(file: string): Readonly<Record<string, unknown>> {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        throw new UsageError(`--secrets ${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`);
    }
    try {
        const value = parse(text, { prettyErrors: true }) as unknown;
        if (isMap(value)) return value;
    } catch (error) {
        // The parser's own message would quote the file.
        const { line } = (error instanceof YAMLParseError ? error.linePos?.[0] : undefined) ?? {};
        const where = line === undefined ? "" : `, line ${line}`;
        throw new UsageError(`--secrets ${file} is neither JSON nor YAML${where}`);
    }
    throw new UsageError(`--secrets ${file} is not a map; expected a secret by the name of each source`);
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value);
