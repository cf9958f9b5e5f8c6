import type { ObjectStore } from "../objects/objectStore";
import { retryBackfill } from "./backfillRetry";
import { settleConcurrently } from "./concurrently";
import { readDocument } from "./documents";
import { executionArn, type Executions } from "./executions";
import { isHeld, readLease, releaseLease, takeLease } from "./lease";
import { readGeneration, readLedger } from "./ledger";
import { planLive } from "./livePlan";
import { compact, definitionsPrefix } from "./objectLayout";
import { type DetectorDefinition, detectorDefinition, instant, intervalName } from "./records";
import type { Run } from "./run";
import { durationSeconds, windowTexts } from "./windows";
import { z } from "zod";

/** What the schedule of an interval sends: the time is the scheduled one, however late it arrives. */
export const tickEvent = z.object({ interval: intervalName, scheduledTime: instant });
export type Tick = z.output<typeof tickEvent>;

export interface TickWorld {
    readonly store: ObjectStore;
    readonly executions: Executions;
    /** ARN of the live state machine. */
    readonly machineArn: string;
    /** ARN of the backfill state machine. */
    readonly backfillMachine: string;
    /** Hears how far each detector that is planned is behind. */
    readonly behind?: (lag: Lag) => void;
}

/** How far a detector's committed data are behind what is due. */
export interface Lag {
    readonly detector: string;
    readonly source: string;
    /** Due intervals without data, the one that has just become due among them. */
    readonly intervals: number;
}

/** Detectors by what a tick did with them. */
export interface TickResult {
    readonly started: readonly string[];
    /** Those that an earlier run is still busy with. */
    readonly running: readonly string[];
    /** How many had nothing to do. */
    readonly idle: number;
    readonly failed: readonly { readonly detector: string; readonly error: unknown }[];
}

type Fate = "started" | "running" | "idle";

/** Detectors planned at the same time. */
const concurrency = 8;

/**
 * Plans every detector of an interval: starts a live run for each that has due windows, and again the backfill of each whose last
 * one failed. One's failure does not stop the others.
 */
export async function runTick(world: TickWorld, tick: Tick): Promise<TickResult> {
    const keys: string[] = [];
    for await (const { key } of world.store.list(definitionsPrefix(tick.interval))) keys.push(key);
    const fates = await settleConcurrently(keys, concurrency, (key) => planKey(world, key, tick.scheduledTime));
    const named = keys.map((key) => key.slice(definitionsPrefix(tick.interval).length, -".json".length));
    const having = (fate: Fate): string[] =>
        named.filter((_, index) => {
            const outcome = fates[index];
            return outcome?.status === "fulfilled" && outcome.value === fate;
        });
    return {
        started: having("started"),
        running: having("running"),
        idle: having("idle").length,
        failed: fates.flatMap((outcome, index) =>
            outcome.status === "rejected" ? [{ detector: named[index] ?? "", error: outcome.reason as unknown }] : [],
        ),
    };
}

/** Throws when a detector could not be planned: a tick that failed is delivered again, and repeats nothing that is done. */
export function requireAllPlanned({ failed }: TickResult): void {
    const [only] = failed;
    if (only === undefined) return;
    if (failed.length === 1) throw only.error;
    const reasons = failed.map(({ detector, error }) => `${detector}: ${String(error)}`);
    throw new AggregateError(
        failed.map(({ error }) => error),
        `${failed.length} detectors could not be planned: ${reasons.join("; ")}`,
    );
}

async function planKey(world: TickWorld, key: string, now: number): Promise<Fate> {
    const found = await readDocument(world.store, key, detectorDefinition);
    if (found === undefined) return "idle";
    // What keeps the live windows from being planned must not keep the history that would replace them, nor the other way round.
    const [live, history] = await Promise.allSettled([
        planDetector(world, found.value, now),
        retryBackfill(world, found.value, now),
    ]);
    if (live.status === "rejected") throw live.reason;
    if (history.status === "rejected") throw history.reason;
    return live.value;
}

/**
 * The lease is read before the ledger and taken only if it has not changed since: so no other run began or ended in between, and
 * the plan still holds.
 */
async function planDetector(world: TickWorld, definition: DetectorDefinition, now: number): Promise<Fate> {
    const { store, executions, machineArn } = world;
    const { name: detector, live: generation } = definition;
    if (generation === null) return "idle";
    const state = await readLease(store, detector, "live");
    if (await isHeld(state, (arn) => executions.isRunning(arn))) return "running";
    const view = await readLedger(store, detector, await readGeneration(store, detector, generation));
    world.behind?.(lagOf(definition, view.watermark, now));
    const windows = planLive(view, definition, now);
    if (windows.length === 0) return "idle";
    const nameOf = (fence: number): string => `${detector}-${compact(now)}-${fence}`;
    const lease = await takeLease(store, detector, "live", state, (fence) => executionArn(machineArn, nameOf(fence)));
    if (lease === undefined) return "running";
    const run = liveRun(definition, generation, lease);
    try {
        // A name that is taken belongs to the same tick, delivered twice: that run is under way or done.
        await executions.start(machineArn, nameOf(lease.fence), { run, windows: windows.map(windowTexts) });
    } catch (error) {
        await releaseLease(store, detector, "live", lease);
        throw error;
    }
    return "started";
}

function lagOf({ name, source, interval, offsetSeconds }: DetectorDefinition, watermark: number, now: number): Lag {
    const due = now - offsetSeconds * 1000;
    const intervals = Math.max(0, Math.floor((due - watermark) / 1000 / durationSeconds(interval)));
    return { detector: name, source, intervals };
}

/** What a live run carries through every state of its execution. */
export function liveRun(
    definition: DetectorDefinition,
    generation: string,
    lease: { readonly owner: string; readonly fence: number },
): Run {
    return {
        kind: "live",
        detector: definition.name,
        interval: definition.interval,
        source: definition.source,
        generation,
        execution: lease.owner,
        fence: lease.fence,
        extractor: definition.extractor,
        maxConcurrentStatements: definition.maxConcurrentStatements,
    };
}
