import type { UnbuiltHalf } from "../metricSource";
import { sqlserverSchema } from "./config";

/** Known, and not built: its configuration is checked, and no row can be extracted. */
export const sqlserver: UnbuiltHalf = {
    type: "sqlserver",
    schema: sqlserverSchema,
    unbuilt:
        "is not built yet: its keys are checked, and no rows can be extracted. To build it run npx lookout new-source sqlserver, which writes " +
        'what is missing, and follow docs/adding-a-source.md and "How to build it" in sources/sqlserver/README.md',
};
