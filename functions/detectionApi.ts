import { handle } from "hono/aws-lambda";
import { readEnvironment } from "../config/environment";
import { createDetectionApi } from "../detection/api/app";
import { openHome } from "../detection/aws/home";
import { openDetectorStore } from "../detection/store/detectors";
import { createRunCache } from "../detection/store/runs";

const environment = readEnvironment(process.env, ["bucket", "region", "account", "worker", "access"]);
const { limits } = readEnvironment(process.env, ["limits"]);
const home = openHome(environment);
const { store: objects } = home.buckets;
const app = createDetectionApi(
    {
        ...home,
        objects,
        detectors: openDetectorStore(objects),
        cache: createRunCache(),
        limits,
        now: () => Date.now(),
    },
    (error) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
);

/** The detection service's API behind a function URL. */
export const handler = handle(app);
