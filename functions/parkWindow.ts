import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { parkEvent, parkWindow } from "../pipeline/park";
import { parkedOutcome, readEvent } from "../pipeline/run";

const { bucket, region } = readEnvironment(process.env, ["bucket", "region"]);
const store = openS3ObjectStore(new S3Client({ region }), bucket);

/** Puts a window aside that failed, so that it blocks no other. */
export const handler = async (event: unknown) =>
    z.encode(parkedOutcome, await parkWindow(store, readEvent(parkEvent, event, "parkWindow")));
