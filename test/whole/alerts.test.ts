import assert from "node:assert/strict";
import path from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
    CreateAlertCommand,
    DescribeAlertCommand,
    ListAlertsCommand,
    ListAnomalyGroupSummariesCommand,
} from "@aws-sdk/client-lookoutmetrics";
import { projectFolder } from "../support/sources";
import { loadOrders, openStack, ordersConfig, type TestStack } from "../support/stack";

const program = path.join(projectFolder, "test/fixtures/programs/alertTargets");
const topic = (name: string): string => `arn:aws:sns:us-east-1:123456789012:${name}`;
const page = "arn:aws:lambda:us-east-1:123456789012:function:page";
const partner = "arn:aws:iam::123456789012:role/partner";

/** One hourly detector with these alerts. */
const config = (alerts: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...ordersConfig({ detector: { detectorName: "orders", alerts } }),
    "lookout:detection": { allowedRoles: [partner] },
    ...more,
});

/** Makes one hour's revenue of one shop odd; hours count from the first that is scored. */
const spike = (stack: TestStack, hour: number) =>
    stack.warehouse.exec(
        `update orders set revenue = revenue * 9 where shop = 'web' and region = 'north' and ts = timestamp '2026-04-01' + interval '${hour} hours'`,
    );

const messages = (stack: TestStack, name: string) => stack.cloud.topics.messages(topic(name));

async function paged(stack: TestStack): Promise<Record<string, unknown>[]> {
    const credentials = { accessKeyId: "user", secretAccessKey: "user" };
    const client = new LambdaClient({ endpoint: stack.cloud.endpoint, region: "us-east-1", credentials });
    const command = new InvokeCommand({ FunctionName: "page", Payload: JSON.stringify({ list: true }) });
    return JSON.parse(Buffer.from((await client.send(command)).Payload!).toString("utf8")) as Record<string, unknown>[];
}

async function groupIds(stack: TestStack): Promise<(string | undefined)[]> {
    const { AnomalyGroupSummaryList: groups = [] } = await stack
        .api()
        .send(
            new ListAnomalyGroupSummariesCommand({ AnomalyDetectorArn: stack.detectorArn(), SensitivityThreshold: 70 }),
        );
    return groups.map(({ AnomalyGroupId }) => AnomalyGroupId);
}

