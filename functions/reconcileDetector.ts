import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { setTimeout as pause } from "node:timers/promises";
import { readEnvironment } from "../config/environment";
import { openDetection } from "../detection/client";
import { openS3ObjectStore } from "../objects/s3ObjectStore";
import { openDetectorService } from "../operations/detectorService";
import { type Reconciled, reconcileDetector } from "../operations/reconcileDetector";
import { reconcileEvent } from "../pipeline/detectorRequest";
import { openExecutions } from "../pipeline/executions";
import { openExtractorFunctions } from "../pipeline/extractorFunctions";
import { readEvent } from "../pipeline/run";

const base = readEnvironment(process.env, ["bucket", "region", "account", "liveMachine", "backfillMachine"]);
const { endpoint, endpointSigning: signing } = readEnvironment(process.env, ["endpoint", "endpointSigning"]);
const { region } = base;
const store = openS3ObjectStore(new S3Client({ region }), base.bucket);
const executions = openExecutions(new SFNClient({ region }));
const service = openDetectorService(openDetection({ endpoint, signing, region }));
const { cancel } = openExtractorFunctions(new LambdaClient({ region }));

/** Creates, changes and deletes one detector; called by the program's life-cycle invocation. */
export const handler = async (event: unknown): Promise<Reconciled> => {
    const world = { ...base, store, service, executions, cancel, pause };
    return reconcileDetector(world, readEvent(reconcileEvent, event, "reconcileDetector"));
};
