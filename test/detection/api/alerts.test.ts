import assert from "node:assert/strict";
import {
    CreateAlertCommand,
    CreateAnomalyDetectorCommand,
    DeleteAlertCommand,
    DeleteAnomalyDetectorCommand,
    DescribeAlertCommand,
    ListAlertsCommand,
    ListTagsForResourceCommand,
    paginateListAlerts,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateAlertCommand,
    type CreateAlertRequest,
} from "@aws-sdk/client-lookoutmetrics";
import { alertArn, detectorArn, openWorld, snsAction, type World } from "./conformance/world";

describe("detection/api, alerts", () => {
    let world: World;

    beforeEach(async () => {
        world = await openWorld();
    });

    afterEach(() => world.close());

    const create = (AlertName: string, more: Partial<CreateAlertRequest> = {}) =>
        world.api.send(
            new CreateAlertCommand({ AlertName, AnomalyDetectorArn: detectorArn("shop"), Action: snsAction, ...more }),
        );
    const describeAlert = async (name: string) =>
        (await world.api.send(new DescribeAlertCommand({ AlertArn: alertArn(name) }))).Alert!;

    it("gives an alert back as it was made, with the defaults that it did not name", async () => {
        const AlertFilters = {
            MetricList: ["revenue"],
            DimensionFilterList: [{ DimensionName: "marketplace", DimensionValueList: ["us", "ca"] }],
        };
        await create("money", { AlertFilters, AlertDescription: "Revenue in North America" });
        const { CreationTime, LastModificationTime, ...alert } = await describeAlert("money");
        assert.ok(CreationTime instanceof Date && CreationTime.getTime() === world.server.now);
        assert.deepEqual(LastModificationTime, CreationTime);
        assert.deepEqual(alert, {
            AlertArn: alertArn("money"),
            AlertName: "money",
            AlertDescription: "Revenue in North America",
            AnomalyDetectorArn: detectorArn("shop"),
            AlertSensitivityThreshold: 50,
            AlertType: "SNS",
            AlertStatus: "ACTIVE",
            Action: { SNSConfiguration: { ...snsAction.SNSConfiguration, SnsFormat: "JSON" } },
            AlertFilters,
        });
    });

    it("changes what an update names and leaves the rest", async () => {
        await create("money", { AlertFilters: { MetricList: ["revenue"] }, AlertSensitivityThreshold: 70 });
        world.server.now += 5000;
        const LambdaArn = "arn:aws:lambda:us-east-1:123456789012:function:tell";
        const Action = { LambdaConfiguration: { RoleArn: "arn:aws:iam::123456789012:role/r", LambdaArn } };
        await world.api.send(new UpdateAlertCommand({ AlertArn: alertArn("money"), Action }));
        const alert = await describeAlert("money");
        assert.equal(alert.AlertType, "LAMBDA");
        assert.deepEqual(alert.Action, Action);
        assert.equal(alert.AlertSensitivityThreshold, 70);
        assert.deepEqual(alert.AlertFilters, { MetricList: ["revenue"] });
        assert.equal(alert.LastModificationTime!.getTime() - alert.CreationTime!.getTime(), 5000);
        await world.api.send(new UpdateAlertCommand({ AlertArn: alertArn("money"), AlertFilters: {} }));
        assert.equal((await describeAlert("money")).AlertFilters, undefined);
    });

    it("frees the name of a deleted alert at once", async () => {
        await create("money");
        await assert.rejects(create("money", { AnomalyDetectorArn: detectorArn("bare") }), {
            name: "ConflictException",
        });
        await world.api.send(new DeleteAlertCommand({ AlertArn: alertArn("money") }));
        await assert.rejects(describeAlert("money"), { name: "ResourceNotFoundException" });
        await create("money", { AnomalyDetectorArn: detectorArn("bare") });
        assert.equal((await describeAlert("money")).AnomalyDetectorArn, detectorArn("bare"));
    });

    it("lists each alert once by name, of one detector or of all, whatever the page size", async () => {
        for (const name of ["a", "a-1", "b", "c"]) await create(name);
        await create("a-2", { AnomalyDetectorArn: detectorArn("bare") });
        const list = async (AnomalyDetectorArn?: string): Promise<(string | undefined)[]> => {
            const names: (string | undefined)[] = [];
            for await (const page of paginateListAlerts({ client: world.api, pageSize: 2 }, { AnomalyDetectorArn }))
                names.push(...(page.AlertSummaryList ?? []).map((summary) => summary.AlertName));
            return names;
        };
        assert.deepEqual(await list(), ["a", "a-1", "a-2", "b", "c", "told"]);
        assert.deepEqual(await list(detectorArn("shop")), ["a", "a-1", "b", "c", "told"]);
        assert.deepEqual(await list(detectorArn("ready")), []);
    });

    it("makes one alert of a name that many ask for at once", async () => {
        const asked = Array.from({ length: 8 }, (_, i) =>
            create("rush", { AnomalyDetectorArn: detectorArn(i % 2 ? "shop" : "bare") }),
        );
        const results = await Promise.allSettled(asked);
        assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
        for (const result of results)
            if (result.status === "rejected") assert.equal((result.reason as Error).name, "ConflictException");
        const pointers = world.objects.keys("_detection/alertsOf/").filter((key) => key.includes("/rush/"));
        assert.equal(pointers.length, 1);
    });

    it("goes with its detector, and is no alert of the next one of the name", async () => {
        const left = new Map<string, Buffer>();
        for (const key of world.objects.keys("_detection/alert")) left.set(key, (await world.objects.get(key))!.body);
        await world.api.send(new DeleteAnomalyDetectorCommand({ AnomalyDetectorArn: detectorArn("shop") }));
        assert.deepEqual(world.objects.keys("_detection/alert"), []);
        assert.deepEqual(world.objects.keys("_detection/feedback/shop/"), []);
        // As a crash in the midst of the deletion could have left it.
        for (const [key, body] of left) await world.objects.put(key, body);
        const AnomalyDetectorConfig = { AnomalyDetectorFrequency: "PT1H" as const };
        world.server.now += 1;
        await world.api.send(new CreateAnomalyDetectorCommand({ AnomalyDetectorName: "shop", AnomalyDetectorConfig }));
        await assert.rejects(describeAlert("told"), { name: "ResourceNotFoundException" });
        const query = { AnomalyDetectorArn: detectorArn("shop") };
        assert.deepEqual((await world.api.send(new ListAlertsCommand(query))).AlertSummaryList, []);
        assert.deepEqual((await world.api.send(new ListAlertsCommand({}))).AlertSummaryList, []);
        await create("told");
        assert.equal((await describeAlert("told")).AlertName, "told");
    });

    it("has tags of its own", async () => {
        const ResourceArn = alertArn("told");
        const tags = async () => (await world.api.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
        await world.api.send(new TagResourceCommand({ ResourceArn, Tags: { team: "a", cost: "b" } }));
        await world.api.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["team"] }));
        assert.deepEqual(await tags(), { cost: "b" });
        const { AlertSummaryList } = await world.api.send(new ListAlertsCommand({}));
        assert.deepEqual(AlertSummaryList?.[0]?.Tags, { cost: "b" });
    });

    it("tells nobody whom the service may not tell", async () => {
        const access = { ownBucket: "metrics", roles: ["arn:aws:iam::123456789012:role/known"], targets: [] };
        const strict = await openWorld({ access });
        try {
            const request = { AlertName: "x", AnomalyDetectorArn: detectorArn("shop"), Action: snsAction };
            await assert.rejects(strict.api.send(new CreateAlertCommand(request)), { name: "AccessDeniedException" });
            const { SNSConfiguration } = snsAction;
            const Action = { SNSConfiguration: { ...SNSConfiguration, RoleArn: access.roles[0] } };
            await strict.api.send(new CreateAlertCommand({ ...request, Action }));
        } finally {
            await strict.close();
        }
    });
});
