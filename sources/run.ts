/* eslint-disable @typescript-eslint/no-require-imports, @typescript-eslint/consistent-type-imports --
 * `import()` would ask Node itself for the module, which knows no TypeScript; `require` is loaded like every other module, on a laptop
 * as in a bundle.
 */
import { z } from "zod";
import { ConfigError } from "../errors";
import { athenaSchema } from "./athena/config";
import type { ConfigOf, SourceConfig, SourceType } from "./deploy";
import type { Attacher, Extractor, OpenedSource, RunHalf } from "./metricSource";
import { duckdbSchema } from "./duckdb/config";
import { mysqlSchema } from "./mysql/config";
import { postgresSchema } from "./postgres/config";
import { redshiftDatabase, redshiftSchema } from "./redshift/config";
import { s3Schema } from "./s3/config";
import { snowflakeSchema } from "./snowflake/config";

/**
 * The run half of each source; twin of `sources/deploy.ts`, so that no function imports Pulumi. One entry per source. The bundle of an
 * extractor keeps the extractor of its own source's type only (`components/bundles.ts`), which it knows by its path here.
 */
export const runHalves = {
    athena: {
        schema: athenaSchema,
        load: async () => require("./athena/extractor") as typeof import("./athena/extractor"),
    },
    duckdb: {
        schema: duckdbSchema,
        load: async () => require("./duckdb/extractor") as typeof import("./duckdb/extractor"),
    },
    mysql: {
        schema: mysqlSchema,
        load: async () => require("./mysql/extractor") as typeof import("./mysql/extractor"),
    },
    postgres: {
        schema: postgresSchema,
        load: async () => require("./postgres/extractor") as typeof import("./postgres/extractor"),
    },
    redshift: {
        schema: redshiftSchema,
        load: async () => require("./redshift/extractor") as typeof import("./redshift/extractor"),
        loadAttacher: async () => require("./redshift/attach") as typeof import("./redshift/attach"),
        databaseOf: redshiftDatabase,
    },
    s3: {
        schema: s3Schema,
        load: async () => require("./s3/extractor") as typeof import("./s3/extractor"),
    },
    snowflake: {
        schema: snowflakeSchema,
        load: async () => require("./snowflake/extractor") as typeof import("./snowflake/extractor"),
    },
} satisfies { readonly [Type in SourceType]: RunHalf<ConfigOf<Type>> };

/** A source as it comes in an event or a variable: what it is, and its configuration as it stands in the stack file. */
const givenSource = z.object({
    name: z.string(),
    config: z.looseObject({ type: z.string() }),
    unloadRoleArn: z.string().optional(),
    bucket: z.string().optional(),
});

/** Opens the extractor of a source: `{name, config, unloadRoleArn?, bucket?}`. Throws ConfigError when that is no source of a known type. */
export async function openExtractor(given: unknown, region: string): Promise<Extractor> {
    const { half, source } = readSource(given, region);
    return (await half.load()).open(source);
}

/** Opens what attaches a role to a source's database; throws ConfigError for a type that needs nothing attached. */
export async function openAttacher(given: unknown, region: string): Promise<Attacher> {
    const { half, source } = readSource(given, region);
    if (half.loadAttacher === undefined) {
        const finding = `nothing is ever attached to a database of the type ${source.config.type}`;
        throw new ConfigError([{ key: `lookout:sources.${source.name}`, finding }], { source: source.name });
    }
    return (await half.loadAttacher()).openAttacher(source);
}

/** Which database a source's configuration means, as a text to compare. Throws ConfigError when it is no source of a known type. */
export function databaseOf(given: unknown): string {
    const { half, source } = readSource(given, "");
    return `${source.config.type} ${half.databaseOf?.(source.config) ?? JSON.stringify(source.config)}`;
}

function readSource(
    given: unknown,
    region: string,
): { readonly half: RunHalf<SourceConfig>; readonly source: OpenedSource<SourceConfig> } {
    const { name, config, ...rest } = givenSource.parse(given);
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
        source: { name, config: parsed.data, region, ...rest },
    };
}

function isSourceType(type: string): type is SourceType {
    return Object.hasOwn(runHalves, type);
}
