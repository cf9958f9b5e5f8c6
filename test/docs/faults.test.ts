import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { faultGroups } from "../chaos/faultTable";
import { faultTables } from "../chaos/faultsPage";
import { uploadFaults } from "../chaos/uploadFaults";
import { projectFolder } from "../support/sources";

const page = path.join(projectFolder, "docs", "faults.md");
const begin = "<!-- the faults, written by test/docs/faults.test.ts -->";
const end = "<!-- end -->";

describe("docs/faults.md", () => {
    it("shows every fault that is played", () => {
        const uploads = {
            title: "A source that streams its rows, in mid-upload",
            faults: uploadFaults(async () => undefined),
        };
        const tables = faultTables([...faultGroups, uploads]);
        const text = readFileSync(page, "utf8");
        const [before, after] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
        if (process.env.LOOKOUT_WRITE_DOCS !== undefined)
            writeFileSync(page, `${text.slice(0, before)}\n\n${tables}\n\n${text.slice(after)}`);
        else
            assert.equal(
                text.slice(before, after).trim(),
                tables,
                "write it anew: LOOKOUT_WRITE_DOCS=1 npm run test:file -- test/docs/faults.test.ts",
            );
    });
});
