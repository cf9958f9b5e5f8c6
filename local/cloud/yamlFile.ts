import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { DataError } from "../../errors";

/** Reads a YAML file whole. Throws DataError, which names file, line and column, for one that is not YAML; undefined when there is none. */
export function readYamlFile(file: string): unknown {
    let text: string;
    try {
        text = readFileSync(file, "utf8");
    } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
    }
    try {
        // Merge keys (`<<: *base`), as the YAML reader of Pulumi itself takes them.
        return parse(text, { merge: true });
    } catch (error) {
        throw new DataError(`${file} is not valid YAML: ${(error as Error).message.trim()}`, { cause: error });
    }
}
