import { NotFoundError } from "../errors";
import { runningBackfills } from "../pipeline/backfillExecutions";
import { deleteBelow } from "../pipeline/generations";
import {
    arrivalIncidentKey,
    deliveryIncidentKey,
    emptyHistoryKey,
    incidentKey,
    scoringIncidentKey,
    ticketsPrefix,
} from "../pipeline/objectLayout";
import type { DetectorDefinition } from "../pipeline/records";
import { cancelTickets, runningLive, stoppedOnPurpose } from "./detectorExecutions";
import type { DetectorService } from "./detectorService";
import { UnsettledError } from "./patience";
import { definitionKeys, findDefinition, type ReconcilerWorld, type Wanted } from "./reconciler";

/** States in which the service refuses to delete a detector. */
const undeletable: ReadonlySet<string> = new Set([
    "ACTIVATING",
    "DEACTIVATING",
    "BACK_TEST_ACTIVATING",
    "BACK_TEST_ACTIVE",
    "DELETING",
]);

/**
 * Takes a detector away: its definition first, so that no tick begins anything, then what is running, then the detector itself and,
 * unless data are kept, its folder. Acts on its own alone. Throws UnsettledError while the detector is still there; what is gone
 * already is passed over.
 */
export async function deleteDetector(
    world: ReconcilerWorld,
    { request, detectorArn, generation }: Wanted,
): Promise<void> {
    const { store } = world;
    const definition = await unlessBucketGone(() => findDefinition(store, request.name));
    const isOurs = definition === undefined || definition.owner === request.owner;
    if (isOurs) {
        await unlessBucketGone(() => store.delete(definitionKeys(request.name)));
        await stopExecutions(world, request.name, new Set([generation, ...generationsOf(definition)]));
        const extractor = definition?.extractor ?? request.extractor;
        await unlessBucketGone(() =>
            cancelTickets(store, ticketsPrefix(request.name), (key) => world.cancel(extractor, key)),
        );
    }
    await deleteFromService(world.service, detectorArn, request.owner);
    if (!isOurs) return;
    await unlessBucketGone(async () => {
        await store.delete(toldKeys(request));
        if (!request.keepData) await deleteBelow(store, `${request.name}/`);
    });
}

/** Deletes a detector that belongs to the owner; leaves any other. Throws UnsettledError until it is gone. */
export async function deleteFromService(service: DetectorService, arn: string, owner: string): Promise<void> {
    const detector = await service.describe(arn);
    if (detector === undefined || (await service.ownerOf(arn)) !== owner) return;
    if (!undeletable.has(detector.status)) await service.delete(arn);
    const left = await service.describe(arn);
    if (left === undefined) return;
    throw new UnsettledError(
        `the detector ${arn} is ${left.status} and not gone yet; run the same command again in a minute`,
    );
}

async function stopExecutions(
    { executions, liveMachine, backfillMachine }: ReconcilerWorld,
    detector: string,
    generations: ReadonlySet<string>,
): Promise<void> {
    const backfills = await runningBackfills(executions, backfillMachine, detector, generations);
    const live = await runningLive(executions, liveMachine, detector);
    for (const arn of [...backfills.map((backfill) => backfill.arn), ...live]) {
        await executions.stop(arn, stoppedOnPurpose, `the detector "${detector}" was deleted`);
    }
}

const generationsOf = (definition: DetectorDefinition | undefined): string[] =>
    [definition?.live, definition?.next].filter((generation) => typeof generation === "string");

/** What is kept of messages about the detector: one that is created again under its name begins anew. */
const toldKeys = ({ name, detectorName }: Wanted["request"]): string[] => [
    incidentKey(name, "live"),
    incidentKey(name, "backfill"),
    arrivalIncidentKey(name),
    emptyHistoryKey(name),
    scoringIncidentKey(detectorName),
    deliveryIncidentKey(detectorName),
];

/** With the bucket everything in it is gone: that must not keep the rest from being deleted. */
async function unlessBucketGone<T>(act: () => Promise<T>): Promise<T | undefined> {
    try {
        return await act();
    } catch (error) {
        if (error instanceof NotFoundError) return undefined;
        throw error;
    }
}
