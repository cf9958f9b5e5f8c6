import { z } from "zod";
import { DataError, NotFoundError } from "../errors";
import type { ObjectStore } from "../objects/objectStore";
import { missingHistory } from "../pipeline/backfillPlan";
import { noDetectorOptions } from "../pipeline/detectorOptions";
import { readDocument, updateDocument } from "../pipeline/documents";
import { deleteOtherGenerations, hasOtherGenerations } from "../pipeline/generations";
import { historyDigest } from "../pipeline/historyDigest";
import { type IsRunning, isHeld, readLease, releaseLease, takeLease } from "../pipeline/lease";
import { readGeneration, readLedger } from "../pipeline/ledger";
import { definitionKey } from "../pipeline/objectLayout";
import { type DetectorDefinition, detectorDefinition, type GenerationRecord } from "../pipeline/records";
import { type Run, runRecord } from "../pipeline/run";
import type { DetectorService, DetectorState, MetricSetState } from "./detectorService";
import { ensureAlerts } from "./ensureAlerts";
import { historicalPath, metricSetOf } from "./metricSet";

/** A backfill whose windows are all committed. */
export const activateEvent = z.object({ run: runRecord });

export interface ActivationWorld {
    readonly store: ObjectStore;
    /** Bucket behind `store`, for the paths that the detection service reads. */
    readonly bucket: string;
    readonly service: DetectorService;
    readonly isRunning: IsRunning;
}

/** How far it is: `ACTIVATING` means ask again. */
export interface Activation {
    readonly status: "ACTIVATING" | "LEARNING" | "ACTIVE";
    readonly waitSeconds: number;
}

/** The machine asks for up to a day, 1,440 times at most: more often would fill the history that an execution may have. */
const waitSeconds = 60;
const waiting: Activation = { status: "ACTIVATING", waitSeconds };
/** For a run that has been overtaken: whoever overtook it brings the detector up. */
const leftToOthers: Activation = { status: "LEARNING", waitSeconds: 0 };

/**
 * Brings a detector to read and learn a generation, one step a call, until it is learning or active; then switches the ticks to
 * the generation and deletes the others' data. May be called any number of times. Throws DataError with the service's reason when
 * the activation failed.
 */
export async function activateDetector(world: ActivationWorld, run: Run): Promise<Activation> {
    const definition = await readDefinition(world.store, run);
    if (definition.next !== run.generation && definition.live !== run.generation) return leftToOthers;
    const record = await readGeneration(world.store, run.detector, run.generation);
    if (!(await isHistoryComplete(world, run, record))) return leftToOthers;
    const status = await stepTowards({ ...world, run, definition, record });
    if (status === "ACTIVATING") return waiting;
    await switchTo(world.store, run);
    return (await removeOthers(world, run)) ? { status, waitSeconds: 0 } : waiting;
}

async function readDefinition(store: ObjectStore, run: Run): Promise<DetectorDefinition> {
    const found = await readDocument(store, definitionKey(run.interval, run.detector), detectorDefinition);
    if (found !== undefined) return found.value;
    throw new NotFoundError(
        `the detector "${run.detector}" was deleted or changed its interval; nothing is activated`,
        {
            detector: run.detector,
        },
    );
}

/** False when another execution is still at it; throws when nobody is and windows are missing. */
async function isHistoryComplete(world: ActivationWorld, run: Run, record: GenerationRecord): Promise<boolean> {
    const missing = missingHistory(await readLedger(world.store, run.detector, record));
    if (missing.length === 0) return true;
    const lease = await readLease(world.store, run.detector, "backfill");
    if (lease?.value.owner !== run.execution && (await isHeld(lease, world.isRunning))) return false;
    throw new DataError(
        `"${run.detector}" cannot be activated: ${missing.length} windows of its history are missing; ` +
            "see why they failed; later ticks start the backfill again by themselves",
        { detector: run.detector, source: run.source },
    );
}

interface Step extends ActivationWorld {
    readonly run: Run;
    readonly definition: DetectorDefinition;
    readonly record: GenerationRecord;
}

