import assert from "node:assert/strict";
import { CreateAnomalyDetectorCommand, CreateMetricSetCommand } from "@aws-sdk/client-lookoutmetrics";
import { ownCalls } from "../../../../detection/api/own/calls";
import { seededChance } from "../../../support/businessSeries";
import { startDetectionServer, type DetectionServer } from "../../../support/detectionServer";
import { memoryObjectStore, type MemoryObjectStore } from "../../../support/memoryObjectStore";
import { tryOwn } from "../../../support/ownCalls";

const arn = (name: string): string => `arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:${name}`;
const AnomalyDetectorArn = arn("shop");
const groupId = "01c35cfc-756c-840d-aaa4-23f08aa127ba";
const time = "2026-04-01T00:00:00Z";
const metric = { MetricName: "views", Dimensions: { marketplace: "de" } };

/** A request of each call that is in order. */
const good: Readonly<Record<string, object>> = {
    advance: { AnomalyDetectorArn },
    countMetrics: { AnomalyDetectorArn },
    explain: { AnomalyDetectorArn, ...metric, StartTime: time, EndTime: time },
    getGroup: { AnomalyDetectorArn, AnomalyGroupId: groupId },
    getIncident: { AnomalyDetectorArn, IncidentId: groupId },
    getOptions: { AnomalyDetectorArn },
    listGroups: { AnomalyDetectorArn },
    listIncidents: { AnomalyDetectorArn },
    listProgress: { AnomalyDetectorArn },
    previewFeedback: {
        AnomalyDetectorArn,
        AnomalyGroupTimeSeriesFeedback: { AnomalyGroupId: groupId, TimeSeriesId: "ab12", IsAnomaly: false },
    },
    putOptions: { AnomalyDetectorArn, Options: {} },
    why: { AnomalyDetectorArn, ...metric, Timestamp: time },
};

