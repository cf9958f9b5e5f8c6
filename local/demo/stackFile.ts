import path from "node:path";
import { parseConfig } from "../../config/parse";
import { readFileSync } from "node:fs";
import type { Config, DetectorConfig } from "../../config/schema";
import { NotFoundError } from "../../errors";
import { readYamlFile } from "../cloud/yamlFile";
import { detectorName, stack } from "./sample";

/** The stack that the demo plays, checked. */
export interface StackFile {
    /** Logical name of the detector that is played and compared with the truth. */
    readonly played: string;
    /** Names of all other detectors: they are extracted and learn as well. */
    readonly others: readonly string[];
    /** The played detector's keys, as they are written. */
    readonly written: unknown;
}

/**
 * Reads the stack's configuration and checks it, before anything is brought up. Throws NotFoundError when there is no such file or no
 * detector that the demo can play, DataError for a file that is no YAML, ConfigError with every problem.
 */
export function readStackFile(projectFolder: string): StackFile {
    const name = `Pulumi.${stack}.yaml`;
    const content = readYamlFile(path.join(projectFolder, name));
    if (content === undefined)
        throw new NotFoundError(
            `there is no ${name} in ${projectFolder}; the demo plays the stack ${stack}: take the file from the repository again (git checkout ${name})`,
        );
    const raw = keysOf(content);
    const { detectors }: Config = parseConfig(raw, (file) => readFileSync(path.resolve(projectFolder, file), "utf8"));
    const played = playable(detectors);
    if (played === undefined)
        throw new NotFoundError(
            `${name} has no detector that the demo can play: one with interval PT1H, the dimensions platform and marketplace, and the ` +
                `measures views and revenue, as lookout:detectors.${detectorName} of the repository's ${name}`,
        );
    const written = (raw.detectors as Record<string, unknown>)[played];
    return { played, others: Object.keys(detectors).filter((other) => other !== played), written };
}

/** The keys of the project's namespace, without it. */
function keysOf(content: unknown): Record<string, unknown> {
    const config = (content as { config?: Record<string, unknown> | null } | null)?.config ?? {};
    const own = Object.entries(config).filter(([key]) => !key.includes(":") || key.startsWith("lookout:"));
    return Object.fromEntries(own.map(([key, value]) => [key.replace(/^lookout:/, ""), value]));
}

/** The sample's own detector, else the first that watches the same. */
function playable(detectors: Readonly<Record<string, DetectorConfig>>): string | undefined {
    const fits = ({ interval, dimensions, measures }: DetectorConfig): boolean =>
        interval === "PT1H" &&
        [...dimensions].sort().join() === "marketplace,platform" &&
        ["revenue", "views"].every((name) => measures.some((measure) => measure.name === name));
    const names = Object.keys(detectors).filter((name) => fits(detectors[name]!));
    return names.includes(detectorName) ? detectorName : names[0];
}
