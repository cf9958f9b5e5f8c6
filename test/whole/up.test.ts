import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { stringify } from "yaml";
import { readStackConfig, writtenConfig } from "../../local/stackConfig";
import { openStackView } from "../../local/stack/stackView";
import { readDetectorState } from "../../local/stack/detectorState";
import { findDefinition } from "../../local/stack/ledgerRows";
import type { Progress } from "../../local/demo/progress";
import type { Tell } from "../../local/demo/stages";
import { resultOf } from "../../local/up/result";
import { readUpState } from "../../local/up/upState";
import { upStack, type UpEnd, type UpOptions } from "../../local/up/upStack";
import { openPostgresServer, type PostgresServer, serverPassword, testAuthority } from "../support/postgresServer";
import { projectFolder } from "../support/sources";

const hour = 3_600_000;
const midnight = Date.parse("2026-04-01T00:00:00Z");
const began = midnight + 300_000;
const days = 14;
const combinations = 4;

/** Rows from two weeks before midnight to a day after it; in the third hour after it the north sells six times as much. */
function rowsOf(): string[][] {
    const rows: string[][] = [];
    for (let at = midnight - days * 24 * hour; at < midnight + 24 * hour; at += hour)
        for (const region of ["north", "south"])
            for (const shop of ["web", "street"]) {
                const noise = ((at / hour) * 7 + region.length * 3 + shop.length) % 5;
                const usual = 100 + 40 * Math.sin((new Date(at).getUTCHours() * Math.PI) / 12) + noise;
                const value = at === midnight + 3 * hour && region === "north" ? 6 * usual : usual;
                rows.push([new Date(at).toISOString().slice(0, 19).replace("T", " "), region, shop, value.toFixed(2)]);
            }
    return rows;
}

const csv = (rows: readonly string[][]): string =>
    ["ts,region,shop,revenue", ...rows.map((row) => row.join(",")), ""].join("\n");

const detector = (source: string, from: string) => ({
    source,
    interval: "PT1H",
    query: `select ts, region, shop, revenue from ${from}`,
    timestamp: { column: "ts" },
    dimensions: ["region", "shop"],
    measures: [{ name: "revenue", aggregation: "SUM" }],
    history: { last: `P${days}D`, chunk: "P7D" },
});

const config = {
    "aws:region": "eu-west-1",
    "lookout:sources": {
        files: { type: "duckdb", files: { sales: "data/sales.csv" }, layer: "local" },
        "orders-db": { type: "postgres", secret: "shop-secret", certificateAuthority: testAuthority },
        lake: { type: "s3", tables: { sales: { path: "s3://my-lake/sales/{{yyyyMMdd}}/", format: "CSV" } } },
    },
    "lookout:detectors": {
        files: detector("files", "sales"),
        orders: detector("orders-db", "orders"),
        lake: detector("lake", "sales"),
    },
    "lookout:operations": { monitoring: false },
};

