import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { handlerArchive } from "../../../components/bundles";
import { checkRequestRecord } from "../../../pipeline/check/event";
import { defaultCheckLimits } from "../../../pipeline/check/windowFindings";
import { duckdb } from "../../../sources/duckdb/deploy";
import { duckdbSchema } from "../../../sources/duckdb/config";
import { projectFolder } from "../../support/sources";
import { specOf } from "../../support/specs";

/** Another folder with packages for this machine, as `npm install --prefix layer/nodejs` makes it; a real layer is some 70 MB. */
const givenLayer = process.env.LOOKOUT_DUCKDB_LAYER;
const run = promisify(execFile);

/** The packages that a layer holds, of this project's own. */
async function layLayer(folder: string): Promise<string> {
    if (givenLayer !== undefined) return path.join(givenLayer, "nodejs", "node_modules");
    const packages = path.join(projectFolder, "node_modules");
    const layer = path.join(folder, "opt", "nodejs", "node_modules");
    await mkdir(path.join(layer, "@duckdb"), { recursive: true });
    for (const name of [
        "detect-libc",
        ...(await readdir(path.join(packages, "@duckdb"))).map((one) => `@duckdb/${one}`),
    ])
        if (existsSync(path.join(packages, name))) await symlink(path.join(packages, name), path.join(layer, name));
    return layer;
}

/** The function's code beside its caller, as Lambda has them: nothing of the project is near. */
async function layFunction(folder: string): Promise<string> {
    const { layerPackages = [] } = duckdb.needs!(
        duckdbSchema.parse({ type: "duckdb", layer: "local", files: { f: "f.csv" } }),
    );
    const archive = await handlerArchive({ handler: "extract", sourceType: "duckdb", layerPackages });
    const { "index.js": asset } = (await (archive as pulumi.asset.AssetArchive).assets) as Record<
        string,
        pulumi.asset.StringAsset
    >;
    const task = path.join(folder, "task");
    await mkdir(task);
    await writeFile(path.join(task, "index.js"), await asset!.text);
    const call = `const { handler } = require("./index.js");
        handler(JSON.parse(process.env.EVENT), { getRemainingTimeInMillis: () => 60000 })
            .then((answer) => console.log(JSON.stringify(answer)));`;
    await writeFile(path.join(task, "call.js"), call);
    return task;
}

describe("sources/duckdb in a function, with its layer", () => {
    let folder: string;
    let task: string;
    let layer: string;

    before(async () => {
        folder = await mkdtemp(path.join(tmpdir(), "lookout-layer-"));
        [task, layer] = await Promise.all([layFunction(folder), layLayer(folder)]);
        await writeFile(
            path.join(folder, "sales.csv"),
            "ts,platform,views\n2026-01-01 10:10:00,web,3\n2026-01-01 10:20:00,app,4\n",
        );
    });
    after(() => rm(folder, { recursive: true, force: true }));

    /** Asks the function, in a process of its own, to check a detector of the files. */
    async function check(nodePath: string): Promise<string> {
        const request = z.encode(checkRequestRecord, {
            detector: "sales",
            spec: specOf({ source: "files", query: "select ts, platform, views from sales" }),
            now: Date.parse("2026-01-01T11:05:00Z"),
            offsetSeconds: 0,
            limits: defaultCheckLimits,
            thorough: false,
        });
        const config = { type: "duckdb", layer: "local", files: { sales: path.join(folder, "sales.csv") } };
        const { stdout } = await run(process.execPath, ["--preserve-symlinks", "call.js"], {
            cwd: task,
            env: {
                NODE_PATH: nodePath,
                AWS_REGION: "eu-west-1",
                LOOKOUT_BUCKET: "metrics",
                LOOKOUT_LIMITS: "{}",
                LOOKOUT_SOURCE: JSON.stringify({ name: "files", config }),
                EVENT: JSON.stringify({ action: "check", request }),
            },
        });
        return stdout;
    }

    it("finds the driver where Lambda puts layers, and runs a query", async () => {
        const { verdict, window } = JSON.parse(await check(layer)) as { verdict: string; window: object };
        assert.equal(verdict, "ok");
        assert.deepEqual(window, { ...window, rows: 2, combinations: 2 });
    });

    it("says without it what is missing, and which key brings it", async () => {
        const { verdict, findings } = JSON.parse(await check("")) as {
            verdict: string;
            findings: { finding: string }[];
        };
        assert.equal(verdict, "failed");
        assert.match(
            findings[0]!.finding,
            /DuckDB is not here: Cannot find module '@duckdb\/node-api'.*lookout:sources\.files\.layer/,
        );
    });
});