describe("detection/api/own, refusals", () => {
    let objects: MemoryObjectStore;
    let server: DetectionServer;

    before(async () => {
        objects = memoryObjectStore();
        server = await startDetectionServer(objects, Date.parse("2026-04-01T00:00:00Z"));
        for (const name of ["shop", "bare"])
            await server.api.send(
                new CreateAnomalyDetectorCommand({
                    AnomalyDetectorName: name,
                    AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" },
                }),
            );
        await server.api.send(
            new CreateMetricSetCommand({
                AnomalyDetectorArn,
                MetricSetName: "orders",
                MetricList: ["views", "orders", "rate"].map((MetricName) => ({
                    MetricName,
                    AggregationFunction: "SUM",
                })),
                DimensionList: ["marketplace"],
                TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
                MetricSource: { S3SourceConfig: { TemplatedPathList: ["s3://metrics/none/{{yyyyMMdd}}/{{HHmm}}/"] } },
            }),
        );
    });

    after(() => server.close());

    const call = (name: string, body: object | string) => tryOwn(server.endpoint, name, body);
    /** Names of the members that a refusal blames. */
    const blamed = async (name: string, body: object): Promise<string[]> => {
        const { status, error, body: answer } = await call(name, body);
        assert.deepEqual([status, error, answer.Reason], [400, "ValidationException", "FIELD_VALIDATION_FAILED"]);
        return [...new Set(answer.Fields?.map(({ Name }) => Name))];
    };

    it("has a request to try for every call", () => {
        assert.deepEqual(Object.keys(good).sort(), Object.keys(ownCalls).sort());
    });

    for (const [name, request] of Object.entries(good)) {
        it(`says of ${name} which member is missing, unknown, or of the wrong kind`, async () => {
            assert.ok((await blamed(name, {})).includes("AnomalyDetectorArn"));
            assert.deepEqual(await blamed(name, { ...request, AnomalyDetectorArn: 7 }), ["AnomalyDetectorArn"]);
            assert.deepEqual(await blamed(name, { ...request, AnomalyDetectorArn: "shop" }), ["AnomalyDetectorArn"]);
            const { status, body } = await call(name, { ...request, Speling: 1 });
            assert.equal(status, 400);
            assert.match(body.Message, /Speling/);
        });

        it(`answers ${name} of a detector that there is not with ResourceNotFoundException, of another kind of ARN with ValidationException`, async () => {
            for (const of of [arn("none"), arn("shop").replace("123456789012", "999999999999")]) {
                const { status, error, body } = await call(name, { ...request, AnomalyDetectorArn: of });
                assert.deepEqual([status, error], [400, "ResourceNotFoundException"]);
                assert.deepEqual([body.ResourceId, body.ResourceType], [of, "AnomalyDetector"]);
            }
            const metricSet = "arn:aws:lookoutmetrics:us-east-1:123456789012:MetricSet/shop/orders";
            assert.equal(
                (await call(name, { ...request, AnomalyDetectorArn: metricSet })).error,
                "ValidationException",
            );
        });

        it(`refuses a body of ${name} that is no JSON, no object, or too large`, async () => {
            for (const text of ["{", "[]", '"text"', "7", "nul"]) {
                const { status, error } = await call(name, text);
                assert.deepEqual([text, status, error], [text, 400, "ValidationException"]);
            }
            const { status } = await call(name, { ...request, Filler: "x".repeat(1_100_000) });
            assert.equal(status, 400);
        });
    }

    const wrong: readonly (readonly [string, object, string])[] = [
        ["listGroups", { MaxResults: 0 }, "MaxResults"],
        ["listGroups", { MaxResults: 101 }, "MaxResults"],
        ["listGroups", { MinSeverity: 101 }, "MinSeverity"],
        ["listGroups", { MinSeverity: 12.5 }, "MinSeverity"],
        ["listGroups", { MetricNames: [] }, "MetricNames"],
        ["listGroups", { MetricNames: [""] }, "MetricNames.0"],
        ["listGroups", { StartTime: "yesterday" }, "StartTime"],
        ["listGroups", { StartTime: time, EndTime: "2026-03-31T00:00:00Z" }, "EndTime"],
        ["listGroups", { NextToken: "bm90aGluZw" }, "NextToken"],
        ["listGroups", { StartTime: "0000-01-01T00:00Z" }, "StartTime"],
        ["listGroups", { EndTime: "9999-12-31T23:59-12:00" }, "EndTime"],
        ["listIncidents", { EndTime: "2026-13-01T00:00Z[UTC]" }, "EndTime"],
        ["listIncidents", { NextToken: "a b" }, "NextToken"],
        ["listProgress", { MaxResults: "10" }, "MaxResults"],
        ["getGroup", { AnomalyGroupId: "../../etc/passwd" }, "AnomalyGroupId"],
        ["getIncident", { IncidentId: "7" }, "IncidentId"],
        ["explain", { Dimensions: ["de"] }, "Dimensions"],
        ["explain", { StartTime: "2026-04-01T00:00:00[Nowhere/Land]" }, "StartTime"],
        ["explain", { EndTime: "2026-03-01T00:00:00Z" }, "EndTime"],
        ["why", { Timestamp: "x".repeat(61) }, "Timestamp"],
        ["why", { MetricName: "../views" }, "MetricName"],
        [
            "putOptions",
            { Options: { measures: { views: { direction: "sideways" } } } },
            "Options.measures.views.direction",
        ],
        [
            "putOptions",
            { Options: { measures: { views: { minimumEffect: { absolute: -1 } } } } },
            "Options.measures.views.minimumEffect.absolute",
        ],
        ["putOptions", { Options: { measures: { clicks: {} } } }, "Options.measures.clicks"],
        [
            "putOptions",
            { Options: { measures: { rate: { ratio: { numerator: "clicks", denominator: "views" } } } } },
            "Options.measures.rate.ratio.numerator",
        ],
        [
            "putOptions",
            { Options: { measures: { rate: { ratio: { numerator: "views", denominator: "views" } } } } },
            "Options.measures.rate.ratio",
        ],
        ["putOptions", { Options: { events: [{ from: time, to: time }] } }, "Options.events.0.to"],
        ["putOptions", { Options: { events: [{ from: "soon", to: time }] } }, "Options.events.0.from"],
        [
            "putOptions",
            { Options: { events: [{ from: time, to: "2026-04-02T00:00:00Z", measure: "clicks" }] } },
            "Options.events.0.measure",
        ],
        [
            "putOptions",
            { Options: { events: [{ from: time, to: "2026-04-02T00:00:00Z", dimensions: { platform: "x" } }] } },
            "Options.events.0.dimensions.platform",
        ],
    ];
    for (const [name, members, member] of wrong)
        it(`blames ${member} in ${name} of ${JSON.stringify(members).slice(0, 90)}`, async () => {
            assert.deepEqual(await blamed(name, { ...good[name], ...members }), [member]);
        });

    it("has no options and no metrics for a detector without a metric set", async () => {
        for (const name of ["putOptions", "countMetrics"]) {
            const { status, body } = await call(name, { ...good[name], AnomalyDetectorArn: arn("bare") });
            assert.equal(status, 400);
            assert.match(body.Message, /has no metric set; create one before/);
        }
    });

    it("answers groups and incidents that there are not with ResourceNotFoundException", async () => {
        for (const name of ["getGroup", "getIncident"]) {
            const { status, error } = await call(name, good[name]!);
            assert.deepEqual([status, error], [400, "ResourceNotFoundException"]);
        }
        const link = await fetch(`${server.endpoint}/lookout/v1/detectors/shop/groups/${groupId}`);
        assert.equal(link.headers.get("x-amzn-errortype"), "ResourceNotFoundException");
        for (const path of ["detectors/sh%2Fop/groups/x", "detectors/%2E%2E/groups/%00", "detectors/shop/groups/7"]) {
            const { status } = await fetch(`${server.endpoint}/lookout/v1/${path}`);
            assert.equal(status, 400, path);
        }
    });

    it("refuses what is no call, and another method, as the API does", async () => {
        for (const [method, path] of [
            ["POST", "nothing"],
            ["GET", "why"],
            ["PUT", "putOptions"],
            ["POST", "why/"],
            ["DELETE", ""],
        ] as const) {
            const response = await fetch(`${server.endpoint}/lookout/v1/${path}`, { method });
            const { Reason } = (await response.json()) as { Reason: string };
            assert.deepEqual([path, response.status, Reason], [path, 400, "UNKNOWN_OPERATION"]);
        }
    });

    it("never fails, and changes nothing, whatever it is sent", async () => {
        const stored = objects.keys().map((key) => objects.text(key));
        const chance = seededChance(11);
        for (let round = 0; round < 600; round++) {
            const names = Object.keys(good).filter((name) => name !== "putOptions");
            const name = names[Math.floor(chance() * names.length)]!;
            const { status } = await call(name, distorted(good[name]!, chance));
            assert.ok(status < 500, `${name} gave ${status}`);
        }
        assert.deepEqual(
            objects.keys().map((key) => objects.text(key)),
            stored,
        );
    });
});

const oddities: readonly unknown[] = [
    null,
    true,
    0,
    -1,
    1e300,
    0.5,
    "",
    " ",
    "NaN",
    "\u0000",
    "x".repeat(5000),
    "../../secret",
    "😀",
    [],
    [[]],
    {},
    { a: { b: 1 } },
    "0000-01-01T00:00Z",
    "9999-12-31T23:59:59.999Z",
    "2026-02-30T25:61:00Z",
    "2026-03-29T02:30[Europe/Paris]",
    { __proto__x: 1 },
];

/** A request in which one member or two are something else. */
function distorted(request: object, chance: () => number): object {
    const members = { ...request } as Record<string, unknown>;
    for (let times = 0; times < 1 + Math.floor(chance() * 2); times++) {
        const names = [...Object.keys(members), "MaxResults", "NextToken", "StartTime", "EndTime", "MetricName"];
        members[names[Math.floor(chance() * names.length)]!] = oddities[Math.floor(chance() * oddities.length)];
    }
    return members;
}
