import { AthenaClient } from "@aws-sdk/client-athena";
import { RedshiftDataClient } from "@aws-sdk/client-redshift-data";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { checkDetector } from "../../../pipeline/check/check";
import { type Finding, formatFinding } from "../../../pipeline/check/findings";
import type { CheckReport } from "../../../pipeline/check/report";
import { defaultCheckLimits } from "../../../pipeline/check/windowFindings";
import { athenaSchema } from "../../../sources/athena/config";
import { open as openAthena } from "../../../sources/athena/extractor";
import type { Extractor } from "../../../sources/metricSource";
import { redshiftSchema } from "../../../sources/redshift/config";
import { open as openRedshift } from "../../../sources/redshift/extractor";
import { openPostgresBench, type PostgresBench, userPassword } from "../../support/postgresBench";
import { serverPassword, testAuthority } from "../../support/postgresServer";
import { projectFolder } from "../../support/sources";
import { specOf } from "../../support/specs";
import { type Mistake, mistakenSpec, mistakes } from "./mistakes";

const now = Date.parse("2026-01-01T12:05:00Z");
const redshiftPassword = "correct-horse-battery-staple";
const page = path.join(projectFolder, "docs", "checking.md");

/** Two rows in the latest full window, and a table of 30,000 visitors; the same on both databases. */
const tables = (text: string, float: string): string => `
    drop table if exists events;
    create table events (ts timestamp, platform ${text}, views bigint, price ${float}, note ${text}, written ${text}, day date);
    insert into events values ('2026-01-01 11:10:00', 'web', 3, 0.5, 'a', '31.12.2025 11:10', '2026-01-01');
    insert into events values ('2026-01-01 11:20:00', 'app', 4, 0.7, 'b', '31.12.2025 11:20', '2026-01-01');`;

describe("pipeline/check, the mistakes that people make", () => {
    let bench: PostgresBench;
    const lines = new Map<string, string>();

    before(async () => {
        bench = await openPostgresBench();
        await prepareRedshift(bench);
        await preparePostgres(bench);
        await bench.cloud.wire.athena.lake.exec(
            `create schema sales; set search_path = sales; ${tables("text", "float8")}`,
        );
    });
    after(async () => bench.close());

    for (const mistake of mistakes) {
        it(`names cause and remedy of ${mistake.name} (${mistake.on})`, async () => {
            const { report, line } = await look(bench, mistake);
            lines.set(mistake.name, line);
            assert.equal(report.verdict, mistake.verdict, JSON.stringify(report.findings));
            assert.match(line, mistake.cause);
            assert.match(line, mistake.remedy);
            assert.ok(line.startsWith(`${mistake.key}: `), line);
            assert.doesNotMatch(line, /\n|undefined|<detector>/);
            for (const password of [userPassword, serverPassword, redshiftPassword])
                assert.ok(!JSON.stringify(report).includes(password));
        });
    }

    it("finds nothing in a query of a lake that names its window", async () => {
        const query = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}}";
        const report = await checkDetector(openLake(bench), { ...request, spec: specOf({ query }) });
        assert.deepEqual([report.verdict, report.findings, report.window?.rows], ["ok", [], 2]);
    });

    it("finds nothing where nothing is wrong, on either database", async () => {
        for (const on of ["redshift", "postgres"] as const) {
            const extractor = extractorOf(bench, { on, secret: on === "redshift" ? "right" : bench.secret });
            const report = await checkDetector(extractor, { ...request, spec: specOf() });
            assert.deepEqual([report.verdict, report.findings], ["ok", []]);
            const { rows, combinations, metrics, sample } = report.window!;
            assert.deepEqual({ rows, combinations, metrics }, { rows: 2, combinations: 2, metrics: 2 });
            assert.deepEqual(sample[0], ["2026-01-01 11:10:00", "web", "3"]);
            assert.equal(report.backfill.windows, 3);
        }
    });

    it("is what docs/checking.md shows", () => {
        const table = tableOf(mistakes, lines);
        const text = readFileSync(page, "utf8");
        const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
        const shown = text.slice(before, after).trim();
        if (process.env.LOOKOUT_WRITE_DOCS !== undefined)
            writeFileSync(page, `${text.slice(0, before)}\n\n${table}\n\n${text.slice(after)}`);
        else
            assert.equal(
                shown,
                table,
                "write it anew: LOOKOUT_WRITE_DOCS=1 npm run test:file -- test/pipeline/check/mistakes.test.ts",
            );
    });
});

