import { DescribeAnomalyDetectorCommand } from "@aws-sdk/client-lookoutmetrics";
import { LookoutError } from "../../errors";
import type { Deployment, EmbeddedCloud } from "../cloud/cloud";
import { readBackfill, waitForRestart } from "./backfill";
import type { Context } from "./context";
import { growthCounts, growthOf, growthPoint, type Growth, type GrowthPoint } from "./growth";
import { assertWhole, readLedger, type Ledger } from "./ledgerTotals";
import { cluster, detectorOverride, intervalMs, offsetMs, stack } from "./sample";
import type { StackFile } from "./stackFile";
import type { SampleWarehouse } from "./warehouse";

/** Shows how far a stage is. */
export type Tell = (detail: string) => void;

/** Simulated time in which a backfill must have ended. */
const backfillLimitMs = 12 * intervalMs;
/** Wall time between two looks at a stage that is under way. */
const lookEveryMs = 150;

/** A stage did not come to its end. */
export class StageError extends LookoutError {
    override readonly name = "StageError";
}

/** Creates the database and fills it. A resumed run does so too: the embedded database keeps its tables in memory. */
export async function loadWarehouse(cloud: EmbeddedCloud, sample: SampleWarehouse, tell: Tell): Promise<void> {
    const warehouse = await cloud.redshift.addCluster(cluster);
    for (const { name, create, csv } of sample.tables) {
        tell(name);
        await warehouse.exec(create);
        await warehouse.copyFrom(name, csv);
    }
    tell(`${sample.rows.toLocaleString("en-US")} rows in ${sample.tables.length} tables`);
}

/** Brings the stack up; several detectors are added in steps, to see how the program grows. */
export async function deploy(
    cloud: EmbeddedCloud,
    { projectFolder, stackFile }: { readonly projectFolder: string; readonly stackFile: StackFile },
    detectors: number,
    tell: Tell,
): Promise<Growth> {
    const points: GrowthPoint[] = [];
    for (const count of growthCounts(detectors)) {
        const config = detectorOverride(stackFile, { total: detectors, count });
        const deployment = await cloud.up({ projectFolder, stack, config });
        assertKnown(deployment);
        points.push(growthPoint(count, deployment));
        tell(`${deployment.resources.length} resources`);
    }
    return growthOf(points);
}

/**
 * Lets the backfills run, as their executions need the clock. `whenExtracted` is called once all windows are committed, while the
 * detectors go on learning.
 */
export async function runBackfill(
    context: Context,
    resumed: boolean,
    tell: Tell,
    whenExtracted: () => void,
): Promise<void> {
    const { cloud, store, outputs } = context;
    const names = context.detectors.map(({ name }) => name);
    if (resumed) {
        await waitForRestart(context);
    }
    let ended = false;
    const look = async (): Promise<void> => {
        for (let extracted = false; !ended && !extracted;) {
            const { committed, planned, done } = await readBackfill(store, names);
            tell(`${committed} of ${planned} windows`);
            extracted = done;
            if (extracted) {
                whenExtracted();
            } else {
                await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
            }
        }
    };
    const looking = look();
    try {
        await cloud.runUntilIdle(cloud.clock.now() + backfillLimitMs);
    } finally {
        ended = true;
        await looking;
    }
    assertSucceeded(cloud, outputs, outputs.backfillMachineArn);
    await assertActive(context);
}

/** Plays the live stretch, one hourly tick after the other, and checks that every window of it counts. */
export async function playLive({ cloud, outputs, store, detectors, live }: Context, tell: Tell): Promise<Ledger[]> {
    const end = live.end + offsetMs;
    const ticks = (live.end - live.start) / intervalMs;
    for (let tick = 1; tick <= ticks; tick += 1) {
        const at = live.start + tick * intervalMs + offsetMs;
        if (at >= cloud.clock.now()) {
            await cloud.advanceTo(at);
            tell(`${new Date(at).toISOString().slice(0, 16).replace("T", " ")}, hour ${tick} of ${ticks}`);
        }
    }
    await cloud.runUntilIdle(end + intervalMs);
    assertSucceeded(cloud, outputs, outputs.liveMachineArn);
    const ledgers: Ledger[] = [];
    for (const { name } of detectors) {
        const ledger = await readLedger(store, name);
        if (ledger === undefined) {
            throw new StageError(`detector ${name} has no ledger after the live hours; its backfill never started`, {
                detector: name,
            });
        }
        await assertWhole(store, name, ledger, live.end);
        ledgers.push(ledger);
    }
    return ledgers;
}

/** Throws StageError for resources that the embedded cloud does not know. */
export function assertKnown({ unknown }: Deployment): void {
    if (unknown.length > 0) {
        throw new StageError(`the embedded cloud does not know these resources of the program: ${unknown.join(", ")}`);
    }
}

/**
 * Throws for the first execution that failed, with what the operators were told of it; one that a killed run left behind is not a
 * failure of this one.
 */
function assertSucceeded(cloud: EmbeddedCloud, outputs: Context["outputs"], machineArn: string): void {
    const failed = cloud.executions(machineArn).find(({ status }) => status === "FAILED" || status === "TIMED_OUT");
    if (failed !== undefined) {
        throw new StageError(
            cloud.topics.messages(outputs.operationsTopicArn).at(-1)?.message ??
                `execution ${failed.name} ended as ${failed.status}: ${failed.error ?? "no error"}: ${failed.cause ?? "no cause"}`,
        );
    }
}

async function assertActive({ detection, detectors }: Context): Promise<void> {
    for (const { name, arn } of detectors) {
        const { Status: status, FailureReason: reason } = await detection.api.send(
            new DescribeAnomalyDetectorCommand({ AnomalyDetectorArn: arn }),
        );
        if (status !== "ACTIVE" && status !== "LEARNING") {
            throw new StageError(
                `detector ${name} is ${status} after its backfill, not ACTIVE${reason === undefined ? "" : `: ${reason}`}`,
                {
                    detector: name,
                },
            );
        }
    }
}
