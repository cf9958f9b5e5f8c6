import type { UnbuiltHalf } from "../metricSource";
import { bigquerySchema } from "./config";

/** Known, and not built: its configuration is checked, and no row can be extracted. */
export const bigquery: UnbuiltHalf = {
    type: "bigquery",
    schema: bigquerySchema,
    unbuilt:
        "is not built yet: its keys are checked, and no rows can be extracted. To build it run npx lookout new-source bigquery, which writes " +
        'what is missing, and follow docs/adding-a-source.md and "How to build it" in sources/bigquery/README.md',
};