/** Takes the next step, if one is needed and possible now. */
async function stepTowards(step: Step): Promise<Activation["status"]> {
    const { service, definition, run, bucket } = step;
    const { detectorArn: arn } = definition;
    const [detector, metricSet] = await Promise.all([service.describe(arn), service.metricSet(arn)]);
    if (detector === undefined || metricSet === undefined) throw missingDetector(definition);
    const isOurs = metricSet.historicalPaths.includes(historicalPath(bucket, run.detector, run.generation));
    switch (detector.status) {
        case "LEARNING":
        case "ACTIVE":
            if (isOurs && (await hasLearned(step))) return detector.status;
            await service.deactivate(arn);
            return "ACTIVATING";
        case "INACTIVE":
        case "DEACTIVATED":
        case "FAILED":
            if (isOurs) requireNoFailure(step, detector);
            else await redirect(step, detector, metricSet);
            await activate(step);
            return "ACTIVATING";
        default:
            return "ACTIVATING";
    }
}

/** Whether the detector was activated over the history as it is now: windows of it may have been extracted again since. */
async function hasLearned({ store, run, definition: { learned } }: Step): Promise<boolean> {
    return learned === undefined || learned === (await historyDigest(store, run));
}

/** Makes the metric set name this generation. */
async function redirect(step: Step, detector: DetectorState, metricSet: MetricSetState): Promise<void> {
    const { service, definition, record, bucket, run } = step;
    const { spec, generation } = record;
    if (detector.interval !== spec.interval) {
        await service.update(definition.detectorArn, { interval: spec.interval });
    }
    const { offsetSeconds } = definition;
    const { Timezone: _fixed, ...shape } = metricSetOf({
        bucket,
        detector: run.detector,
        generation,
        spec,
        offsetSeconds,
    });
    await service.updateMetricSet(metricSet.arn, shape);
    await service.putOptions(definition.detectorArn, definition.options ?? noDetectorOptions);
}

async function activate({ store, service, run, definition }: Step): Promise<void> {
    const { detectorArn, name: detector, owner, alerts = {} } = definition;
    // Alerts may filter by what only this generation has.
    const detectorName = detectorArn.slice(detectorArn.lastIndexOf(":") + 1);
    await ensureAlerts(service.alerts, { detectorArn, detectorName, detector, owner, alerts });
    const learned = await historyDigest(store, run);
    await changeDefinition(store, run, (current) => ({ ...current, activatedBy: run.execution, learned }));
    await service.activate(detectorArn);
}

/** A failure that is older than this run is what the run is there to repair; its own is final. */
function requireNoFailure({ run, definition }: Step, { status, failureReason }: DetectorState): void {
    if (status !== "FAILED" || definition.activatedBy !== run.execution) return;
    throw new DataError(
        `the detection service could not activate "${run.detector}": ${failureReason ?? "it gave no reason"}`,
        { detector: run.detector, source: run.source },
    );
}

function missingDetector({ name, detectorArn }: DetectorDefinition): NotFoundError {
    return new NotFoundError(
        `the detection service has no detector ${detectorArn}, or it has no metric set; ` +
            'change its description and run "pulumi up", which creates it again',
        { detector: name },
    );
}

/** From here on ticks plan windows of this generation. */
async function switchTo(store: ObjectStore, run: Run): Promise<void> {
    await changeDefinition(store, run, (current) =>
        current.next === run.generation ? { ...current, live: run.generation, next: null } : current,
    );
}

async function changeDefinition(
    store: ObjectStore,
    run: Run,
    change: (current: DetectorDefinition) => DetectorDefinition,
): Promise<void> {
    await updateDocument(store, definitionKey(run.interval, run.detector), detectorDefinition, (current) => {
        if (current !== undefined) return change(current);
        throw new NotFoundError(`the detector "${run.detector}" was deleted while it was activated`, {
            detector: run.detector,
        });
    });
}

/**
 * Deletes the data of generations that the detector neither reads nor is to read next, under the live lease: a run of an older
 * generation that is still writing ends first, and the next one is of this generation. False while such a run goes on.
 */
async function removeOthers({ store, isRunning }: ActivationWorld, run: Run): Promise<boolean> {
    // Another generation may be wanted since this run began, and its history be under way.
    const kept = async (): Promise<ReadonlySet<string>> => {
        const { live, next } = await readDefinition(store, run);
        return new Set([run.generation, live, next].filter((generation) => generation !== null));
    };
    if (!(await hasOtherGenerations(store, run.detector, await kept()))) return true;
    const state = await readLease(store, run.detector, "live");
    const isOurs = state?.value.owner === run.execution;
    if (!isOurs && (await isHeld(state, isRunning))) return false;
    const lease = isOurs ? state.value : await takeLease(store, run.detector, "live", state, () => run.execution);
    if (lease === undefined) return false;
    await deleteOtherGenerations(store, run.detector, kept);
    await releaseLease(store, run.detector, "live", { owner: run.execution, fence: lease.fence });
    return true;
}
