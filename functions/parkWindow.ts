import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { windowParked } from "../operations/happenings";
import { openTelemetry } from "../operations/telemetry";
import { parkEvent, parkWindow } from "../pipeline/park";
import { parkedOutcome, readEvent } from "../pipeline/run";

const { bucket, region, stack } = readEnvironment(process.env, ["bucket", "region", "stack"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);
const tell = openTelemetry(stack, process.stdout, () => Date.now());

/** Puts a window aside that failed, so that it blocks no other. */
export const handler = async (event: unknown) => {
    const parking = readEvent(parkEvent, event, "parkWindow");
    const outcome = await parkWindow(store, parking);
    tell(windowParked(parking, outcome));
    return z.encode(parkedOutcome, outcome);
};
