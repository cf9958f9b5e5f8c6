import assert from "node:assert/strict";
import { contract } from "../contract/extractor";
import { copyProject, type ProjectCopy } from "../support/projectCopy";
import { projectFile } from "../support/rawConfig";
import { followPage } from "../support/sourceWalk";

/** What `npm run test:file` runs, which the page names. */
const { scripts } = JSON.parse(projectFile("package.json")) as { scripts: { "test:file": string } };
const mocha = ["node_modules/mocha/bin/mocha.js", ...scripts["test:file"].split(" ").slice(1)];

describe("docs/adding-a-source.md, followed word by word", () => {
    const test = "test/sources/sqlite/contract.test.ts";
    let copy: ProjectCopy;
    let original: ReadonlyMap<string, string>;
    let shown: ReadonlyMap<string, string>;

    before(() => {
        copy = copyProject();
        original = copy.files();
        shown = followPage(copy);
    });
    after(() => copy.delete());

    it("shows the files that are to be filled in, each of them one that the command wrote", () => {
        const files = ["config.ts", "connection.ts", "sql.ts", "failures.ts", "README.md"].map(
            (file) => `sources/sqlite/${file}`,
        );
        assert.deepEqual([...shown.keys()].sort(), [...files, "test/sources/sqlite/fixture.ts"].sort());
    });

    it("ends with a contract test that is green", () => {
        const named = /^npm run test:file -- (\S+)$/m.exec(copy.read("docs/adding-a-source.md"))?.[1];
        assert.equal(named, test);
        const { code, printed } = copy.node(...mocha, test);
        assert.equal(code, 0, printed);
        assert.match(printed, new RegExp(`^ +${contract.length} passing`, "m"));
        assert.doesNotMatch(printed, /pending/);
    });

    it("changes nothing outside the source's own folders but its lines in the two maps", () => {
        const changed = [...copy.files()].filter(([file, text]) => original.get(file) !== text).map(([file]) => file);
        const outside = changed.filter((file) => !/^(test\/)?sources\/sqlite\//.test(file));
        assert.deepEqual(outside.sort(), ["sources/deploy.ts", "sources/run.ts"]);
        const added = outside.flatMap((file) => {
            const before = new Set(original.get(file)?.split("\n"));
            return copy
                .read(file)
                .split("\n")
                .filter((line) => !before.has(line));
        });
        assert.deepEqual(added, [
            'import { sqlite } from "./sqlite/deploy";',
            "    sqlite,",
            'import { sqliteSchema } from "./sqlite/config";',
            "    sqlite: {",
            "        schema: sqliteSchema,",
            '        load: async () => require("./sqlite/extractor") as typeof import("./sqlite/extractor"),',
        ]);
    });

    it("keeps the rules that all sources are held to", () => {
        const { code, printed } = copy.node(...mocha, "--grep", "sqlite", "test/guards/sourceFolders.test.ts");
        assert.equal(code, 0, printed);
        assert.match(printed, /sqlite is held to the extractors' contract/);
    });

    it("can be configured like any other source", () => {
        const ask = `
            require("tsx/cjs");
            const { parseConfig } = require("./config/parse");
            const source = (keys) => parseConfig({ sources: { files: { type: "sqlite", ...keys } } }, () => "");
            try { source({}); } catch (error) { console.log(error.message); }
            console.log(JSON.stringify(source({ file: "shop.db" }).sources.files));`;
        const { printed } = copy.node("-e", ask);
        assert.match(printed, /lookout:sources\.files\.file: is missing; expected the path of a SQLite file/);
        assert.match(printed, /"type":"sqlite","file":"shop\.db"/);
    });
});
