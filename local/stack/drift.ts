import { extractionSpec } from "../../config/extractionSpec";
import { generationOf } from "../../pipeline/query";
import type { DetectorDefinition } from "../../pipeline/records";
import type { StackConfig } from "../stackConfig";

/** What of a deployed detector is not as the stack's file says, in words; nothing when all of it is. */
export function driftOf({ config }: StackConfig, definition: DetectorDefinition): string[] {
    const wanted = config.detectors[definition.name];
    const source = wanted === undefined ? undefined : config.sources[wanted.source];
    if (wanted === undefined || source === undefined) return ["is no longer in the configuration"];
    const generation = generationOf(extractionSpec(wanted, source));
    const has = [definition.live, definition.next];
    const differs = (name: string, deployed: unknown, configured: unknown): string[] =>
        JSON.stringify(deployed) === JSON.stringify(configured)
            ? []
            : [`${name}: ${shown(deployed)} is deployed, ${shown(configured)} is configured`];
    return [
        ...(has.includes(generation)
            ? []
            : ["query, source, interval, columns or history: another generation is configured"]),
        ...differs("offset", definition.offsetSeconds, wanted.offsetSeconds),
        ...differs("lateness", definition.latenessSeconds, wanted.latenessSeconds),
        ...differs("source", definition.source, wanted.source),
    ];
}

/** Detectors of the stack's file that are not deployed. */
export const undeployed = ({ config }: StackConfig, deployed: readonly string[]): string[] =>
    Object.keys(config.detectors).filter((name) => !deployed.includes(name));

const shown = (value: unknown): string => (typeof value === "number" ? `${value} s` : `"${String(value)}"`);
