import assert from "node:assert/strict";
import {
    ActivateAnomalyDetectorCommand,
    CreateAnomalyDetectorCommand,
    CreateMetricSetCommand,
    ListAnomalyGroupTimeSeriesCommand,
    paginateListAnomalyGroupSummaries,
    PutFeedbackCommand,
    type AnomalyGroupSummary,
} from "@aws-sdk/client-lookoutmetrics";
import type { Incident } from "../../../../detection/api/own/gatherIncidents";
import type { ownCalls } from "../../../../detection/api/own/calls";
import { startDetectionServer, testBucket, type DetectionServer } from "../../../support/detectionServer";
import { memoryObjectStore } from "../../../support/memoryObjectStore";
import { callOwn, tryOwn } from "../../../support/ownCalls";
import { shopLedger, type ShopLedger } from "../../../support/shopLedger";

const hour = 3_600_000;
const AnomalyDetectorArn = "arn:aws:lookoutmetrics:us-east-1:123456789012:AnomalyDetector:shop";
const [historyDays, liveHours, pairs] = [30, 60, 7];

const metricSet = {
    AnomalyDetectorArn,
    MetricSetName: "0123456789",
    MetricList: [
        { MetricName: "views", AggregationFunction: "SUM" as const },
        { MetricName: "revenue", AggregationFunction: "SUM" as const },
    ],
    DimensionList: ["platform", "marketplace"],
    TimestampColumn: { ColumnName: "timestamp", ColumnFormat: "yyyy-MM-dd HH:mm:ss" },
    MetricSource: {
        S3SourceConfig: {
            TemplatedPathList: [`s3://${testBucket}/shop/live/{{yyyyMMdd}}/{{HHmm}}/`],
            HistoricalDataPathList: [`s3://${testBucket}/shop/backtest/0123456789/`],
        },
    },
};

