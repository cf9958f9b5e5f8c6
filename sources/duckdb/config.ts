import { z } from "zod";
import { kmsKeyArns, maxConcurrentStatements, sourceTimeZone } from "../keys";
import { formatOf, readableEndings } from "./files";

/** A file on the machine or `s3://bucket/key`; a glob (`*`, `**`, `?`) for several. */
const path = z
    .string()
    .min(1)
    .refine((text) => formatOf(text) !== undefined, {
        error: `does not end in one of ${readableEndings.join(", ")}; .gz and .zst may follow`,
    })
    .refine(isFixedBucket, {
        error: "names no bucket and prefix before its first * or ?; expected s3://bucket/prefix/*.parquet",
    });

const layerHelp =
    "DuckDB is native code, which a function gets from a layer: give a folder such as ./layer that holds it (sources/duckdb/README.md has the " +
    'command), the ARN of a layer, or "local" for a stack that is checked and previewed, and not deployed';

const layerArn = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+$/;
/** A folder or zip: told from a word that is none by its slash or its ending. */
const layerPath = /^(?!arn:|s3:).*(\/.*|\.zip)$/;

/** The keys of `lookout:sources.<name>` for DuckDB: files, or a database file. */
export const duckdbSchema = z
    .strictObject({
        type: z.literal("duckdb"),
        /** A DuckDB database file, which is opened for reading only; relative to the folder in which the command runs. */
        database: z.string().min(1).optional(),
        /** Views over files by the views' names: `sales: "data/sales-*.parquet"`. */
        files: z
            .record(
                z.string().regex(/^[A-Za-z_]\w{0,62}$/, {
                    error: "is not a name for a view; expected letters, digits and _",
                }),
                z.union([path, z.array(path).min(1)]),
            )
            .default({}),
        /**
         * What brings `@duckdb/node-api` to the function: a folder or zip of this project, which the program makes a layer of, or the ARN of a
         * layer; `local` where nothing is deployed.
         */
        layer: z
            .string({ error: `is missing; ${layerHelp}` })
            .refine((text) => text === "local" || layerArn.test(text) || layerPath.test(text), {
                error: `is no layer; ${layerHelp}`,
            }),
        /** Memory of the extractor function in MB, of which DuckDB uses half, and less below 896: a function of 512 MB leaves it 64. */
        memoryMegabytes: z.int().min(512).max(10_240).default(2048),
        kmsKeyArns,
        sourceTimeZone,
        maxConcurrentStatements,
        /** How the rows are stored. */
        compression: z.enum(["NONE", "GZIP"]).default("NONE"),
    })
    .superRefine(({ database, files }, context) => {
        if (database === undefined && Object.keys(files).length === 0)
            context.addIssue({
                code: "custom",
                path: ["files"],
                message: "is missing, and so is database; give one of them",
            });
    });

export type DuckdbConfig = z.output<typeof duckdbSchema>;

/** All paths of a configuration. */
export const pathsOf = ({ database, files }: DuckdbConfig): string[] => [
    ...(database === undefined ? [] : [database]),
    ...Object.values(files).flat(),
];

/** What `layer` asks of the function: a layer that there is, one to be made, or nothing. */
export function layerNeeds({ layer }: Pick<DuckdbConfig, "layer">): { layers?: readonly string[]; layerPath?: string } {
    if (layer === "local") return {};
    return layerArn.test(layer) ? { layers: [layer] } : { layerPath: layer };
}

/** A place in S3: the bucket, and what its keys begin with for certain. */
export interface RemotePath {
    readonly bucket: string;
    /** The key, or a glob. */
    readonly pattern: string;
    readonly prefix: string;
}

/** Reads `s3://bucket/key`; undefined for a path on the machine. */
export function remotePath(text: string): RemotePath | undefined {
    const [, bucket, pattern] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text) ?? [];
    if (bucket === undefined || pattern === undefined) return undefined;
    return { bucket, pattern, prefix: pattern.replace(/[*?[].*$/, "") };
}

function isFixedBucket(text: string): boolean {
    return !text.startsWith("s3://") || /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[^*?[]/.test(text);
}
