/*
 * The lines that make a source known, written into the text of the two maps. Lines are found by their form, which the formatter keeps.
 */

/** `sources/deploy.ts` with the source in `deployHalves`, and no longer among those that are not built. */
export function registerDeployHalf(text: string, name: string): string {
    const imported = `import { ${name} } from "./${name}/deploy";`;
    const listed = text
        .replace(new RegExp(`(export const unbuiltHalves = \\{[^}]*?)\\n    ${name},`), "$1")
        .replace(/export const unbuiltHalves = \{\n\}/, "export const unbuiltHalves = {}");
    const known = listed.includes(imported)
        ? listed
        : insertSorted(listed, imported, /^import \{ \w+ \} from "\.\/\w+\/deploy";$/);
    return insertInMap(known, "deployHalves", `    ${name},`, /^ {4}\w+,$/);
}

/** `sources/run.ts` with the source in `runHalves`. */
export function registerRunHalf(text: string, name: string): string {
    const imported = `import { ${name}Schema } from "./${name}/config";`;
    const known = insertSorted(text, imported, /^import \{.* \w+Schema \} from "\.\/\w+\/config";$/, pathOf);
    const entry = [
        `    ${name}: {`,
        `        schema: ${name}Schema,`,
        `        load: async () => require("./${name}/extractor") as typeof import("./${name}/extractor"),`,
        "    },",
    ].join("\n");
    return insertInMap(known, "runHalves", entry, /^ {4}\w+: \{$/, "    },");
}

/** What an import is sorted by. */
const pathOf = (line: string): string => /from "(.*)"/.exec(line)?.[1] ?? line;

/** The text with a line before the first one of its kind that sorts after it, else behind the last one. */
function insertSorted(text: string, line: string, kind: RegExp, key: (line: string) => string = pathOf): string {
    const lines = text.split("\n");
    const alike = lines.flatMap((each, index) => (kind.test(each) ? [{ each, index }] : []));
    const last = alike.at(-1);
    if (last === undefined) throw new Error(`there is no line like ${kind} to put ${JSON.stringify(line)} beside`);
    const next = alike.find(({ each }) => key(each) > key(line));
    lines.splice(next?.index ?? last.index + 1, 0, line);
    return lines.join("\n");
}

/** The same within the braces of a constant; `end` is the line that an entry ends with, where it has more than one. */
function insertInMap(text: string, name: string, entry: string, begin: RegExp, end?: string): string {
    const lines = text.split("\n");
    const first = lines.indexOf(`export const ${name} = {`) + 1;
    const last = lines.findIndex((line, index) => index >= first && line.startsWith("}"));
    if (first === 0 || last < 0)
        throw new Error(`there is no "export const ${name} = {" with its entries on lines of their own`);
    const key = (line: string): string => /\w+/.exec(line)?.[0] ?? "";
    const next = lines.findIndex(
        (line, index) => index >= first && index < last && begin.test(line) && key(line) > key(entry),
    );
    const at = next < 0 ? last : next;
    if (end !== undefined && next > first && lines[next - 1] !== end)
        throw new Error(`${name} has an entry that does not end in "${end}"`);
    lines.splice(at, 0, entry);
    return lines.join("\n");
}
