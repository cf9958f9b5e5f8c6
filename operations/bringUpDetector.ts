import { ConfigError } from "../errors";
import { runningBackfills, startBackfill } from "../pipeline/backfillExecutions";
import { updateDocument, writeDocument } from "../pipeline/documents";
import { saysNothing } from "../pipeline/detectorOptions";
import { definitionKey, generationKey, ticketsPrefix } from "../pipeline/objectLayout";
import { type DetectorDefinition, detectorDefinition, generationRecord } from "../pipeline/records";
import { deleteFromService } from "./deleteDetector";
import { cancelTickets, stoppedOnPurpose } from "./detectorExecutions";
import type { DetectorState, MetricSetState } from "./detectorService";
import { ensureAlerts } from "./ensureAlerts";
import { historicalPath, metricSetOf } from "./metricSet";
import { UnsettledError } from "./patience";
import { definitionKeys, detectorArnOf, findDefinition, type ReconcilerWorld, type Wanted } from "./reconciler";

/**
 * Brings a detector to what is wanted: created or adopted, its description and offset brought up to date, its generation recorded,
 * and a backfill started where the detector does not read that generation yet. Every step looks first, so all may be repeated.
 */
export async function bringUpDetector(world: ReconcilerWorld, wanted: Wanted): Promise<void> {
    const { store } = world;
    const { request, generation } = wanted;
    const before = await findDefinition(store, request.name);
    if (before !== undefined) requireOwner(before.owner, wanted);
    const detector = await ensureDetector(world, wanted);
    const metricSet = await ensureMetricSet(world, wanted, detector);
    const reads = metricSet.historicalPaths.includes(historicalPath(world.bucket, request.name, generation));
    // A generation that is still to be learned may have other measures: its activation says what is known of them.
    if (reads) {
        await ensureOptions(world, wanted, detector, before);
        await ensureWantedAlerts(world, wanted, before);
    }
    const isUp = reads && (detector.status === "ACTIVE" || detector.status === "LEARNING");
    const key = definitionKey(request.spec.interval, request.name);
    const definition = await updateDocument(store, key, detectorDefinition, (current) =>
        definitionOf(wanted, isUp, current ?? before),
    );
    // After the definition: whoever deletes generations that no definition names must not find this one's record among them.
    const record = { version: 1, generation, spec: request.spec } as const;
    await writeDocument(store, generationKey(request.name, generation), generationRecord, record, { ifAbsent: true });
    await followGeneration(world, wanted, before, definition);
    await leaveFormerPlaces(world, wanted, before);
}

/** The detector, created where there is none; one that a failed create left is adopted by its owner tag. */
async function ensureDetector({ service }: ReconcilerWorld, wanted: Wanted): Promise<DetectorState> {
    const { request, detectorArn } = wanted;
    let detector = await service.describe(detectorArn);
    if (detector === undefined) {
        // Another call may create it at the same moment: that is a conflict, which passes, and it is found the next time.
        const { description, owner, detectorName: name, spec } = request;
        await service.create({ name, description, interval: spec.interval, owner });
        detector = await service.describe(detectorArn);
    } else {
        requireOwner(await service.ownerOf(detectorArn), wanted);
    }
    if (detector === undefined || detector.status === "DELETING") {
        throw new UnsettledError(
            `the detector "${request.detectorName}" is being deleted; run "pulumi up" again in a minute`,
        );
    }
    // One that is taken away stays at the service, which cannot clear it.
    if (request.description !== "" && detector.description !== request.description) {
        requireSteady(detector, wanted);
        await service.update(detectorArn, { description: request.description });
    }
    return detector;
}

/** The metric set, created where there is none. Which generation it reads is changed by the activation alone. */
async function ensureMetricSet(
    { service, bucket }: ReconcilerWorld,
    wanted: Wanted,
    detector: DetectorState,
): Promise<MetricSetState> {
    const { request, detectorArn, generation } = wanted;
    const { name, offsetSeconds, spec } = request;
    const found = await service.metricSet(detectorArn);
    if (found === undefined) {
        const shape = metricSetOf({ bucket, detector: name, generation, spec, offsetSeconds });
        await service.createMetricSet(detectorArn, request.detectorName, shape);
        const created = await service.metricSet(detectorArn);
        if (created === undefined)
            throw new UnsettledError(`the metric set of "${request.detectorName}" is not visible yet`);
        return created;
    }
    if (found.timeZone !== spec.timeZone) throw fixedTimeZone(wanted, found.timeZone);
    if (found.offsetSeconds !== offsetSeconds) {
        requireSteady(detector, wanted);
        await service.updateMetricSet(found.arn, { Offset: offsetSeconds });
    }
    return found;
}

/**
 * What the user knows, told to the service. A changed ratio has to be learned anew: the detector is deactivated, and the backfill that
 * follows, which finds everything extracted, activates it again.
 */
async function ensureOptions(
    { service }: ReconcilerWorld,
    { request, detectorArn }: Wanted,
    { status }: DetectorState,
    before: DetectorDefinition | undefined,
): Promise<void> {
    if (before?.options === undefined && saysNothing(request.options)) return;
    try {
        await service.putOptions(detectorArn, request.options);
    } catch (error) {
        const isAtWork = status === "LEARNING" || status === "ACTIVE";
        if (!isAtWork || !(error instanceof Error) || error.name !== "ConflictException") throw error;
        await service.deactivate(detectorArn);
        throw new UnsettledError(`"${request.detectorName}" is being deactivated, to learn a changed ratio anew`);
    }
}

