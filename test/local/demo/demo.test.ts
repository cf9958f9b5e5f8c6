import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { runDemo, type DemoOptions } from "../../../local/demo/demo";
import { writeDemoState } from "../../../local/demo/demoState";
import { openProgress } from "../../../local/demo/progress";

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
        const { result, error, groups } = await runDemo(await options());
        assert.ok(error !== undefined);
        assert.equal(result.error, error.message);
        assert.deepEqual(
            result.stages.map(({ name }) => name),
            ["Load the warehouse", "Evaluate and deploy"],
        );
        assert.deepEqual([result.windows, result.recall, result.groups, groups], [0, 0, [], []]);
    });

    it("refuses to resume a run with another number of detectors", async () => {
        const given = await options({ resume: true, detectors: 3 });
        await writeDemoState(given.stateFolder, { version: 1, detectors: 2, days: 7 });
        const { error } = await runDemo(given);
        assert.equal(error?.name, "DataError");
        assert.match(error.message, /has 2 detectors, not 3; resume it without --detectors/);
    });

    it("refuses to resume a run that plays another number of days", async () => {
        const given = await options({ resume: true, days: 2 });
        await writeDemoState(given.stateFolder, { version: 1, detectors: 1, days: 7 });
        const { error } = await runDemo(given);
        assert.match(error?.message ?? "", /plays 7 days, not 2; resume it without --days/);
    });
});
