import { objectStatements } from "../access";
import type { DeployHalf, Place, Statement } from "../metricSource";
import { type DuckdbConfig, duckdbSchema, layerNeeds, pathsOf, remotePath } from "./config";

/** The driver's packages, which the layer brings: native code cannot be bundled for another machine. */
const layerPackages = ["@duckdb/node-api"];
const timeoutSeconds = 900;

/** Deploy half of the DuckDB source: a function with a layer that reads files and streams the rows, so that nothing is attached. */
export const duckdb: DeployHalf<DuckdbConfig> = {
    type: "duckdb",
    schema: duckdbSchema,
    statements,
    attachment: () => undefined,
    needs: (config) => ({
        timeoutSeconds,
        memoryMegabytes: config.memoryMegabytes,
        layerPackages,
        ...layerNeeds(config),
    }),
};

/** Reading the objects that the paths mean, and finding them; nothing for paths on the machine. */
function statements(config: DuckdbConfig, place: Place): readonly Statement[] {
    const objects = pathsOf(config)
        .map(remotePath)
        .filter((remote) => remote !== undefined)
        .map(({ bucket, prefix, pattern }) => {
            const keys = prefix === pattern ? prefix : `${prefix}*`;
            return { bucket, keys, prefixes: [keys] };
        });
    return objects.length === 0 ? [] : objectStatements(objects, config.kmsKeyArns, place);
}
