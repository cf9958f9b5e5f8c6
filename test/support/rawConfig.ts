import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { projectFolder } from "./sources";

/** A map in a configuration file, with whatever a user may have written. */
export type RawMap = { [key: string]: RawValue };
export type RawValue = string | number | boolean | null | RawValue[] | RawMap;

/** The keys under `lookout:` of a stack file's text, as the program is given them. */
export function rawConfigOf(stackFile: string): RawMap {
    const { config } = parse(stackFile) as { config: RawMap };
    return Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => key.startsWith("lookout:"))
            .map(([key, value]) => [key.slice("lookout:".length), value]),
    );
}

/** A file of the project, by path from its folder. */
export function projectFile(file: string): string {
    return readFileSync(path.join(projectFolder, file), "utf8");
}

/** A small configuration with nothing wrong in it: one source, one detector, every default left to the program. */
export function smallConfig(): { sources: RawMap; detectors: { orders: RawMap } & RawMap } {
    return {
        sources: { warehouse: { type: "redshift", secret: "shop" } },
        detectors: {
            orders: {
                source: "warehouse",
                interval: "PT1H",
                query: "select ts, revenue, views, platform from orders where ts >= {{start}} and ts < {{end}}",
                timestamp: { column: "ts" },
                dimensions: ["platform"],
                measures: [
                    { name: "revenue", aggregation: "SUM" },
                    { name: "views", aggregation: "AVG" },
                ],
            },
        },
    };
}