/** Asks nothing of the service where there are no alerts, and were none. */
async function ensureWantedAlerts(
    { service }: ReconcilerWorld,
    { request, detectorArn }: Wanted,
    before: DetectorDefinition | undefined,
): Promise<void> {
    const { name: detector, detectorName, owner, alerts } = request;
    if (before?.alerts === undefined && Object.keys(alerts).length === 0) return;
    await ensureAlerts(service.alerts, { detectorArn, detectorName, detector, owner, alerts });
}

/** The definition that follows from what is wanted. `isUp`: the detector reads this generation and is at work. */
function definitionOf(
    { request, detectorArn, generation }: Wanted,
    isUp: boolean,
    before: DetectorDefinition | undefined,
): DetectorDefinition {
    const { spec } = request;
    // Another source or interval cannot go on with the old generation's windows while the new one's are extracted.
    const goesOn =
        before?.source === spec.source && before.interval === spec.interval && before.detectorArn === detectorArn;
    const live = goesOn ? before.live : null;
    // A generation that was given up half-way is cleared away by a backfill that finds nothing to do.
    const isSettled = isUp && live === generation && (before?.next ?? null) === null;
    return {
        version: 1,
        name: request.name,
        owner: request.owner,
        detectorArn,
        interval: spec.interval,
        timeZone: spec.timeZone,
        offsetSeconds: request.offsetSeconds,
        latenessSeconds: request.latenessSeconds,
        source: spec.source,
        extractor: request.extractor,
        maxConcurrentStatements: request.maxConcurrentStatements,
        live,
        next: isSettled ? null : generation,
        ...(before?.activatedBy === undefined ? {} : { activatedBy: before.activatedBy }),
        ...(before?.learned === undefined ? {} : { learned: before.learned }),
        ...(saysNothing(request.options) ? {} : { options: request.options }),
        ...(Object.keys(request.alerts).length === 0 ? {} : { alerts: request.alerts }),
    };
}

/** Ends backfills that nobody wants any more, and starts the one that is wanted unless it is running. */
async function followGeneration(
    { store, executions, backfillMachine, cancel }: ReconcilerWorld,
    { request, generation }: Wanted,
    before: DetectorDefinition | undefined,
    definition: DetectorDefinition,
): Promise<void> {
    const { name: detector } = request;
    const known = new Set([generation, before?.live, before?.next].filter((known) => typeof known === "string"));
    const running = await runningBackfills(executions, backfillMachine, detector, known);
    for (const { arn, generation: other } of running) {
        if (other === generation) continue;
        await executions.stop(arn, stoppedOnPurpose, `the configuration of "${detector}" was changed again`);
        const extractor = before?.extractor ?? request.extractor;
        if (other !== definition.live)
            await cancelTickets(store, ticketsPrefix(detector, other), (key) => cancel(extractor, key));
    }
    if (definition.next !== generation || running.some((backfill) => backfill.generation === generation)) return;
    await startBackfill(executions, backfillMachine, { detector, interval: request.spec.interval, generation });
}

/** Deletes what the detector left behind under another interval or another name. */
async function leaveFormerPlaces(
    world: ReconcilerWorld,
    { request, detectorArn, before: requestBefore }: Wanted,
    before: DetectorDefinition | undefined,
): Promise<void> {
    const present = definitionKey(request.spec.interval, request.name);
    await world.store.delete(definitionKeys(request.name).filter((key) => key !== present));
    const former = [before?.detectorArn, requestBefore && detectorArnOf(world, requestBefore.detectorName)];
    for (const arn of new Set(former)) {
        if (arn !== undefined && arn !== detectorArn) await deleteFromService(world.service, arn, request.owner);
    }
}

/** Description and offset can change while a detector rests or works, not while it is on its way from one to the other. */
function requireSteady({ status }: DetectorState, { request }: Wanted): void {
    if (["INACTIVE", "DEACTIVATED", "LEARNING", "ACTIVE", "FAILED"].includes(status)) return;
    throw new UnsettledError(
        `the detector "${request.detectorName}" is ${status}, and its description and offset cannot change meanwhile; ` +
            'wait until it is LEARNING or ACTIVE, then run "pulumi up" again with a changed description',
    );
}

/** Refuses what another stack owns, and what carries no owner: this project did not make it. */
function requireOwner(owner: string | undefined, { request, detectorArn }: Wanted): void {
    if (owner === request.owner) return;
    const whose = owner === undefined ? "was not made by a stack of this project" : `belongs to ${owner}`;
    throw new ConfigError(
        [
            {
                key: `lookout:detectors.${request.name}.detectorName`,
                finding:
                    `the detector "${request.detectorName}" (${detectorArn}) ${whose}; expected one that belongs to ` +
                    `${request.owner}, or a name that is free. It was left as it is`,
                fix: `pulumi config set --path 'lookout:detectors.${request.name}.detectorName' ANOTHER-NAME`,
            },
        ],
        { detector: request.name },
    );
}

function fixedTimeZone({ request }: Wanted, present: string): ConfigError {
    return new ConfigError(
        [
            {
                key: `lookout:detectors.${request.name}.timeZone`,
                finding:
                    `the detector "${request.detectorName}" was made to go by the clock of ${present}, which cannot change ` +
                    `to ${request.spec.timeZone}; expected ${present}, or a detector of another name, which learns anew`,
                fix: `pulumi config set --path 'lookout:detectors.${request.name}.detectorName' ANOTHER-NAME`,
            },
        ],
        { detector: request.name },
    );
}