describe("alerts on the embedded cloud", () => {
    let stack: TestStack;

    beforeEach(async () => {
        stack = await openStack();
        await loadOrders(stack.warehouse);
    });
    afterEach(() => stack.close());

    it("tell of an anomaly in all three formats, and a function, once a group each", async () => {
        await stack.up(
            config({
                json: { threshold: 70, sns: topic("json") },
                long: { threshold: 70, sns: topic("long"), format: "LONG_TEXT", dimensions: { shop: ["web"] } },
                short: { threshold: 70, sns: topic("short"), format: "SHORT_TEXT" },
                page: { threshold: 70, lambda: page },
                others: { threshold: 70, sns: topic("partner"), dimensions: { shop: ["street"], region: ["south"] } },
            }),
            program,
        );
        await stack.work();
        await spike(stack, 2);
        await stack.hours(6);
        const [id, ...more] = await groupIds(stack);
        assert.deepEqual(more, []);
        const [json, ...again] = messages(stack, "json");
        assert.deepEqual(again, []);
        const payload = JSON.parse(json!.message) as Record<string, unknown>;
        assert.deepEqual(Object.keys(payload).sort(), [
            "alertArn",
            "alertDescription",
            "alertEventId",
            "alertName",
            "anomalyDetectorArn",
            "anomalyGroupId",
            "anomalyScore",
            "consoleUrl",
            "impactedMetric",
            "timestamp",
        ]);
        const alertArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:Alert:orders-json";
        assert.equal(payload.anomalyGroupId, id);
        assert.equal(payload.alertEventId, `${alertArn}:event/${id}`);
        assert.equal(payload.timestamp, "2026-04-01T02:00Z[UTC]");
        const { metricName, relevantTimeSeries } = payload.impactedMetric as {
            metricName: string;
            relevantTimeSeries: { dimensions: unknown; metricValue: number }[];
        };
        assert.equal(metricName, "revenue");
        assert.deepEqual(relevantTimeSeries[0]!.dimensions, [
            { dimensionName: "region", dimensionValue: "north" },
            { dimensionName: "shop", dimensionValue: "web" },
        ]);
        assert.ok(relevantTimeSeries[0]!.metricValue > 900, String(relevantTimeSeries[0]!.metricValue));
        const [event] = await paged(stack);
        assert.deepEqual(
            { ...event, alertName: "", alertArn: "", alertEventId: "" },
            {
                ...payload,
                alertName: "",
                alertArn: "",
                alertEventId: "",
            },
        );
        assert.match(messages(stack, "long")[0]!.message, /region north, shop web[^]*expected/i);
        assert.match(messages(stack, "short")[0]!.message, /^Anomaly in revenue of orders, 2026-04-01 02:00 UTC: /);
        assert.deepEqual(messages(stack, "partner"), []);
        assert.deepEqual(stack.told(), []);
    });

    it("are tried again when their target fails, told of, and buried in the end", async () => {
        const failing = { "page:fails": "yes" };
        const alerts = { page: { threshold: 70, lambda: page } };
        await stack.up(config(alerts, failing), program);
        await stack.work();
        await spike(stack, 2);
        await stack.hours(4);
        assert.equal(stack.told().length, 1);
        assert.match(stack.told()[0]!, /alerts of the detector "orders"[^]*PagerError: no pager/);
        const letters = () => stack.cloud.queues.messages().map(({ message }) => JSON.parse(message) as object);
        assert.deepEqual(
            letters().filter((letter) => "kind" in letter),
            [],
        );
        await stack.hours(12);
        const [letter, ...more] = letters().filter((one) => "kind" in one) as Record<string, unknown>[];
        assert.deepEqual(more, []);
        assert.equal(letter!.tries, 8);
        assert.match(String(letter!.failure), /PagerError: no pager/);
        assert.equal((letter!.payload as { anomalyGroupId: string }).anomalyGroupId, (await groupIds(stack)).at(-1));
        assert.equal(stack.told().length, 1);
    });

    it("reach a function that works again, and say so", async () => {
        const alerts = { page: { threshold: 70, lambda: page } };
        await stack.up(config(alerts, { "page:fails": "yes" }), program);
        await stack.work();
        await spike(stack, 2);
        await stack.hours(4);
        await stack.up(config(alerts), program);
        await stack.hours(7);
        assert.equal((await paged(stack)).length, 1);
        assert.equal(stack.told().length, 2);
        assert.match(stack.told()[1]!, /Delivering the alerts of the detector "orders".*works again/);
    });

    it("assume the role of a partner whose trust policy asks for the detector's ARN", async () => {
        await stack.up(config({ partner: { threshold: 70, sns: topic("partner"), role: partner } }), program);
        await stack.work();
        await spike(stack, 2);
        await stack.hours(4);
        assert.equal(messages(stack, "partner").length, 1);
    });

    it("follow the configuration: changed, and deleted, by an update of the stack", async () => {
        await stack.up(config({ oncall: { threshold: 70, sns: topic("json") } }), program);
        await stack.up(config({ oncall: { threshold: 80, sns: topic("json"), format: "LONG_TEXT" } }), program);
        const AlertArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:Alert:orders-oncall";
        const { Alert } = await stack.api().send(new DescribeAlertCommand({ AlertArn }));
        assert.equal(Alert!.AlertSensitivityThreshold, 80);
        assert.equal(Alert!.Action!.SNSConfiguration!.SnsFormat, "LONG_TEXT");
        await stack.up(config({}), program);
        const { AlertSummaryList } = await stack.api().send(new ListAlertsCommand({}));
        assert.deepEqual(AlertSummaryList, []);
    });

    it("are refused by the API for a stranger's target, and for a role that is not allowed", async () => {
        await stack.up(config({ oncall: { threshold: 70, sns: topic("json") } }), program);
        const create = (SnsTopicArn: string, RoleArn?: string) =>
            stack.api().send(
                new CreateAlertCommand({
                    AlertName: "strange",
                    AnomalyDetectorArn: stack.detectorArn(),
                    Action: { SNSConfiguration: { SnsTopicArn, RoleArn } },
                }),
            );
        await assert.rejects(create(topic("long")), { name: "ValidationException", message: /RoleArn/ });
        await assert.rejects(create(topic("long"), "arn:aws:iam::123456789012:role/other"), {
            name: "AccessDeniedException",
            message: /role\/other may not be assumed.*lookout:detection\.allowedRoles/,
        });
        await create(topic("json"));
    });
});