describe("detection/api/own", () => {
    let server: DetectionServer;
    let ledger: ShopLedger;
    /** What the calls say before the detector is activated. */
    let early: Record<string, unknown>;

    before(async function () {
        this.timeout(120_000);
        const objects = memoryObjectStore();
        ledger = shopLedger(objects, { historyDays, liveHours, pairs, seed: 5, shiftChance: 0.005 });
        server = await startDetectionServer(objects, ledger.live + hour);
        const config = { AnomalyDetectorConfig: { AnomalyDetectorFrequency: "PT1H" as const } };
        await server.api.send(new CreateAnomalyDetectorCommand({ AnomalyDetectorName: "shop", ...config }));
        await server.api.send(new CreateMetricSetCommand(metricSet));
        await ledger.commitHistory();
        early = {
            count: await call("countMetrics"),
            groups: await call("listGroups"),
            incidents: await call("listIncidents"),
            progress: await call("listProgress"),
            points: await call("explain", { ...metric(0), ...stretch(0, 2) }),
            why: await call("why", { ...metric(0), Timestamp: iso(0) }),
        };
        await server.api.send(new ActivateAnomalyDetectorCommand({ AnomalyDetectorArn }));
        await server.queue.idle();
        for (let h = 0; h < liveHours; h++) {
            if (h === 7) await ledger.parkHour(h, "the warehouse is closed");
            else await ledger.commitHour(h);
        }
        await server.advance(AnomalyDetectorArn);
        await server.queue.idle();
    });

    after(() => server.close());

    const call = <Name extends keyof typeof ownCalls>(name: Name, more: object = {}) =>
        callOwn(server.endpoint, name, { AnomalyDetectorArn, ...more });
    const metric = (pair: number, measure = "views") => ({ MetricName: measure, Dimensions: ledger.pair(pair) });
    /** Hours from the first live one. */
    const iso = (h: number): string => new Date(ledger.live + h * hour).toISOString();
    const stretch = (from: number, to: number) => ({ StartTime: iso(from), EndTime: iso(to) });
    const liveOf = (from: number): number => from - historyDays * 24;
    const liveShifts = () => ledger.shifts.filter(({ from }) => liveOf(from) >= 0 && liveOf(from) !== 7);

    async function summaries(): Promise<AnomalyGroupSummary[]> {
        const found: AnomalyGroupSummary[] = [];
        const query = { AnomalyDetectorArn, SensitivityThreshold: 0 };
        for await (const page of paginateListAnomalyGroupSummaries({ client: server.api }, query))
            found.push(...page.AnomalyGroupSummaryList!);
        return found;
    }

    it("counts metrics before activation by reading the data, and says nothing else yet", () => {
        assert.deepEqual(early.count, {
            metrics: 14,
            measures: 2,
            combinations: 7,
            dimensions: [
                { name: "platform", values: 1 },
                { name: "marketplace", values: 7 },
            ],
            rows: historyDays * 24 * pairs,
            isComplete: true,
            sentence: "2 measures times 7 combinations of dimension values are 14 metrics",
        });
        assert.deepEqual(early.groups, { groups: [] });
        assert.deepEqual(early.incidents, { incidents: [] });
        assert.deepEqual(early.points, { points: [] });
        assert.deepEqual((early.progress as { metrics: unknown[]; total: number }).metrics, []);
        assert.equal((early.why as { sentence: string }).sentence, "the detector has not learned anything yet");
    });

    it("counts metrics of a detector at work as its run has them", async () => {
        const body = await call("countMetrics");
        assert.deepEqual([body.metrics, body.isComplete, body.rows], [14, true, undefined]);
    });

    it("gives value, expectation, band, verdict and evidence of any metric and interval", async () => {
        const shift = liveShifts()[0]!;
        const at = liveOf(shift.from);
        const body = await call("explain", { ...metric(shift.series), ...stretch(at - 1, at + 1) });
        assert.deepEqual(
            body.points.map(({ timestamp }) => Date.parse(timestamp)),
            [ledger.live + (at - 1) * hour, ledger.live + at * hour],
        );
        const odd = body.points[1]!;
        assert.equal(odd.value, ledger.views(shift.series, shift.from));
        assert.ok(odd.lower! < odd.expected! && odd.expected! < odd.upper!);
        assert.ok(odd.value < odd.lower! || odd.value > odd.upper!);
        assert.deepEqual([odd.verdict, odd.severity >= 50, odd.evidence === "none"], ["anomalous", true, false]);
        const history = (await call("explain", { ...metric(0), ...stretch(-3, -2) })).points;
        assert.deepEqual([history[0]!.verdict, history[0]!.expected], ["learned from", null]);
    });

    it("says in a sentence why a value was reported, and names the group", async () => {
        const shift = liveShifts()[0]!;
        const body = await call("why", { ...metric(shift.series), Timestamp: iso(liveOf(shift.from) + 0.5) });
        assert.match(
            body.sentence,
            /^expected -?[\d.]+ to [\d.]+, was -?[\d.]+: (above|below) the band by [\d.]+; severity [\d.]+, for /,
        );
        assert.equal(body.group?.measure, "views");
        assert.ok((await summaries()).some(({ AnomalyGroupId }) => AnomalyGroupId === body.group?.id));
        assert.deepEqual(body.feedback, []);
    });

    it("says in a sentence why a value was not reported", async () => {
        const sentences = new Set<string>();
        for (const h of [-5, 1, 2, 3, 7]) {
            const body = await call("why", { ...metric(0), Timestamp: iso(h) });
            sentences.add(body.sentence.replace(/\d+(\.\d+)?/g, "N"));
        }
        assert.ok(
            [...sentences].some((text) => /^expected -?N to N, was N: inside the band/.test(text)),
            [...sentences].join("\n"),
        );
        assert.ok(sentences.has("was N: part of the history that was learned from, and not judged"));
        assert.ok(sentences.has("The extraction failed: the warehouse is closed"));
    });

    it("lists the groups that the API lists, with measure and cause", async () => {
        const body = await call("listGroups");
        const groups = await summaries();
        assert.ok(groups.length >= 4);
        assert.deepEqual(
            body.groups.map(({ id }) => id),
            groups.map(({ AnomalyGroupId }) => AnomalyGroupId),
        );
        for (const { cause, metrics } of body.groups) {
            assert.deepEqual(Object.keys(cause!), ["platform", "marketplace"]);
            assert.ok(metrics >= 1);
        }
    });

    it("keeps to measures, severity and time, page by page", async () => {
        const all = (await call("listGroups")).groups;
        const revenue = all.filter(({ measure }) => measure === "revenue");
        const paged: string[] = [];
        for (let NextToken: string | undefined; ;) {
            const body = await call("listGroups", { MetricNames: ["revenue"], MaxResults: 1, NextToken });
            paged.push(...body.groups.map(({ id }) => id));
            NextToken = body.nextToken;
            if (NextToken === undefined) break;
        }
        assert.deepEqual(
            paged,
            revenue.map(({ id }) => id),
        );
        const MinSeverity = Math.ceil(Math.max(...all.map(({ severity }) => severity)) - 1);
        const severe = (await call("listGroups", { MinSeverity })).groups;
        assert.deepEqual(
            severe,
            all.filter(({ severity }) => severity >= MinSeverity),
        );
        const one = all[Math.floor(all.length / 2)]!;
        const within = {
            StartTime: new Date(Date.parse(one.endTime) + hour / 2).toISOString(),
            EndTime: new Date(Date.parse(one.endTime) + hour).toISOString(),
        };
        const then = (await call("listGroups", within)).groups;
        assert.ok(then.some(({ id }) => id === one.id));
        assert.ok(then.length < all.length);
    });

    it("refuses a token of another listing", async () => {
        const body = await call("listGroups", { MaxResults: 1 });
        const query = { AnomalyDetectorArn, MinSeverity: 1, NextToken: body.nextToken };
        const { status, error } = await tryOwn(server.endpoint, "listGroups", query);
        assert.deepEqual([status, error], [400, "ValidationException"]);
        assert.equal((await call("listGroups", { MaxResults: 2, NextToken: body.nextToken })).groups.length, 2);
    });

    it("shows one group whole, by call and by link", async () => {
        const first = (await call("listGroups")).groups[0]!;
        const body = await call("getGroup", { AnomalyGroupId: first.id.toUpperCase() });
        assert.equal(body.group.id, first.id);
        assert.equal(body.group.affected.length, first.metrics);
        assert.ok(body.group.affected[0]!.peak!.value !== null);
        const link = await fetch(`${server.endpoint}/lookout/v1/detectors/shop/groups/${first.id}`);
        assert.deepEqual(await link.json(), body);
    });

    it("gathers groups of one cause into incidents, each group in one", async () => {
        const groups = (await call("listGroups")).groups;
        const incidents: Incident[] = [];
        for (let NextToken: string | undefined; ;) {
            const body = await call("listIncidents", { MaxResults: 2, NextToken });
            incidents.push(...body.incidents);
            NextToken = body.nextToken;
            if (NextToken === undefined) break;
        }
        const members = incidents.flatMap((one) => one.groups.map(({ id }) => id));
        assert.deepEqual([...members].sort(), groups.map(({ id }) => id).sort());
        for (const one of incidents) {
            assert.ok(one.groups.every(({ incident }) => incident === one.id));
            const body = await call("getIncident", { IncidentId: one.groups.at(-1)!.id });
            assert.deepEqual(body.incident, one);
        }
        const starts = incidents.map(({ startTime }) => startTime);
        assert.deepEqual(starts, [...starts].sort().reverse());
        assert.ok(
            incidents.some(({ measures }) => measures.length === 2),
            "views and revenue of one pair shift together",
        );
    });

    it("tells points needed and had, of the detector and of each metric, in pages", async () => {
        const first = await call("listProgress", { MaxResults: 9 });
        assert.equal(first.total, 14);
        assert.equal(first.detector.status, "ACTIVE");
        assert.equal(first.detector.points, historyDays * 24 + liveHours - 1);
        const second = await call("listProgress", { MaxResults: 9, NextToken: first.nextToken });
        const metrics = [...first.metrics, ...second.metrics];
        assert.equal(metrics.length, 14);
        assert.equal(second.nextToken, undefined);
        assert.deepEqual(metrics[1], {
            measure: "revenue",
            dimensions: ledger.pair(0),
            points: historyDays * 24 + liveHours - 1,
            needed: 300,
            isScored: true,
            sentence: "has all of the 300 points that it needs",
        });
        const views = await call("listProgress", { MetricName: "views" });
        assert.deepEqual([views.total, views.metrics.length], [7, 7]);
    });

    it("keeps options, and judges the next intervals by them", async () => {
        assert.deepEqual(await call("getOptions"), { options: { measures: {}, events: [] } });
        const options = {
            measures: { views: { direction: "up", minimumEffect: { relative: 0.2 }, sensitivity: "low" } },
            events: [
                { from: iso(liveHours), to: iso(liveHours + 1), measure: "revenue", dimensions: { marketplace: "de" } },
            ],
        };
        const body = await call("putOptions", { Options: options });
        const events = [
            {
                ...options.events[0],
                from: iso(liveHours).replace(".000", ""),
                to: iso(liveHours + 1).replace(".000", ""),
            },
        ];
        assert.deepEqual(body, { options: { ...options, events } });
        assert.deepEqual(await call("getOptions"), body);
        const header = "timestamp,platform,marketplace,views,revenue";
        const time = new Date(ledger.live + liveHours * hour).toISOString().slice(0, 19).replace("T", " ");
        const rows = [0, 1, 2, 3].map(
            (p) =>
                `${time},${ledger.pair(p).platform},${ledger.pair(p).marketplace},${p === 0 ? 0 : 5000},${p < 2 ? 2000 : 50}`,
        );
        await ledger.commitHour(liveHours, `${[header, ...rows].join("\n")}\n`);
        await server.advance(AnomalyDetectorArn);
        await server.queue.idle();
        const why = async (pair: number, measure: string) =>
            await call("why", { ...metric(pair, measure), Timestamp: iso(liveHours) });
        const fallen = await why(0, "views");
        assert.equal(fallen.point?.verdict, "other direction");
        assert.match(fallen.sentence, /below the band by [\d.]+; only a rise is of interest$/);
        const known = await why(0, "revenue");
        assert.equal(known.point?.verdict, "known event");
        assert.match(known.sentence, /in the time of a known event: 2026-04-03T12:00:00Z to 2026-04-03T13:00:00Z$/);
        assert.equal((await why(1, "revenue")).point?.verdict, "anomalous");
        assert.equal((await why(1, "views")).point?.verdict, "anomalous");
    });

    it("tells what was said of a metric's anomalies", async () => {
        const { series, from } = liveShifts()[0]!;
        const asked = { ...metric(series), Timestamp: iso(liveOf(from)) };
        const { group } = await call("why", asked);
        const { TimeSeriesList } = await server.api.send(
            new ListAnomalyGroupTimeSeriesCommand({
                AnomalyDetectorArn,
                AnomalyGroupId: group!.id,
                MetricName: "views",
            }),
        );
        const { TimeSeriesId } = TimeSeriesList!.find(({ DimensionList }) =>
            DimensionList!.some(({ DimensionValue }) => DimensionValue === ledger.pair(series).marketplace),
        )!;
        const feedback = { AnomalyGroupId: group!.id, TimeSeriesId, IsAnomaly: false };
        const preview = (IsAnomaly: boolean, more = {}) =>
            call("previewFeedback", { AnomalyGroupTimeSeriesFeedback: { ...feedback, IsAnomaly }, ...more });
        const before = await preview(false);
        const { verdict, timestamp } = before.loweredPoints.at(-1)!;
        assert.deepEqual([verdict, Date.parse(timestamp) >= Date.parse(group!.startTime)], ["anomalous", true]);
        assert.equal(before.loweredPoints.length, before.lowered);
        assert.ok(before.anomalies >= before.lowered);
        assert.deepEqual([before.restored, before.unknown, before.notLearned], [0, 0, undefined]);
        assert.deepEqual((await call("why", asked)).feedback, [], "a preview keeps nothing");
        assert.deepEqual((await preview(false, { EndTime: group!.startTime })).lowered, 0);
        await server.api.send(new PutFeedbackCommand({ AnomalyDetectorArn, AnomalyGroupTimeSeriesFeedback: feedback }));
        const said = { groupId: group!.id, isAnomaly: false, timestamp: new Date(server.now).toISOString() };
        assert.deepEqual((await call("why", asked)).feedback, [said]);
        assert.deepEqual((await call("why", { ...asked, MetricName: "revenue" })).feedback, []);
        assert.equal((await preview(false)).lowered, 0);
        const back = await preview(true);
        assert.deepEqual(back.restoredPoints, before.loweredPoints);
        assert.deepEqual(back.notLearned, { startTime: group!.startTime, endTime: group!.endTime });
        assert.match(
            back.sentence,
            new RegExp(`, 0 would not be told of any more, and ${before.lowered} would be told`),
        );
    });

    it("names its calls, and describes them", async () => {
        for (const path of ["/lookout/v1", "/lookout/v1/"]) {
            const index = (await (await fetch(server.endpoint + path)).json()) as { calls: { call: string }[] };
            assert.ok(index.calls.some(({ call }) => call === "POST /lookout/v1/why"));
        }
        const described = (await (await fetch(`${server.endpoint}/lookout/v1/openapi.json`)).json()) as {
            openapi: string;
        };
        assert.equal(described.openapi, "3.1.1");
    });
});
