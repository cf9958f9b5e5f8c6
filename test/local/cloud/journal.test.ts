import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../../../local/cloud/journal";

describe("local/cloud/journal", () => {
    let folder: string;
    let file: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "lookout-journal-"));
        file = join(folder, "sub", "entries.jsonl");
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("gives what was set, in the order of the first setting, when it is opened again", () => {
        const journal = new Journal<number>(file);
        journal.set("b", 1);
        journal.set("a", 2);
        journal.set("b", 3);
        journal.set("gone", 4);
        journal.delete("gone");
        assert.deepEqual(new Journal<number>(file).values(), [3, 2]);
    });

    it("passes over a line that a dying process wrote only in part, and writes on behind it", () => {
        new Journal<number>(file).set("a", 1);
        appendFileSync(file, '{"key":"b","val');
        new Journal<number>(file).set("c", 3);
        assert.deepEqual(new Journal<number>(file).values(), [1, 3]);
    });

    it("keeps one line for each entry when it is compacted", () => {
        const journal = new Journal<number>(file);
        journal.set("a", 1);
        journal.set("a", 2);
        journal.compact();
        assert.equal(readFileSync(file, "utf8"), '{"key":"a","value":2}\n');
    });

    it("changes each line's text as asked before it is read", () => {
        new Journal<string>(file).set("url", "http://127.0.0.1:1/x");
        assert.equal(
            new Journal<string>(file, (line) => line.replace(":1/", ":2/")).get("url"),
            "http://127.0.0.1:2/x",
        );
    });
});
