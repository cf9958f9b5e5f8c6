import assert from "node:assert/strict";
import { previewedStack } from "../../components/previewed";
import { parseConfig } from "../../config/parse";
import { metricCatalogue } from "../../operations/metricCatalogue";
import { type RecordedProgram, recordProgram } from "../support/recordedProgram";
import { loadedStack } from "../support/stackFiles";

const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const dashboardType = "aws:cloudwatch/dashboard:Dashboard";

interface Alarm {
    readonly metricName?: string;
    readonly namespace?: string;
    readonly dimensions?: Readonly<Record<string, string>>;
    readonly metricQueries?: readonly {
        readonly metric?: Required<Pick<Alarm, "metricName" | "namespace" | "dimensions">>;
    }[];
    readonly alarmDescription: string;
    readonly alarmActions: readonly string[];
    readonly okActions: readonly string[];
    readonly treatMissingData: string;
    readonly threshold: number;
    readonly period?: number;
}

const alarmsOf = (program: RecordedProgram): [string, Alarm][] =>
    program.all(alarmType).map(({ name, inputs }) => [name, inputs as unknown as Alarm]);
/** Namespace, name and dimensions of what an alarm watches. */
const watchedBy = ({ metricName, namespace, dimensions, metricQueries }: Alarm) =>
    metricName === undefined
        ? (metricQueries ?? []).flatMap(({ metric }) => (metric === undefined ? [] : [metric]))
        : [{ metricName, namespace: namespace!, dimensions: dimensions! }];

describe("components/monitoring", () => {
    let program: RecordedProgram;
    before(async () => {
        program = await recordProgram();
    });

    it("has an alarm for failed executions, lag, arrival, ticks that are late or missing, and dead letters", () => {
        assert.deepEqual(program.names(alarmType), [
            "monitoring-arrival",
            "monitoring-dead-letters",
            "monitoring-failed-executions",
            "monitoring-planning-silent",
            "monitoring-scoring-lag",
            "monitoring-tick-lag",
            "monitoring-tick-silent",
            "monitoring-watermark-lag",
        ]);
    });

    it("tells the operations topic of each, when it goes off and when it is over, and says what to do", () => {
        const topic = program.outputs.operationsTopicArn as string;
        for (const [name, alarm] of alarmsOf(program)) {
            assert.deepEqual([alarm.alarmActions, alarm.okActions], [[topic], [topic]], name);
            assert.ok(alarm.alarmDescription.length > 40 && alarm.alarmDescription.length <= 1024, name);
        }
    });

    it("watches what exists: machines, functions and queues of the stack, metrics that its functions measure", () => {
        const known = new Set(
            program.resources.flatMap(({ name, inputs }) => [
                typeof inputs.name === "string" ? inputs.name : `${name}-1234567`,
                `arn:aws:states:us-east-1:123456789012:stateMachine:${String(inputs.name)}`,
            ]),
        );
        for (const [name, alarm] of alarmsOf(program)) {
            for (const { metricName, namespace, dimensions } of watchedBy(alarm)) {
                const own = namespace === "Lookout";
                if (own) assert.ok(metricName in metricCatalogue, `${name}: ${metricName}`);
                const values = Object.values(dimensions);
                assert.ok(values.length === 1 && (own ? values[0] === "lookout/dev" : known.has(values[0]!)), name);
            }
        }
    });

    it("takes silence for a failure where something should be called, and for nothing elsewhere", () => {
        for (const [name, { treatMissingData }] of alarmsOf(program))
            assert.equal(treatMissingData, name.endsWith("-silent") ? "breaching" : "notBreaching", name);
    });

    it("waits for two ticks before it calls a schedule silent", async () => {
        const periods = async (config: Record<string, unknown>) =>
            Object.fromEntries(
                alarmsOf(await recordProgram(config))
                    .filter(([name]) => name.endsWith("-silent"))
                    .map(([name, { period }]) => [name, period]),
            );
        assert.deepEqual(await periods({}), { "monitoring-planning-silent": 7200, "monitoring-tick-silent": 7200 });
        assert.deepEqual(await periods(loadedStack()), {
            "monitoring-planning-silent": 600,
            "monitoring-tick-silent": 1200,
        });
    });

    it("watches no planner where there is no detector, and no service that runs elsewhere", async () => {
        const empty = await recordProgram({ "lookout:sources": {}, "lookout:detectors": {} });
        assert.ok(!empty.names(alarmType).includes("monitoring-planning-silent"));
        const elsewhere = { endpoint: "https://detection.example.com", retentionDays: 800 };
        const program = await recordProgram({ "lookout:detection": elsewhere });
        assert.ok(!program.names(alarmType).includes("monitoring-tick-silent"));
    });

    it("has one dashboard, of extraction, lag, anomalies by severity and cost drivers, in a grid without overlaps", () => {
        const [dashboard] = program.all(dashboardType);
        const { widgets } = JSON.parse(dashboard!.inputs.dashboardBody as string) as {
            widgets: { x: number; y: number; width: number; height: number; properties: { title: string } }[];
        };
        const titles = widgets.map(({ properties }) => properties.title).join("\n");
        for (const part of [/Rows extracted/, /Duration/, /behind/, /anomalies by severity/, /Cost driver/])
            assert.match(titles, part);
        assert.equal(new Set(widgets.map(({ x, y }) => `${x} ${y}`)).size, widgets.length);
        assert.ok(widgets.every(({ x, width }) => x + width <= 24));
    });

    it("is left out when it is not wanted", async () => {
        const { resources } = await recordProgram({ "lookout:operations": { monitoring: false } });
        assert.deepEqual(
            resources.filter(({ name }) => name.startsWith("monitoring")),
            [],
        );
    });

    it("costs what the preview says: as many metrics watched, metrics of our own, dashboards", () => {
        const { watched } = previewedStack(parseConfig({}, () => ""));
        const metrics = alarmsOf(program).reduce((sum, [, alarm]) => sum + watchedBy(alarm).length, 0);
        assert.deepEqual(watched, {
            alarms: metrics,
            metrics: Object.keys(metricCatalogue).length,
            dashboards: program.all(dashboardType).length,
        });
    });
});
