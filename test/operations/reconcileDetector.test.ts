import assert from "node:assert/strict";
import { stoppedOnPurpose } from "../../operations/detectorExecutions";
import { reconcileDetector } from "../../operations/reconcileDetector";
import { executionArn } from "../../pipeline/executions";
import { generationOf } from "../../pipeline/query";
import { arn, detectorStack, first, newSpec, second, shopRequest, tickOf } from "../support/detectorStack";
import { apiError } from "../support/fakeDetectorService";
import { backfillMachine, shopDefinition, shopSpec } from "../support/shop";

describe("operations/reconcileDetector", () => {
    describe("on create", () => {
        it("makes the detector and its metric set, records the generation and starts the backfill", async () => {
            const { service, store, executions, reconcile, definition } = detectorStack();
            assert.deepEqual(await reconcile("create"), { detectorArn: arn, generation: first });
            const { metricSet, ...detector } = service.detectors.get(arn) ?? assert.fail();
            assert.deepEqual(detector, {
                status: "INACTIVE",
                description: "Views",
                interval: "PT1H",
                owner: "urn:ours",
            });
            assert.deepEqual(metricSet?.MetricSource.S3SourceConfig?.HistoricalDataPathList, [
                `s3://metrics/shop/backtest/${first}/`,
            ]);
            assert.deepEqual(metricSet?.MetricSource.S3SourceConfig?.TemplatedPathList, [
                "s3://metrics/shop/live/{{yyyyMMdd}}/{{HHmm}}/",
            ]);
            assert.deepEqual(metricSet?.TimestampColumn, { ColumnName: "ts", ColumnFormat: "yyyy-MM-dd HH:mm:ss" });
            assert.deepEqual(await definition(), { ...shopDefinition, live: null, next: first });
            assert.ok(store.keys(`shop/ledger/${first}/generation.json`).length === 1);
            assert.deepEqual(executions.names(), [`bf-shop-${first}-1`]);
            const input = { detector: "shop", interval: "PT1H", generation: first };
            assert.deepEqual([...executions.all.values()][0]?.input, input);
        });

        it("does everything once when it is sent twice, one after the other or at once", async () => {
            const { service, executions, reconcile } = detectorStack();
            await Promise.all([reconcile("create"), reconcile("create")]);
            await reconcile("create");
            assert.deepEqual(
                service.calls.filter((call) => call === "createMetricSet"),
                ["createMetricSet"],
            );
            assert.deepEqual(executions.names(), [`bf-shop-${first}-1`]);
        });

        it("adopts what a create left that failed after any step", async () => {
            for (const failing of ["create", "createMetricSet", "start"]) {
                const { service, executions, reconcile, definition } = detectorStack();
                const fail = (operation: string): void => {
                    if (operation === failing) throw new Error(`failed at ${failing}`);
                };
                service.before = fail;
                executions.beforeStart = () => fail("start");
                await assert.rejects(reconcile("create"), /failed at/);
                service.before = undefined;
                executions.beforeStart = undefined;
                await reconcile("create");
                assert.equal((await definition())?.next, first);
                assert.deepEqual(executions.names(), [`bf-shop-${first}-1`]);
            }
        });

        it("refuses a detector of another stack, leaves it as it is, and says whose it is", async () => {
            const { service, store, reconcile } = detectorStack();
            const theirs = { status: "ACTIVE", description: "theirs", interval: "PT1H", owner: "urn:theirs" } as const;
            service.detectors.set(arn, { ...theirs });
            await assert.rejects(reconcile("create"), {
                name: "ConfigError",
                message: /lookout:detectors\.shop\.detectorName.*belongs to urn:theirs.*Fix: /s,
            });
            assert.deepEqual([service.detectors.get(arn), service.calls, store.keys()], [theirs, [], []]);
            service.detectors.set(arn, { ...theirs, owner: undefined });
            await assert.rejects(reconcile("create"), { message: /was not made by a stack of this project/ });
        });

        it("waits while permissions settle, and while a namesake is being deleted", async () => {
            const { service, pauses, reconcile } = detectorStack();
            let refusals = 2;
            service.before = () => {
                if ((refusals -= 1) >= 0) throw apiError("AccessDeniedException", 403);
            };
            service.detectors.set(arn, { status: "DELETING", description: "", interval: "PT1H", owner: "urn:ours" });
            await reconcile("create");
            assert.ok(pauses.length >= 2);
            assert.equal(service.detectors.get(arn)?.status, "INACTIVE");
        });

        it("gives up within a minute, with the reason", async () => {
            const { service, pauses, reconcile } = detectorStack();
            service.before = () => {
                throw apiError("AccessDeniedException", 403);
            };
            await assert.rejects(reconcile("create"), { name: "AccessDeniedException" });
            assert.ok(pauses.reduce((sum, ms) => sum + ms, 0) < 55_000);
        });

        it("starts the next attempt under a new name, since that of a closed execution is not free", async () => {
            const { executions, reconcile } = detectorStack();
            await reconcile("create");
            executions.end(executionArn(backfillMachine, `bf-shop-${first}-1`), "FAILED");
            await reconcile("update");
            assert.deepEqual(executions.names(), [`bf-shop-${first}-1`, `bf-shop-${first}-2`]);
        });

        it("starts no second backfill beside one that a machine went on with, and mixes up no namesake", async () => {
            const { executions, reconcile } = detectorStack();
            const chained = `bf-${first}-0123456789`;
            const input = {
                detector: "shop",
                interval: "PT1H",
                generation: first,
                AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "x",
            };
            await executions.start(backfillMachine, `bf-${first}-9876543210`, { ...input, detector: "other" });
            await reconcile("create");
            executions.end(executionArn(backfillMachine, `bf-shop-${first}-1`));
            await executions.start(backfillMachine, chained, input);
            await reconcile("update");
            assert.deepEqual(executions.names().length, 3);
        });
    });

    describe("on update", () => {
        it("changes description and offset in place, and learns nothing again", async () => {
            const { service, executions, reconcile, definition, up } = detectorStack();
            await up();
            await reconcile("update", { description: "Edited", offsetSeconds: 600 });
            assert.deepEqual(service.calls, ["update", "updateMetricSet"]);
            const detector = service.detectors.get(arn);
            assert.deepEqual(
                [detector?.description, detector?.metricSet?.Offset, detector?.status],
                ["Edited", 600, "ACTIVE"],
            );
            const { live, next, offsetSeconds } = (await definition()) ?? assert.fail();
            assert.deepEqual([live, next, offsetSeconds], [first, null, 600]);
            assert.equal(executions.all.size, 1);
        });

        it("keeps a description that is taken away, and asks nothing of the service for it", async () => {
            const { service, reconcile, up } = detectorStack();
            await up();
            await reconcile("update", { description: "" });
            assert.deepEqual([service.calls, service.detectors.get(arn)?.description], [[], "Views"]);
        });

        it("changes nothing when nothing is different", async () => {
            const { service, store, executions, reconcile, up } = detectorStack();
            await up();
            const before = store.keys().map((key) => store.text(key));
            await reconcile("update");
            assert.deepEqual([service.calls, executions.all.size], [[], 1]);
            assert.deepEqual(
                store.keys().map((key) => store.text(key)),
                before,
            );
        });

        it("extracts a changed query as a new generation while the old one goes on, then switches and deletes the old", async () => {
            const world = detectorStack();
            const { store, service, reconcile, definition, playBackfill, up } = world;
            await up();
            await reconcile("update", { spec: newSpec });
            const between = (await definition()) ?? assert.fail();
            assert.deepEqual([between.live, between.next], [first, second]);
            assert.deepEqual(service.calls, []);
            assert.deepEqual((await tickOf(world, "2026-01-11T01:05")).started, ["shop"]);
            const live = [...world.executions.all].at(-1)?.[0] ?? "";
            world.executions.end(live);
            assert.ok(store.keys(`shop/ledger/${first}/`).length > 0);

            await playBackfill(`bf-shop-${second}-1`);
            const after = (await definition()) ?? assert.fail();
            assert.deepEqual([after.live, after.next], [second, null]);
            assert.deepEqual(service.calls, ["deactivate", "updateMetricSet", "putOptions", "activate"]);
            assert.deepEqual(
                service.detectors.get(arn)?.metricSet?.MetricSource.S3SourceConfig?.HistoricalDataPathList,
                [`s3://metrics/shop/backtest/${second}/`],
            );
            assert.deepEqual(
                store.keys("shop/").filter((key) => key.includes(first)),
                [],
            );
            assert.ok(store.keys(`shop/backtest/${second}/`).length > 0);
        });

        it("stops the backfill of a query that was changed again, and its queries under way", async () => {
            const { store, executions, cancelled, reconcile, definition, up } = detectorStack();
            await up();
            await reconcile("update", { spec: newSpec });
            await store.put(`shop/tickets/${second}/abc.json`, "{}");
            const third = { ...shopSpec, query: "select 3" };
            await reconcile("update", { spec: third });
            const stopped = executions.all.get(executionArn(backfillMachine, `bf-shop-${second}-1`));
            assert.deepEqual([stopped?.status, stopped?.stopped?.error], ["ABORTED", stoppedOnPurpose]);
            assert.deepEqual(cancelled, [`extract-warehouse shop/tickets/${second}/abc.json`]);
            assert.deepEqual(store.keys("shop/tickets/"), []);
            assert.equal((await definition())?.next, generationOf(third));
        });

        it("clears away a generation that was given up for the one that is live", async () => {
            const { store, service, executions, reconcile, definition, playBackfill, up } = detectorStack();
            await up();
            await reconcile("update", { spec: newSpec });
            await reconcile("update");
            assert.deepEqual(executions.names().at(-1), `bf-shop-${first}-2`);
            await playBackfill(`bf-shop-${first}-2`);
            assert.deepEqual(service.calls, []);
            assert.deepEqual([(await definition())?.live, (await definition())?.next], [first, null]);
            assert.deepEqual(
                store.keys("shop/").filter((key) => key.includes(second)),
                [],
            );
        });

        it("stops live windows of another source at once, since they would run on the wrong database", async () => {
            const world = detectorStack();
            await world.up();
            const spec = { ...shopSpec, source: "lake" };
            await world.reconcile("update", { spec, extractor: "extract-lake" });
            const { live, next } = (await world.definition()) ?? assert.fail();
            assert.deepEqual([live, next], [null, generationOf(spec)]);
            assert.equal((await tickOf(world, "2026-01-11T01:05")).idle, 1);
        });

        it("files a detector of another interval under it, and changes the detector when it switches", async () => {
            const { service, reconcile, definition, playBackfill, up } = detectorStack();
            await up();
            const spec = { ...shopSpec, interval: "P1D" } as const;
            await reconcile("update", { spec });
            assert.deepEqual([await definition("PT1H"), (await definition("P1D"))?.live], [undefined, null]);
            await playBackfill(`bf-shop-${generationOf(spec)}-1`, "P1D");
            assert.equal(service.detectors.get(arn)?.interval, "P1D");
            assert.equal((await definition("P1D"))?.live, generationOf(spec));
        });

        it("refuses another time zone, which a metric set cannot take, and says what to do", async () => {
            const { reconcile, up } = detectorStack();
            await up();
            const spec = { ...shopSpec, interval: "P1D", timeZone: "Europe/Berlin" } as const;
            await assert.rejects(reconcile("update", { spec }), {
                name: "ConfigError",
                message: /shop\.timeZone.*UTC.*Fix/s,
            });
        });

        it("moves to another name: makes the new detector, deletes the old, and extracts nothing again", async () => {
            const { service, store, reconcile, playBackfill, definition, up } = detectorStack();
            await up();
            const data = store.keys("shop/backtest/");
            await reconcile("update", { detectorName: "renamed" }, shopRequest);
            const renamed = arn.replace("lookout-dev-shop", "renamed");
            assert.deepEqual([...service.detectors.keys()], [renamed]);
            await playBackfill(`bf-shop-${first}-2`);
            assert.deepEqual([(await definition())?.live, (await definition())?.detectorArn], [first, renamed]);
            assert.equal(service.detectors.get(renamed)?.status, "ACTIVE");
            assert.deepEqual(store.keys("shop/backtest/"), data);
        });

        it("waits with an edit until the detector is steady, and fails clearly when it stays on its way", async () => {
            const { service, world, reconcile, up } = detectorStack();
            await up();
            const detector = service.detectors.get(arn) ?? assert.fail();
            detector.status = "ACTIVATING";
            await reconcile("update", { description: "Edited" });
            assert.equal(detector.description, "Edited");
            detector.status = "ACTIVATING";
            const stuck = { ...world, pause: async () => undefined };
            const event = { ...shopRequest, description: "Again", tf: { action: "update" as const } };
            await assert.rejects(reconcileDetector(stuck, event), /"lookout-dev-shop" is ACTIVATING/);
        });

        it("brings a detector back that somebody deleted behind its back, from the data that are there", async () => {
            const { service, store, reconcile, playBackfill, up } = detectorStack();
            await up();
            service.detectors.clear();
            const data = store.keys("shop/backtest/");
            await reconcile("update");
            await playBackfill(`bf-shop-${first}-2`);
            assert.equal(service.detectors.get(arn)?.status, "ACTIVE");
            assert.deepEqual(store.keys("shop/backtest/"), data);
        });
    });
});
