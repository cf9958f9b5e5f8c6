import { z } from "zod";
import { ConfigError } from "../errors";
import type { SourceConfig } from "./deploy";
import type { Attacher, Extractor, OpenedSource, RunHalf, SourceType } from "./metricSource";
import { openRedshiftAttacher } from "./redshift/attach";
import { redshiftSchema } from "./redshift/config";
import { openRedshift } from "./redshift/extractor";

/** The run half of each source; twin of `sources/deploy.ts`, so that no function imports Pulumi. One line per source. */
export const runHalves = {
    redshift: { schema: redshiftSchema, open: openRedshift, openAttacher: openRedshiftAttacher },
} satisfies { readonly [Type in SourceType]: RunHalf<Extract<SourceConfig, { type: Type }>> };

/** A source as it comes in an event or a variable: what it is, and its configuration as it stands in the stack file. */
const givenSource = z.object({
    name: z.string(),
    config: z.looseObject({ type: z.string() }),
    unloadRoleArn: z.string().optional(),
});

/** Opens the extractor of a source: `{name, config, unloadRoleArn?}`. Throws ConfigError when that is no source of a known type. */
export function openExtractor(given: unknown, region: string): Extractor {
    const { half, source } = readSource(given, region);
    return half.open(source);
}

/** Opens what attaches a role to a source's database; throws ConfigError for a type that needs nothing attached. */
export function openAttacher(given: unknown, region: string): Attacher {
    const { half, source } = readSource(given, region);
    if (half.openAttacher === undefined) {
        const finding = `nothing is ever attached to a database of the type ${source.config.type}`;
        throw new ConfigError([{ key: `lookout:sources.${source.name}`, finding }], { source: source.name });
    }
    return half.openAttacher(source);
}

function readSource(
    given: unknown,
    region: string,
): { readonly half: RunHalf<SourceConfig>; readonly source: OpenedSource<SourceConfig> } {
    const { name, config, unloadRoleArn } = givenSource.parse(given);
    const type = config.type;
    if (!isSourceType(type)) {
        const finding = `"${type}" is not a type of source; expected one of ${Object.keys(runHalves).join(", ")}`;
        throw new ConfigError([{ key: `lookout:sources.${name}.type`, finding }], { source: name });
    }
    const half: RunHalf<SourceConfig> = runHalves[type];
    const parsed = half.schema.safeParse(config);
    if (!parsed.success) {
        const problems = parsed.error.issues.map(({ path, message }) => ({
            key: ["lookout:sources", name, ...path.map(String)].join("."),
            finding: message,
        }));
        throw new ConfigError(problems, { source: name });
    }
    return {
        half,
        source: { name, config: parsed.data, region, ...(unloadRoleArn !== undefined && { unloadRoleArn }) },
    };
}

function isSourceType(type: string): type is SourceType {
    return Object.hasOwn(runHalves, type);
}
