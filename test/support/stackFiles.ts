import { parse } from "yaml";
import { deployHalves } from "../../sources/deploy";
import { projectFile } from "./rawConfig";

/**
 * The configuration of a stack file, by full keys, for a program that is evaluated with it over that of `Pulumi.dev.yaml`: what it does
 * not have is taken away.
 */
export function stackConfig(file: string): Record<string, unknown> {
    const keys = (name: string) => (parse(projectFile(name)) as { config: Record<string, unknown> }).config;
    const absent = Object.fromEntries(Object.keys(keys("Pulumi.dev.yaml")).map((key) => [key, null]));
    return { ...absent, ...keys(file) };
}

type Sources = Readonly<Record<string, { readonly type: string }>>;

/**
 * The stack with everything on: every type of source, several detectors, every option. A type that its file does not have comes in by the
 * example of its own page.
 */
export function loadedStack(): Record<string, unknown> {
    const config = stackConfig("test/apply/Pulumi.loaded.yaml");
    const sources = config["lookout:sources"] as Sources;
    const types = new Set(Object.values(sources).map(({ type }) => type));
    const others = Object.keys(deployHalves).filter((type) => !types.has(type));
    const examples = others.map((type) => [type, exampleOf(type)] as const);
    return { ...config, "lookout:sources": { ...sources, ...Object.fromEntries(examples) } };
}

/** The source of the first example in sources/<type>/README.md. */
function exampleOf(type: string): unknown {
    const page = projectFile(`sources/${type}/README.md`);
    // Up to the next key of the namespace or the example's end: what follows may be left out by an ellipsis.
    const example = /^lookout:sources:\n(?: .*\n)+/m.exec(page)?.[0];
    if (example === undefined) throw new Error(`sources/${type}/README.md has no example with lookout:sources`);
    const sources = (parse(example) as { "lookout:sources": Sources })["lookout:sources"];
    return Object.values(sources).find((source) => source.type === type);
}
