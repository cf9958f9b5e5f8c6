import assert from "node:assert/strict";
import { extractionSpec } from "../../config/extractionSpec";
import { parseConfig } from "../../config/parse";
import { previewedStack } from "../../components/previewed";
import { previewDetector, type PreviewedDetector } from "../../preview/detectorPreview";
import { previewStack } from "../../preview/stackPreview";
import { windowSql } from "../../preview/windowSql";
import { selectWindow } from "../../sources/redshift/sql";
import { smallConfig } from "../support/rawConfig";
import { recordProgram } from "../support/recordedProgram";

const now = Date.parse("2026-04-01T12:34:56Z");
const day = 86_400_000;

const parsed = (detector: object = {}, rest: object = {}) => {
    const { sources, detectors } = smallConfig();
    return parseConfig({ sources, detectors: { orders: { ...detectors.orders, ...detector } }, ...rest }, () => "");
};
const previewed = (detector: object = {}): PreviewedDetector => previewedStack(parsed(detector)).detectors[0]!;
const textOf = (detector: object = {}): string => previewDetector(previewed(detector), now).text;

describe("preview", () => {
    it("shows the SQL of the first and the last window of the history, as the database gets it, and how many there are", () => {
        const config = parsed({ history: { last: "P90D", chunk: "P30D" } });
        const text = previewDetector(previewedStack(config).detectors[0]!, now).text;
        const spec = extractionSpec(config.detectors.orders!, config.sources.warehouse!);
        const end = Date.parse("2026-04-01T12:00:00Z");
        assert.match(text, /History: 3 windows of up to P30D, 2026-01-01T12:00:00Z to 2026-04-01T12:00:00Z/);
        for (const start of [end - 90 * day, end - 30 * day]) {
            const sql = selectWindow(spec, { start, end: start + 30 * day });
            assert.ok(
                text.includes(
                    sql
                        .split("\n")
                        .map((line) => `    ${line}`)
                        .join("\n"),
                ),
                text,
            );
        }
    });

    it("shows the first live window of a detector whose history would begin in the future", () => {
        const text = textOf({ history: { from: "2027-01-01" } });
        assert.match(text, /History: none; it begins after now/);
        assert.match(text, /First live window \[2026-04-01T12:00:00Z, 2026-04-01T13:00:00Z\):/);
    });

    it("shows a single window once", () => {
        const text = textOf({ history: { last: "P7D" } });
        assert.match(text, /History: 1 window, /);
        assert.doesNotMatch(text, /Last window/);
    });

    it("bounds a query from outside, in standard SQL, for a database that tells its own only when asked", () => {
        const spec = { ...previewed().spec, query: "select ts, revenue from orders -- all" };
        const window = { start: Date.parse("2026-01-01T00:00:00Z"), end: Date.parse("2026-01-02T00:00:00Z") };
        assert.equal(
            windowSql({ type: "mysql" }, spec, window),
            "select * from (\nselect ts, revenue from orders -- all\n) q where " +
                `q."ts" >= TIMESTAMP '2026-01-01 00:00:00' and q."ts" < TIMESTAMP '2026-01-02 00:00:00'`,
        );
    });

    it("says who would be told of what, and when nobody would", () => {
        const sns = "arn:aws:sns:us-east-1:123456789012:oncall";
        const alerts = {
            all: { threshold: 70, sns },
            some: {
                threshold: 90,
                sns,
                format: "SHORT_TEXT",
                measures: ["revenue"],
                dimensions: { platform: ["web", "app"] },
            },
            page: { threshold: 95, lambda: "arn:aws:lambda:us-east-1:123456789012:function:page" },
        };
        assert.ok(
            textOf({ alerts }).includes(
                [
                    "Alerts:",
                    `    all: anomalies of any measure from severity 70 on to the topic ${sns} as JSON`,
                    `    some: anomalies of revenue from severity 90 on, where platform is web or app to the topic ${sns} as SHORT_TEXT`,
                    "    page: anomalies of any measure from severity 95 on to the function arn:aws:lambda:us-east-1:123456789012:function:page",
                ].join("\n"),
            ),
        );
        assert.match(textOf(), /Alerts: none; nobody is told of its anomalies/);
    });

    it("gives an estimate with its parts, which add up, and what it is based on", () => {
        const { cost, text } = previewDetector(previewed(), now);
        const { extraction, storage, functions, states, logs, total } = cost;
        assert.ok(Math.abs(extraction + storage + functions + states + logs - total) < 1e-9);
        assert.match(text, /Cost: about \$\d+\.\d\d a month: extraction \$0\.00, storage /);
        assert.match(
            text,
            /Basis: list prices of us-east-1, last compared in \d{4}-\d\d, .* assumes 1000 rows of 60 bytes an interval/,
        );
    });

    it("warns of a query that would have a lake read whole for each window, and of none that names its window", () => {
        const lake = {
            sources: { warehouse: { type: "athena", database: "sales", dataLocations: ["s3://lake/sales/"] } },
        };
        const warnings = (detector: object): string[] => {
            const [shown] = previewedStack(parsed(detector, lake)).detectors;
            return previewDetector(shown!, now)
                .text.split("\n")
                .filter((line) => line.startsWith("Warning: "));
        };
        const [warning, ...rest] = warnings({ query: "select ts, revenue, views, platform from orders" });
        assert.deepEqual(rest, []);
        assert.match(
            warning ?? "",
            /^Warning: lookout:detectors\.orders\.query: does not name .* Fix: bound the partitions/,
        );
        assert.deepEqual(warnings({}), []);
    });

    it("adds up what the stack costs, ticks and monitoring among it", () => {
        const stack = previewedStack(parsed());
        const { total, detectors, text } = previewStack(stack, now);
        assert.ok(total > detectors[0]!.cost.total);
        assert.match(text, /^The stack costs about \$\d/);
        const unwatched = previewedStack(parsed({}, { operations: { monitoring: false } }));
        assert.deepEqual(unwatched.watched, { alarms: 0, metrics: 0, dashboards: 0 });
        assert.equal(stack.ticksPerHour, 2);
        assert.doesNotMatch(text, /endpoints/);
    });

    it("adds the endpoints that stand in subnets, once for each VPC", () => {
        const endpoints = { vpcId: "vpc-0123456789abcdef0" };
        const network = {
            subnetIds: ["subnet-01234567", "subnet-89abcdef"],
            securityGroupIds: ["sg-01234567"],
            endpoints,
        };
        const { sources } = smallConfig();
        const server = { type: "postgres", secret: "lookout-orders", ...network };
        const stack = previewedStack(parsed({}, { sources: { ...sources, server, again: server } }));
        assert.equal(stack.interfaces, 2);
        assert.match(previewStack(stack, now).text, /, endpoints \$14\.59 /);
    });

    describe("in the program", () => {
        it("is told of each detector and of the stack, at preview and only then", async () => {
            const { infos } = await recordProgram({}, true);
            assert.equal(infos.filter((info) => info.startsWith("Detector ecommerce: every PT1H")).length, 1);
            assert.equal(infos.filter((info) => info.startsWith("The stack costs about")).length, 1);
            const update = await recordProgram();
            assert.deepEqual(
                update.infos.filter((info) => /^(Detector|The stack)/.test(info)),
                [],
            );
        });
    });
});
