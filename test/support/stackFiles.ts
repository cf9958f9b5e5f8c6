import { parse } from "yaml";
import { projectFile } from "./rawConfig";

/** The configuration of a stack file, by full keys, for a program that is evaluated with it over that of `Pulumi.dev.yaml`. */
export function stackConfig(file: string): Record<string, unknown> {
    const { config } = parse(projectFile(file)) as { config: Record<string, unknown> };
    const { ["aws:region"]: _region, ...own } = config;
    return own;
}

/** The stack with everything on: every type of source, several detectors, every option. */
export const loadedStack = (): Record<string, unknown> => stackConfig("test/apply/Pulumi.loaded.yaml");
