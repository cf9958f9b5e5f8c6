import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { stringify } from "yaml";
import { check, type CheckFlags } from "../../../local/cli/checkCommand";
import { runLookout } from "../../support/lookoutCommand";
import { openWiredCloud, type WiredCloud } from "../../support/wiredCloud";

interface Ended {
    readonly code: number;
    readonly out: string;
    readonly err: string;
}

const orders = {
    source: "warehouse",
    interval: "PT1H",
    query: "orders.sql",
    timestamp: { column: "ts" },
    dimensions: ["platform"],
    measures: [{ name: "views", aggregation: "SUM" }],
    history: { last: "P90D" },
};
const sources = { warehouse: { type: "redshift", secret: "right" } };

/** Two detectors of one kind, the second by a merge key as Pulumi reads it. */
const merged = `config:
  aws:region: us-east-1
  lookout:sources: { warehouse: { type: redshift, secret: right } }
  lookout:detectors:
    orders: &hourly
      source: warehouse
      interval: PT1H
      query: select * from events
      timestamp: { column: ts }
      dimensions: [platform]
      measures: [{ name: views, aggregation: SUM }]
    web:
      <<: *hourly
      query: select * from events where platform = 'web'
`;

describe("lookout check", () => {
    let cloud: WiredCloud;
    let folder: string;

    let environment: NodeJS.ProcessEnv;
    before(async () => {
        cloud = await openWiredCloud(Date.parse("2026-01-01T12:00:00Z"), {
            statementDelays: { submittedMs: 0, startedMs: 0 },
        });
        const cluster = { identifier: "orders", database: "dev", user: "lookout", secretName: "right" };
        const warehouse = await cloud.wire.redshift.addCluster(cluster);
        await warehouse.exec(`create table events (ts timestamp, platform varchar(20), views bigint);
            insert into events values ('2026-01-01 11:10:00', 'web', 3), ('2026-01-01 11:20:00', 'app | "x"', null)`);
        folder = await mkdtemp(path.join(tmpdir(), "lookout-check-"));
        await writeFile(path.join(folder, "orders.sql"), "select * from events");
        await stack("good", { orders });
        await stack("bad", { orders, typo: { ...orders, dimensions: ["platfrom"] } });
        await stack("invalid", { orders: { ...orders, query: "select 1;" } });
        await stack("empty", {});
        const lake = { type: "bigquery", project: "shop-analytics", location: "EU", secret: "bigquery-lookout" };
        await stack("unbuilt", { orders, web: { ...orders, source: "lake" } }, { ...sources, lake });
        await writeFile(path.join(folder, "Pulumi.merged.yaml"), merged);
        await stack("shared", { orders: { ...orders, query: "queries/ecommerce.sql" } });
        const { endpoint, credentials } = cloud.client;
        environment = { ...process.env };
        process.env.AWS_ENDPOINT_URL = endpoint;
        process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
        process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
    });
    after(async () => {
        process.env = environment;
        await cloud.close();
        await rm(folder, { recursive: true });
    });

    const stack = (name: string, detectors: object, from: object = sources): Promise<void> =>
        writeFile(
            path.join(folder, `Pulumi.${name}.yaml`),
            stringify({
                config: { "aws:region": "us-east-1", "lookout:sources": from, "lookout:detectors": detectors },
            }),
        );

    /** The command in this process: starting one takes longer than all that it does. */
    const ran = async (flags: CheckFlags): Promise<Ended> => {
        const texts = { out: "", err: "" };
        const around = {
            folder,
            now: Date.parse("2026-01-01T12:06:00Z"),
            out: (text: string) => void (texts.out += stripVTControlCharacters(text)),
            err: (text: string) => void (texts.err += stripVTControlCharacters(text)),
        };
        const code = await check(flags, around).catch((error: Error) => {
            texts.err += error.message;
            return 1;
        });
        return { code, ...texts };
    };

    it("reads merge keys as Pulumi does: what is said beside them comes before them", async () => {
        const { code, out } = await ran({ stack: "merged" });
        assert.equal(code, 0, out);
        assert.match(out, /│ orders +│ warehouse +│ ok +│ .* │ +2 │ +2 │/);
        assert.match(out, /│ web +│ warehouse +│ ok +│ .* │ +1 │ +1 │/);
    });

    it("checks the others beside a detector whose source is not built, and says how to build it", async () => {
        const { code, out } = await ran({ stack: "unbuilt" });
        assert.equal(code, 1);
        assert.match(out, /│ orders +│ warehouse +│ ok /);
        assert.match(out, /│ web +│ lake +│ not built +│ –/);
        assert.match(
            out,
            /error +lookout:sources\.lake\.type: "bigquery" is not built yet.*npx lookout new-source bigquery/,
        );
        assert.match(out, /2 detectors checked: 1 ok, 1 not built\./);
        assert.equal((await ran({ stack: "unbuilt", detector: "orders" })).code, 0);
        assert.match((await ran({ stack: "unbuilt", detector: "web" })).out, /1 detector checked: 0 ok, 1 not built/);
    });

    it("prints a verdict for each detector, what was seen, and that nothing was written", async () => {
        const { code, out } = await ran({ stack: "good" });
        assert.equal(code, 0, out);
        assert.match(out, /│ orders +│ warehouse +│ ok +│ 2026-01-01 11:00 – 12:00 +│ +2 │ +2 │ +2 │ 3 windows, /);
        assert.match(out, /columns +ts \(timestamp\), platform \(varchar\), views \(int8\)/);
        assert.match(out, /2026-01-01 11:20:00 \| app \| \\"x\\" \| NULL/);
        assert.match(out, /1 detector checked: 1 ok\. Nothing was written\.\n$/);
    });

    it("ends with code 1 and names the key when one of them cannot be extracted, as JSON too", async () => {
        const { code, out } = await ran({ stack: "bad", window: "2026-01-01T11:30:00Z", json: true });
        assert.equal(code, 1);
        const { problems, detectors } = JSON.parse(out) as {
            problems: unknown[];
            detectors: { detector: string; verdict: string; findings: { key: string }[]; window?: object }[];
        };
        assert.deepEqual(problems, []);
        assert.deepEqual(
            detectors.map(({ detector, verdict }) => [detector, verdict]),
            [
                ["orders", "ok"],
                ["typo", "failed"],
            ],
        );
        assert.equal(detectors[1]?.findings[0]?.key, "lookout:detectors.typo.dimensions[0]");
        assert.deepEqual(detectors[0]?.window, {
            start: "2026-01-01T11:00:00Z",
            end: "2026-01-01T12:00:00Z",
            rows: 2,
            combinations: 2,
            metrics: 2,
            nulls: { ts: 0, views: 1 },
            sample: [
                ["2026-01-01 11:10:00", "web", "3"],
                ["2026-01-01 11:20:00", 'app | "x"', null],
            ],
        });
    });

    it("asks no database while the configuration itself is wrong", async () => {
        const { code, out, err } = await ran({ stack: "invalid" });
        assert.deepEqual([code, out], [1, ""]);
        assert.match(err, /lookout:detectors\.orders\.query: the query has a ";" on line 1/);
        const { problems } = JSON.parse((await ran({ stack: "invalid", json: true })).out) as { problems: object[] };
        assert.equal(problems.length, 1);
    });

    it("says which stacks, detectors and functions there are not", async () => {
        for (const [flags, message] of [
            [{ stack: "prod" }, /there is no Pulumi\.prod\.yaml in .*make one: cp Pulumi\.dev\.yaml/],
            [{ stack: "empty" }, /the stack has no detector; add one to lookout:detectors/],
            [{ stack: "good", detector: "order" }, /--detector order: the stack good has none .*; it has orders/],
            [{ stack: "good", deployed: true }, /--deployed: lookout-good-extract-warehouse cannot be called: /],
        ] as const) {
            const { code, err } = await ran(flags);
            assert.equal(code, 1, JSON.stringify(flags));
            assert.match(err, message);
        }
    });

    it("finds a query's file in the project when it does not lie beside the stack's", async () => {
        const { code, out } = await ran({ stack: "shared" });
        assert.equal(code, 1);
        assert.match(out, /relation "ecommerce" does not exist/);
    });

    it("says why a database was not reached, and how it may be", async () => {
        const error = { name: "Busy", message: "The cluster orders is being resized" };
        cloud.wire.faults.inject({ at: "statement", when: "before", error });
        const { code, out, err } = await ran({ stack: "good" });
        cloud.wire.faults.clear();
        assert.equal(code, 1);
        assert.match(out, /│ orders +│ warehouse +│ unreachable/);
        assert.match(err, /inside a VPC .* --deployed/);
    });

    it("is a command with its options, and refuses a time that is none", async () => {
        const { code, err } = await runLookout(folder, "check", "--stack", "good", "--window", "noon");
        assert.equal(code, 1);
        assert.match(err, /--window <time>.*It must be an instant/);
        const { out } = await runLookout(folder, "check", "--help");
        for (const option of [
            "--stack <env>",
            "--detector <name>",
            "--window <time>",
            "--deployed",
            "--region",
            "--json",
        ])
            assert.ok(out.includes(option), option);
        assert.match(out, /Examples:\n(.*\n)*.*\$ lookout check --stack/);
    });
});
