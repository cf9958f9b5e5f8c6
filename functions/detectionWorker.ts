import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import { readEnvironment } from "../config/environment";
import { partitionOf, parseArn } from "../detection/api/arns";
import { openDetectorStore } from "../detection/store/detectors";
import { createRunCache } from "../detection/store/runs";
import { runJob } from "../detection/worker/worker";
import { NotFoundError } from "../errors";
import { openS3ObjectStore } from "../objects/s3ObjectStore";

const { bucket, region, account } = readEnvironment(process.env, ["bucket", "region", "account"]);
const place = { partition: partitionOf(region), region, accountId: account };
const s3 = new S3Client({ region });
const store = openS3ObjectStore(s3, bucket);
const services = {
    detectors: openDetectorStore(store),
    buckets: { own: bucket, store, open: (other: string) => openS3ObjectStore(s3, other) },
    cache: createRunCache(),
};
const workEvent = z.object({ job: z.enum(["learn", "advance"]), detectorArn: z.string() });

/** Learns a detector's history, or scores the windows that have been committed since. */
export const handler = async (event: unknown): Promise<object> => {
    const { job, detectorArn } = workEvent.parse(event);
    const detector = parseArn(place, detectorArn)?.detector;
    if (detector === undefined) throw new NotFoundError(`${detectorArn} is not the ARN of a detector of this service`);
    await runJob(services, { job, detector }, Date.now());
    return {};
};
