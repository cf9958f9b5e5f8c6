import { SFNClient } from "@aws-sdk/client-sfn";
import { z } from "zod";
import { openAlerting } from "../alerts/alerting";
import { deliverAlerts } from "../alerts/deliver";
import { readEnvironment } from "../config/environment";
import { detectorArn, parseArn } from "../detection/api/arns";
import { openDelivery } from "../detection/aws/delivery";
import { openHome } from "../detection/aws/home";
import { learnByMachine } from "../detection/aws/learnShards";
import { openDetectorStore } from "../detection/store/detectors";
import { createRunCache } from "../detection/store/runs";
import type { ScoredWindows } from "../detection/worker/work";
import { runJob } from "../detection/worker/worker";
import { NotFoundError } from "../errors";
import { windowsScored } from "../operations/happenings";
import { openTelemetry } from "../operations/telemetry";
import { openExecutions } from "../pipeline/executions";
import { readEvent } from "../pipeline/run";

const environment = readEnvironment(process.env, ["bucket", "region", "account", "worker", "access", "stack"]);
const { delivery: letters, learnMachine } = readEnvironment(process.env, ["delivery", "learnMachine"]);
const home = openHome(environment);
const { place, buckets, dispatch } = home;
const delivery = openDelivery(home, letters);
const executions = openExecutions(new SFNClient({ region: place.region }));
const tell = openTelemetry(environment.stack, process.stdout, () => Date.now());
const services = {
    detectors: openDetectorStore(buckets.store),
    buckets,
    cache: createRunCache(),
    scored: (windows: ScoredWindows) => tell(windowsScored(windows)),
    alerting: openAlerting(buckets.store, (detector) => dispatch({ job: "deliver", detector })),
    learnShards: (detector: string, run: string, shards: number) =>
        learnByMachine(executions, learnMachine, { detector, detectorArn: detectorArn(place, detector), run, shards }),
};
const workEvent = z.object({
    job: z.enum(["learn", "advance", "learnShard", "mergeShards", "deliver"]),
    detectorArn: z.string(),
    shard: z.int().nonnegative().optional(),
});

/** Learns a detector's history, scores the windows that have been committed since, or delivers what its alerts have to tell. */
export const handler = async (event: unknown): Promise<object> => {
    const { detectorArn: arn, ...work } = readEvent(workEvent, event, "detectionWorker");
    const detector = parseArn(place, arn)?.detector;
    if (detector === undefined) throw new NotFoundError(`${arn} is not the ARN of a detector of this service`);
    if (work.job === "deliver") return deliverAlerts(delivery, detector, () => Date.now());
    await runJob(services, { ...work, detector }, Date.now());
    return {};
};
