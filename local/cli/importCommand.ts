import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { stringify } from "yaml";
import { parseConfig } from "../../config/parse";
import { ConfigError, type Problem } from "../../errors";
import { convertParams, type Imported } from "../import/convert";
import { parseParams } from "../import/paramsFile";
import { UsageError } from "../serve/options";
import { filterWarnings } from "./warnings";

/** Options of `lookout import`, as the command line gives them. */
export interface ImportFlags {
    readonly query?: string;
    readonly name?: string;
    readonly history?: string;
    readonly out?: string;
}

/** Where the old connector's repository has its query, seen from its params file. */
const oldQueryFile = path.join("lambdas", "redshift", "redshift-historical-crawl", "query.sql");

/** Prints a params file as stack configuration, and what it could not carry over; resolves to the exit code. */
export async function run(flags: ImportFlags, file: string): Promise<number> {
    filterWarnings(process);
    const params = parseParams(await read(file, "the params file"), file);
    const query = await readQuery(flags.query, file);
    const { query: _file, ...rest } = flags;
    const imported = convertParams(params, { ...rest, file, ...(query === undefined ? {} : { query }) });
    await print(`${heading(file)}${stringify({ config: imported.config }, { lineWidth: 0 })}`, flags.out);
    for (const note of imported.notes) process.stderr.write(`note: ${note}.\n`);
    const problems = findProblems(imported);
    if (problems.length === 0) return 0;
    process.stderr.write(`\nThe configuration is not valid yet:\n${new ConfigError(problems).message}\n`);
    return 1;
}

const heading = (file: string): string =>
    `# Made from ${path.basename(file)} by lookout import. Pulumi.dev.yaml shows every key in use.\n`;

async function read(file: string, what: string): Promise<string> {
    return readFile(file, "utf8").catch((error: unknown) => {
        throw new UsageError(`${what} ${file} cannot be read: ${(error as Error).message}`, { cause: error });
    });
}

async function readQuery(given: string | undefined, file: string): Promise<string | undefined> {
    if (given !== undefined) return read(given, "--query");
    const beside = path.join(path.dirname(file), oldQueryFile);
    return existsSync(beside) ? read(beside, "the query") : undefined;
}

async function print(text: string, out: string | undefined): Promise<void> {
    if (out === undefined) {
        process.stdout.write(text);
        return;
    }
    await writeFile(out, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
        const reason = error.code === "EEXIST" ? "it exists already; give another name or delete it" : error.message;
        throw new UsageError(`--out ${out} cannot be written: ${reason}`, { cause: error });
    });
    process.stderr.write(`wrote ${out}\n`);
}

/** What the program would say to the configuration; a query file that is still to be written is no fault of the import. */
function findProblems({ config }: Imported): readonly Problem[] {
    const raw = Object.entries(config).filter(([key]) => key.startsWith("lookout:"));
    try {
        parseConfig(
            Object.fromEntries(raw.map(([key, value]) => [key.slice("lookout:".length), value])),
            () => "select 1",
        );
        return [];
    } catch (error) {
        if (error instanceof ConfigError) return error.problems;
        throw error;
    }
}
