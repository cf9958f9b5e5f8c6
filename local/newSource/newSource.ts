import { registerDeployHalf, registerRunHalf } from "./registry";

/** A file to be written, by its path from the project's folder. */
export interface WrittenFile {
    readonly path: string;
    readonly text: string;
}

/** What a new source comes to. */
export interface NewSource {
    readonly files: readonly WrittenFile[];
    /** What is left to do, in the order in which it is best done. */
    readonly toFillIn: readonly { readonly file: string; readonly what: string }[];
}

/** Reads a file of the project, or of the templates; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** The files of a source's folder, by their templates. */
const sourceFiles = ["config.ts", "deploy.ts", "connection.ts", "sql.ts", "failures.ts", "extractor.ts", "README.md"];

/** The files of its tests' folder. */
const testFiles = ["contract.test.ts", "fixture.ts"];

/** What a type that was known and not built has already. */
const keptFiles: ReadonlySet<string> = new Set(["config.ts", "README.md"]);

/**
 * The folder of a new source, its contract test, and the two maps with its lines. A source that is known and not built keeps its keys and
 * its page. `template` gives a template's text by its name.
 */
export function planNewSource(name: string, project: ReadFile, template: (file: string) => string): NewSource {
    const filled = (file: string): string =>
        template(`${file}.txt`)
            .replaceAll("{{name}}", name)
            .replaceAll("{{Name}}", name.charAt(0).toUpperCase() + name.slice(1));
    const folder = `sources/${name}`;
    const own = sourceFiles
        .filter((file) => !(keptFiles.has(file) && project(`${folder}/${file}`) !== undefined))
        .map((file) => ({ path: `${folder}/${file}`, text: filled(file) }));
    const tests = testFiles.map((file) => ({ path: `test/${folder}/${file}`, text: filled(file) }));
    const maps = [
        { path: "sources/deploy.ts", text: registerDeployHalf(existing(project, "sources/deploy.ts"), name) },
        { path: "sources/run.ts", text: registerRunHalf(existing(project, "sources/run.ts"), name) },
    ];
    return { files: [...own, ...tests, ...maps], toFillIn: toFillIn(folder) };
}

function existing(project: ReadFile, file: string): string {
    const text = project(file);
    if (text === undefined) throw new Error(`there is no ${file}`);
    return text;
}

const toFillIn = (folder: string): NewSource["toFillIn"] => [
    { file: `${folder}/config.ts`, what: "the keys: how the database is reached, and the secret's name" },
    { file: `${folder}/connection.ts`, what: "connect(): the driver" },
    { file: `test/${folder}/fixture.ts`, what: "a real database for the tests: its keys, load(), what is wrong" },
    { file: `${folder}/sql.ts`, what: "the dialect: names, literals, the timestamp as text in UTC" },
    { file: `${folder}/failures.ts`, what: "which failures pass by themselves, and hints for the others" },
    { file: `${folder}/deploy.ts`, what: "what the function may do, its network" },
    { file: `${folder}/README.md`, what: "when to use it, keys with an example, rights, limits" },
];
