import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { runDemo, type DemoOptions } from "../../../local/demo/demo";
import { lockOf, writeDemoState } from "../../../local/demo/demoState";
import { openProgress } from "../../../local/demo/progress";
import { lockFolder } from "../../../local/folderLock";
import { stackText } from "../../support/stackText";

describe("local/demo/demo", () => {
    let folder = "";
    beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "lookout-demo-"))));
    afterEach(() => rm(folder, { recursive: true, force: true }));

    async function options(given: Partial<DemoOptions> = {}): Promise<DemoOptions> {
        const now = (): number => 0;
        return {
            projectFolder: folder,
            stateFolder: path.join(folder, "state"),
            reportFile: path.join(folder, "demo-report.html"),
            resume: false,
            progress: await openProgress({ stream: new PassThrough() as unknown as NodeJS.WriteStream, now }),
            now,
            ...given,
        };
    }

    it("tells of a failure in its result, with the stages it came through", async () => {
        await writeFile(path.join(folder, "Pulumi.yaml"), "name: lookout\nruntime: nodejs\nmain: missing.ts\n");
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), stackText(["ecommerce"]));
        const { result, error, groups } = await runDemo(await options());
        assert.ok(error !== undefined);
        assert.equal(result.error, error.message);
        assert.deepEqual(
            result.stages.map(({ name }) => name),
            ["Check the configuration", "Load the warehouse", "Evaluate and deploy"],
        );
        assert.deepEqual([result.windows, result.recall, result.groups, groups], [0, 0, [], []]);
    });

    it("checks the configuration before it touches anything", async () => {
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), stackText(["ecommerce"]).replace("PT1H", "PT7M"));
        const given = await options();
        await writeDemoState(given.stateFolder, { version: 1, detectors: 1, days: 7 });
        const { error, result } = await runDemo(given);
        assert.equal(error?.name, "ConfigError");
        assert.deepEqual(
            result.stages.map(({ name }) => name),
            ["Check the configuration"],
        );
        assert.ok(existsSync(path.join(given.stateFolder, "demo.json")));
    });

    it("refuses a folder in which another demo runs", async () => {
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), stackText(["ecommerce"]));
        const given = await options();
        const lock = await lockFolder(given.stateFolder, "lookout demo", lockOf(given.stateFolder));
        const { error } = await runDemo(given);
        await lock.release();
        assert.equal(error?.name, "FolderInUseError");
        assert.match(error.message, /state is in use by lookout demo \(process \d+\)/);
    });

    it("refuses to resume a run with another number of detectors", async () => {
        const given = await options({ resume: true, detectors: 3 });
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), stackText(["ecommerce"]));
        await writeDemoState(given.stateFolder, { version: 1, detectors: 1, days: 7 });
        const { error } = await runDemo(given);
        assert.equal(error?.name, "DataError");
        assert.match(error.message, /has 1 detector, not 3; resume it without --detectors/);
    });

    it("refuses to resume a run that plays another number of days", async () => {
        const given = await options({ resume: true, days: 2 });
        await writeFile(path.join(folder, "Pulumi.dev.yaml"), stackText(["ecommerce"]));
        await writeDemoState(given.stateFolder, { version: 1, detectors: 1, days: 7 });
        const { error } = await runDemo(given);
        assert.match(error?.message ?? "", /plays 7 days, not 2; resume it without --days/);
    });
});
