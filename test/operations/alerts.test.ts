import assert from "node:assert/strict";
import { isSameShape, shapeOf } from "../../operations/alertService";
import { alertName } from "../../operations/ensureAlerts";
import type { WantedAlert } from "../../pipeline/detectorAlerts";
import { arn, detectorStack, newSpec, second, shopRequest } from "../support/detectorStack";

const topic = "arn:aws:sns:us-east-1:123456789012:oncall";
const oncall: WantedAlert = { threshold: 70, sns: topic, measures: [], dimensions: {} };
const page: WantedAlert = {
    threshold: 90,
    lambda: "arn:aws:lambda:us-east-1:123456789012:function:page",
    measures: ["views"],
    dimensions: { shop: ["north", "south"] },
};
const name = (logical: string) => `${shopRequest.detectorName}-${logical}`;
const writes = (calls: readonly string[]) => calls.filter((call) => call.endsWith("Alert"));

describe("operations/ensureAlerts, in a detector's life", () => {
    it("creates the alerts of the configuration with the detector, owned by the stack, and only once", async () => {
        const { service, reconcile } = detectorStack();
        const alerts = { oncall, page };
        await reconcile("create", { alerts });
        await reconcile("update", { alerts });
        assert.deepEqual(writes(service.calls), ["createAlert", "createAlert"]);
        const found = service.alertsByName.get(name("page"))!;
        assert.deepEqual([found.owner, found.detectorArn], [shopRequest.owner, arn]);
        assert.deepEqual(found.shape, {
            threshold: 90,
            action: { LambdaConfiguration: { RoleArn: undefined, LambdaArn: page.lambda } },
            filters: {
                MetricList: ["views"],
                DimensionFilterList: [{ DimensionName: "shop", DimensionValueList: ["north", "south"] }],
            },
        });
    });

    it("changes what differs, and takes filters away that are wanted no more", async () => {
        const { service, reconcile } = detectorStack();
        await reconcile("create", { alerts: { oncall, page } });
        await reconcile("update", {
            alerts: { oncall: { ...oncall, format: "LONG_TEXT" }, page: { ...page, measures: [] } },
        });
        assert.deepEqual(writes(service.calls).slice(2), ["updateAlert", "updateAlert"]);
        assert.equal(service.alertsByName.get(name("oncall"))!.shape.action.SNSConfiguration!.SnsFormat, "LONG_TEXT");
        assert.equal(service.alertsByName.get(name("page"))!.shape.filters.MetricList, undefined);
    });

    it("deletes its own that are wanted no more, and leaves others alone", async () => {
        const { service, reconcile } = detectorStack();
        await reconcile("create", { alerts: { oncall, page } });
        const theirs = {
            ...service.alertsByName.get(name("page"))!,
            name: "theirs",
            arn: "alert:theirs",
            owner: undefined,
        };
        service.alertsByName.set("theirs", theirs);
        await reconcile("update", { alerts: {} });
        assert.deepEqual([...service.alertsByName.keys()], ["theirs"]);
    });

    it("refuses a name that somebody else's alert has, and leaves that as it is", async () => {
        const { service, reconcile } = detectorStack();
        await reconcile("create", { alerts: { oncall } });
        const theirs = { ...service.alertsByName.get(name("oncall"))!, owner: "urn:theirs" };
        service.alertsByName.set(name("oncall"), theirs);
        await assert.rejects(reconcile("update", { alerts: { oncall: { ...oncall, threshold: 1 } } }), {
            name: "ConfigError",
            message: /lookout:detectors\.shop\.alerts\.oncall.*belongs to urn:theirs.*Fix: /s,
        });
        assert.equal(service.alertsByName.get(name("oncall")), theirs);
    });

    it("changes alerts that come with a new query when the detector is switched to it", async () => {
        const { service, reconcile, playBackfill, up } = detectorStack();
        await up();
        await reconcile("update", { spec: newSpec, alerts: { page } });
        assert.deepEqual([...service.alertsByName.keys()], []);
        await playBackfill(`bf-shop-${second}-1`);
        assert.deepEqual([...service.alertsByName.keys()], [name("page")]);
    });

    it("asks for no alerts where there are none, and were none", async () => {
        const { service, reconcile } = detectorStack();
        service.alerts.of = () => assert.fail("asked for alerts");
        await reconcile("create");
        await reconcile("update");
    });
});

describe("operations/alertService", () => {
    it("finds two alerts the same whatever order their filters are in", () => {
        const other = { ...page, dimensions: { shop: ["south", "north"] } };
        assert.ok(isSameShape(shapeOf(page), shapeOf(other)));
        assert.ok(!isSameShape(shapeOf(page), shapeOf({ ...page, role: "arn:aws:iam::123456789012:role/x" })));
        assert.ok(!isSameShape(shapeOf(oncall), shapeOf({ ...oncall, format: "SHORT_TEXT" })));
        assert.ok(isSameShape(shapeOf(oncall), shapeOf({ ...oncall, format: "JSON" })));
    });

    it("keeps names of alerts apart that are too long for the service", () => {
        const [one, other] = [alertName("d".repeat(60), "oncall"), alertName("d".repeat(60), "oncall2")];
        assert.equal(one.length, 63);
        assert.notEqual(one, other);
        assert.equal(alertName("shop", "oncall"), "shop-oncall");
    });
});
