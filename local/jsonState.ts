import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";

/** Writes a state file whole, and its folder where there is none: a run that is killed leaves the old one or the new one. */
export async function writeJsonState(file: string, state: object): Promise<void> {
    await mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.new`;
    await writeFile(temporary, `${JSON.stringify(state)}\n`);
    await rename(temporary, file);
}

/** What a text says in JSON; undefined where it is none. The parser's own message would quote the text. */
export function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