const begin = "<!-- what the check says, written by test/pipeline/check/mistakes.test.ts -->";
const end = "<!-- end -->";
const request = { detector: "orders", now, offsetSeconds: 300, limits: defaultCheckLimits, thorough: true };

async function look(bench: PostgresBench, mistake: Mistake): Promise<{ report: CheckReport; line: string }> {
    const extractor = extractorOf(bench, mistake);
    const report = await checkDetector(extractor, { ...request, spec: mistakenSpec(mistake) });
    const found: Finding | undefined =
        report.findings.find(({ severity }) => severity === "error") ?? report.findings[0];
    assert.ok(found, "nothing was found");
    return { report, line: formatFinding(found) };
}

function extractorOf(
    bench: PostgresBench,
    { on, secret, source, anonymous }: Pick<Mistake, "on" | "secret" | "source" | "anonymous">,
): Extractor {
    if (on === "postgres")
        return bench.extractor({ secret: secret ?? bench.secret, certificateAuthority: testAuthority, ...source });
    const { client } = bench.cloud;
    if (on === "athena") return openLake(bench);
    const config = redshiftSchema.parse({ type: "redshift", secret: secret ?? "right", ...source });
    return openRedshift(
        { name: "warehouse", config, region: client.region },
        {
            data: new RedshiftDataClient(client),
            secrets: new SecretsManagerClient(anonymous ? { ...client, credentials: noCredentials } : client),
            now: Date.now,
            sleep: () => bench.cloud.settle(),
        },
    );
}

function openLake({ cloud }: PostgresBench): Extractor {
    const { client } = cloud;
    const config = athenaSchema.parse({ type: "athena", database: "sales", dataLocations: ["s3://lake/"] });
    const s3 = new S3Client({ ...client, forcePathStyle: true });
    const tools = { athena: new AthenaClient(client), s3, now: Date.now, sleep: () => cloud.settle() };
    return openAthena({ name: "warehouse", config, region: client.region, bucket: "metrics" }, tools);
}

/** What the SDK's own chain says when it finds nobody. */
const noCredentials = async (): Promise<never> => {
    throw new Error("Could not load credentials from any providers");
};

async function prepareRedshift({ cloud }: PostgresBench): Promise<void> {
    const { redshift, secrets } = cloud.wire;
    const cluster = { identifier: "orders", database: "dev", user: "lookout", password: redshiftPassword };
    const warehouse = await redshift.addCluster({ ...cluster, secretName: "right" });
    await warehouse.exec(tables("varchar(40)", "float8"));
    const right = { username: "lookout", password: redshiftPassword, dbClusterIdentifier: "orders", db: "dev" };
    await secrets.put("changed", { ...right, password: "of-yesterday" });
    await secrets.put("lacking", { ...right, db: undefined });
}

async function preparePostgres(bench: PostgresBench): Promise<void> {
    await bench.server.exec(`${tables("text", "double precision")}
        create table visits (ts timestamp, visitor text, views bigint, clicks bigint);
        insert into visits select timestamp '2026-01-01 11:30:00', 'v' || n, 1, 0 from generate_series(1, 30000) n;
        create table secrets (ts timestamp, platform text, views bigint);
        grant select on events, visits to lookout;
        create role temporary login password '${userPassword}' valid until '2020-01-01';`);
    await bench.putSecret("expired", { username: "temporary" });
}

function tableOf(all: readonly Mistake[], lines: ReadonlyMap<string, string>): string {
    const names = { redshift: "Redshift", postgres: "PostgreSQL", athena: "Athena" } as const;
    const rows = all.map(({ name, on }) => `| ${name} | ${names[on]} | ${cell(lines.get(name) ?? "")} |`);
    return ["| mistake | on | what the check says |", "| --- | --- | --- |", ...rows].join("\n");
}

/** Without what differs from run to run. */
const cell = (line: string): string =>
    line.replace(/statement [0-9a-f]{8}-[0-9a-f-]{27}/g, "statement 6f1c…").replaceAll("|", "\\|");
