import { parse } from "yaml";
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

/** The stack with everything on: every type of source, several detectors, every option. */
export const loadedStack = (): Record<string, unknown> => stackConfig("test/apply/Pulumi.loaded.yaml");
