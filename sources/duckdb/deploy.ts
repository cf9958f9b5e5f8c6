import type { DeployHalf, Place, Statement } from "../metricSource";
import { type DuckdbConfig, duckdbSchema, pathsOf, remotePath } from "./config";

/** The driver's packages, which the layer brings: native code cannot be bundled for another machine. */
const layerPackages = ["@duckdb/node-api"];
const timeoutSeconds = 900;

/** Deploy half of the DuckDB source: a function with a layer that reads files and streams the rows, so that nothing is attached. */
export const duckdb: DeployHalf<DuckdbConfig> = {
    type: "duckdb",
    schema: duckdbSchema,
    statements,
    attachment: () => undefined,
    needs: ({ layer, memoryMegabytes }) => ({
        timeoutSeconds,
        memoryMegabytes,
        layerPackages,
        ...(layer === "local" ? {} : { layers: [layer] }),
    }),
};

/** Reading the objects that the paths mean, and finding them; nothing for paths on the machine. */
function statements(config: DuckdbConfig, { partition }: Place): readonly Statement[] {
    const places = pathsOf(config)
        .map(remotePath)
        .filter((place) => place !== undefined);
    if (places.length === 0) return [];
    const buckets = [...new Set(places.map(({ bucket }) => bucket))];
    const objects = places.map(({ bucket, prefix, pattern }) =>
        prefix === pattern ? `arn:${partition}:s3:::${bucket}/${prefix}` : `arn:${partition}:s3:::${bucket}/${prefix}*`,
    );
    return [
        { sid: "ReadFiles", actions: ["s3:GetObject"], resources: [...new Set(objects)] },
        {
            sid: "FindFiles",
            actions: ["s3:ListBucket"],
            resources: buckets.map((bucket) => `arn:${partition}:s3:::${bucket}`),
        },
    ];
}
