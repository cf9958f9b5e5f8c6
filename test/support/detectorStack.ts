import assert from "node:assert/strict";
import { activateDetector } from "../../operations/activateDetector";
import { reconcileDetector } from "../../operations/reconcileDetector";
import type { ReconcilerWorld } from "../../operations/reconciler";
import { beginBackfill } from "../../pipeline/backfill";
import { closeRun } from "../../pipeline/closeRun";
import { noDetectorOptions } from "../../pipeline/detectorOptions";
import type { DetectorRequest } from "../../pipeline/detectorRequest";
import { executionArn } from "../../pipeline/executions";
import { readDocument } from "../../pipeline/documents";
import { definitionKey } from "../../pipeline/objectLayout";
import { generationOf } from "../../pipeline/query";
import { type DetectorDefinition, detectorDefinition, type Interval } from "../../pipeline/records";
import { runTick } from "../../pipeline/tick";
import { parseWindow } from "../../pipeline/windows";
import { fakeDetectorService } from "./fakeDetectorService";
import { fakeExecutions } from "./fakeExecutions";
import { memoryObjectStore } from "./memoryObjectStore";
import { at, backfillMachine, commitAll, liveMachine, shopDefinition, shopSpec } from "./shop";

export const arn = shopDefinition.detectorArn;
export const first = generationOf(shopSpec);
export const newSpec = { ...shopSpec, query: "select ts, platform, 2 * views as views from shop" };
export const second = generationOf(newSpec);

export const shopRequest: DetectorRequest = {
    name: "shop",
    detectorName: "lookout-dev-shop",
    owner: "urn:ours",
    description: "Views",
    offsetSeconds: 300,
    latenessSeconds: 0,
    extractor: "extract-warehouse",
    maxConcurrentStatements: 2,
    spec: shopSpec,
    alerts: {},
    options: noDetectorOptions,
    keepData: true,
};

/** A stack whose one detector is shop: everything in memory, pauses let the detection service's own work end. */
export function detectorStack() {
    const store = memoryObjectStore();
    const service = fakeDetectorService();
    const executions = fakeExecutions();
    const cancelled: string[] = [];
    const pauses: number[] = [];
    const world: ReconcilerWorld = {
        store,
        bucket: "metrics",
        service,
        executions,
        liveMachine,
        backfillMachine,
        account: "123456789012",
        cancel: async (extractor, ticketKey) => void cancelled.push(`${extractor} ${ticketKey}`),
        pause: async (ms) => {
            pauses.push(ms);
            service.settle();
        },
    };
    const reconcile = (
        action: "create" | "update" | "delete",
        change: Partial<DetectorRequest> = {},
        before?: DetectorRequest,
    ) => reconcileDetector(world, { ...shopRequest, ...change, tf: { action, prev_input: before } });
    const definition = async (interval: Interval = "PT1H"): Promise<DetectorDefinition | undefined> =>
        (await readDocument(store, definitionKey(interval, "shop"), detectorDefinition))?.value;

    /** Does what the backfill machine does with an execution, up to the end. */
    const playBackfill = async (name: string, interval: Interval = "PT1H"): Promise<void> => {
        const execution = executionArn(backfillMachine, name);
        const { generation } = executions.all.get(execution)?.input as { generation: string };
        const begun = { detector: "shop", interval, generation, startTime: at("2026-01-11T00:17"), execution };
        const { run, windows } = await beginBackfill({ store, isRunning: executions.isRunning }, begun);
        await commitAll(
            store,
            run,
            windows.map((window) => parseWindow(window, "window")),
        );
        await closeRun(store, { run, results: [] }, 0);
        for (let calls = 1; ; calls += 1) {
            assert.ok(calls < 20, "the detector does not become active");
            const { status } = await activateDetector({ ...world, isRunning: executions.isRunning }, run);
            if (status !== "ACTIVATING") break;
            service.settle();
        }
        executions.end(execution);
    };
    /** A detector that has learned its first generation. */
    const up = async (): Promise<void> => {
        await reconcile("create");
        await playBackfill(`bf-shop-${first}-1`);
        service.calls.length = 0;
    };
    return { store, service, executions, cancelled, pauses, world, reconcile, definition, playBackfill, up };
}

/** An hourly tick on the stack. */
export const tickOf = ({ store, executions }: ReturnType<typeof detectorStack>, time: string) =>
    runTick(
        { store, executions, machineArn: liveMachine, backfillMachine },
        { interval: "PT1H", scheduledTime: at(time) },
    );
