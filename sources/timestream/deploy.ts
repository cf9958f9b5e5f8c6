import type { UnbuiltHalf } from "../metricSource";
import { timestreamSchema } from "./config";

/** Known, and not built: its configuration is checked, and no row can be extracted. */
export const timestream: UnbuiltHalf = {
    type: "timestream",
    schema: timestreamSchema,
    unbuilt:
        "is not built yet: its keys are checked, and no rows can be extracted. To build it run npx lookout new-source timestream, which writes " +
        'what is missing, and follow docs/adding-a-source.md and "How to build it" in sources/timestream/README.md',
};