describe("whole: a stack of one's own on this machine", function () {
    this.timeout(300_000);
    let folder = "";
    let server: PostgresServer;
    let secret: object;
    const home = process.cwd();

    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "lookout-up-"));
        server = await openPostgresServer();
        secret = {
            username: "postgres",
            password: serverPassword,
            host: "localhost",
            port: server.port,
            dbname: "shop",
        };
        const rows = rowsOf();
        await mkdir(path.join(folder, "data"));
        await writeFile(path.join(folder, "Pulumi.shop.yaml"), stringify({ config }));
        await writeFile(path.join(folder, "data", "sales.csv"), csv(rows));
        for (const day of new Set(rows.map(([at]) => at!.slice(0, 10)))) {
            const place = path.join(folder, "lake", "sales", day.replaceAll("-", ""));
            await mkdir(place, { recursive: true });
            await writeFile(path.join(place, "all.csv"), csv(rows.filter(([at]) => at!.startsWith(day))));
        }
        await server.exec("create table orders (ts timestamp, region text, shop text, revenue numeric(9, 2))");
        const values = rows.map(([at, region, shop, revenue]) => `('${at}', '${region}', '${shop}', ${revenue})`);
        await server.exec(`insert into orders values ${values.join(", ")}`);
        process.chdir(folder);
    });
    after(async () => {
        process.chdir(home);
        await server.close();
        await rm(folder, { recursive: true, force: true });
    });

    const stateFolder = (): string => path.join(folder, ".lookout", "shop");

    /** Brings the stack up, or goes on with it, up to so many hours after midnight. */
    function up(hours: number, more: Partial<UpOptions> = {}): Promise<UpEnd> {
        const folders = [folder, projectFolder];
        return upStack({
            stack: readStackConfig("shop", folders),
            program: { projectFolder, stack: "shop", config: { ...writtenConfig("shop", folders) } },
            stateFolder: stateFolder(),
            given: { secrets: { "orders-db": secret }, buckets: {} },
            from: began,
            until: midnight + hours * hour + 360_000,
            once: true,
            threshold: 70,
            reportFile: path.join(folder, "report.html"),
            progress: { stages: [], stage: (_name, work) => work(() => undefined) },
            now: Date.now,
            stop: new AbortController().signal,
            note: () => undefined,
            found: () => undefined,
            ...more,
        });
    }

    it("says first what this machine lacks, by its key, and makes nothing", async () => {
        await assert.rejects(up(6, { given: { secrets: {}, buckets: {} } }), (error: Error) => {
            assert.match(error.message, /lookout:sources\.orders-db\.secret: "shop-secret" lies in Secrets Manager/);
            assert.match(error.message, /export LOOKOUT_SECRET_ORDERS_DB='/);
            assert.match(error.message, /lookout:sources\.lake: reads the bucket my-lake.*\n.*--bucket my-lake=FOLDER/);
            return true;
        });
        await assert.rejects(readdir(stateFolder()), { code: "ENOENT" });
    });

    it("may begin at another instant while nothing was deployed", async () => {
        const given = { secrets: { "orders-db": secret }, buckets: { "my-lake": path.join(folder, "lake") } };
        const broken: Progress = { stages: [], stage: () => Promise.reject(new Error("broken")) };
        await assert.rejects(up(6, { given, from: began - hour, progress: broken }), /^Error: broken/);
        await assert.rejects(up(6, { given, progress: broken }), /^Error: broken/);
        assert.equal((await readUpState(stateFolder(), "shop"))?.began, began);
    });

    it("goes on where it was cut off: each source's rows once, the same anomaly in all of them", async () => {
        const cut = new Error("cut off");
        const given = { secrets: { "orders-db": secret }, buckets: { "my-lake": path.join(folder, "lake") } };
        await assert.rejects(up(6, { given, progress: cuttingOff(/^[1-5] of 6 windows/, cut) }), cut);
        const looks: string[] = [];
        const { findings } = await up(6, { progress: lookingOn(looks) });
        assert.deepEqual(looks, ["ACTIVE, which another process runs", "FolderInUseError"]);
        await assert.rejects(up(6, { from: began + hour }), /--from: the stack shop was brought up at/);
        const { detectors, groups } = resultOf(findings);
        const whole = {
            status: "ACTIVE",
            windows: 2 + 6,
            rows: (days * 24 + 6) * combinations,
            parked: 0,
            watermark: "2026-04-01T06:00:00Z",
            scoredThrough: "2026-04-01T06:00:00Z",
        };
        assert.deepEqual(
            detectors,
            ["files", "orders", "lake"].map((name) => ({ detector: name, ...whole })),
        );
        assert.deepEqual(
            groups.map(({ detector: name, start, dimensions }) => [name, start, dimensions]),
            ["files", "orders", "lake"].map((name) => [name, "2026-04-01T03:00:00Z", { region: "north" }]),
        );
        for (const { cause, severity } of groups) {
            assert.ok(severity >= 70 && cause.share > 90, `severity ${severity}, share ${cause.share}`);
            assert.ok(cause.actual / cause.expected > 5 && cause.actual / cause.expected < 7);
        }
        const report = await readFile(path.join(folder, "report.html"), "utf8");
        assert.match(report, /<title>Lookout shop: 3 anomaly groups<\/title>/);
    });

    /** Ends the run, as a killed process does, when the line of progress matches: its executions stay open. */
    const cuttingOff = (line: RegExp, cut: Error): Progress => ({
        stages: [],
        stage: async <Value>(_name: string, work: (tell: Tell) => Promise<Value>) => {
            let end: (error: Error) => void = () => undefined;
            const ended = new Promise<never>((_resolve, reject) => (end = reject));
            const running = work((text) => line.test(text) && end(cut));
            running.catch(() => undefined);
            return Promise.race([running, ended]);
        },
    });

    /** Looks at the stack, and tries to run it a second time, before it catches up. */
    const lookingOn = (looks: string[]): Progress => ({
        stages: [],
        stage: async (name, work) => {
            if (name === "Catch up") {
                const view = await openStackView({ stack: "shop", stateFolder: stateFolder(), projectFolder });
                const definition = await findDefinition(view.store, "files");
                const { status } = await readDetectorState(view.store, definition, view.outputs.detectorArns.files!);
                looks.push(`${status}, ${/which another process runs/.exec(view.where)?.[0]}`);
                await up(7).catch((error: Error) => looks.push(error.name));
            }
            return work(() => undefined);
        },
    });

    it("names the secret that a replay needs again, and asks for none of another detector's source", async () => {
        const place = { stack: "shop", stateFolder: stateFolder(), projectFolder, withDatabase: true };
        await assert.rejects(openStackView({ ...place, detector: "orders" }), /LOOKOUT_SECRET_ORDERS_DB/);
        const secretsFile = path.join(folder, "secrets.json");
        await writeFile(secretsFile, JSON.stringify({ "orders-db": secret }));
        await (await openStackView({ ...place, detector: "orders", secretsFile })).close();
        await rm(secretsFile);
        await (await openStackView({ ...place, detector: "files" })).close();
    });

    it("keeps the secret out of all that it writes", async () => {
        const files = await readdir(folder, { recursive: true, withFileTypes: true });
        for (const file of files.filter((entry) => entry.isFile())) {
            const text = await readFile(path.join(file.parentPath, file.name), "latin1");
            assert.ok(!text.includes(serverPassword), path.join(file.parentPath, file.name));
        }
    });
});
