import assert from "node:assert/strict";
import path from "node:path";
import { ESLint } from "eslint";
import ts from "typescript";
import tseslint from "typescript-eslint";
import { contract } from "../../contract/extractor";
import { copyProject, type ProjectCopy } from "../../support/projectCopy";
import { followPage } from "../../support/sourceWalk";

/** What the type checker says of a project's files. */
function typeErrors(folder: string, files: readonly string[]): string[] {
    const { config } = ts.readConfigFile(path.join(folder, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
        config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    const program = ts.createProgram(
        files.map((file) => path.join(folder, file)),
        options,
    );
    const own = files.map((file) => program.getSourceFile(path.join(folder, file)));
    return own
        .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
        .map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
}

describe("lookout new-source", () => {
    let copy: ProjectCopy;
    let printed: string;
    /** What the page about sources shows of its example. */
    let walked: readonly string[];
    let original: ReadonlyMap<string, string>;
    const written = ["config", "deploy", "connection", "sql", "failures", "extractor"].map(
        (file) => `sources/cockroach/${file}.ts`,
    );
    const tests = ["test/sources/cockroach/contract.test.ts", "test/sources/cockroach/fixture.ts"];

    before(() => {
        copy = copyProject();
        original = copy.files();
        ({ printed } = copy.node("bin/lookout.js", "new-source", "cockroach"));
        copy.node("bin/lookout.js", "new-source", "bigquery", "--no-test");
        walked = [...followPage(copy).keys()].filter((file) => file.endsWith(".ts"));
    });
    after(() => copy.delete());

    it("lists what it wrote, and what is to be filled in", () => {
        for (const file of [...written, ...tests]) assert.ok(printed.includes(`  ${file}\n`), file);
        assert.match(printed, /sources\/cockroach\/connection\.ts +connect\(\): the driver/);
    });

    it("runs the contract test, which is red and says what is missing", () => {
        assert.match(printed, new RegExp(`${contract.length} failing`));
        const failures = printed.split(/^ {2}\d+\) /m).slice(1);
        assert.equal(failures.length, contract.length);
        const reason =
            /To fill in: (load\(\).* in test\/sources\/cockroach\/fixture|connect\(\) in sources\/cockroach\/connection)\.ts/;
        failures.forEach((failure) => assert.match(failure, reason));
    });

    it("makes the source known by lines in the two maps alone", () => {
        const changed = [...copy.files()].filter(([file, text]) => original.get(file) !== text).map(([file]) => file);
        const own = changed.filter((file) => !/^(test\/)?sources\/(cockroach|bigquery|sqlite)\//.test(file));
        assert.deepEqual(own.sort(), ["sources/deploy.ts", "sources/run.ts"]);
    });

    it("has the types right, also in the maps, for a type that was known and not built, and filled in as the page says", () => {
        const bigquery = written.map((file) => file.replace("cockroach", "bigquery"));
        assert.deepEqual(
            typeErrors(copy.folder, [
                ...written,
                ...bigquery,
                ...walked,
                ...tests,
                "sources/deploy.ts",
                "sources/run.ts",
            ]),
            [],
        );
    });

    it("keeps the keys and the page of a type that was known and not built, and lists it as built", () => {
        assert.match(copy.read("sources/bigquery/config.ts"), /maximumBytesBilled/);
        assert.match(copy.read("sources/bigquery/README.md"), /Google Cloud/);
        const maps = copy.read("sources/deploy.ts");
        assert.equal(maps.match(/^ {4}bigquery,$/gm)?.length, 1);
        assert.ok(maps.indexOf("    bigquery,") < maps.indexOf("unbuiltHalves"));
    });

    it("writes what the linter and the formatter take", async () => {
        const lines = ["sources/deploy.ts", "sources/run.ts", ...written, ...tests];
        const prettier = copy.node("node_modules/prettier/bin/prettier.cjs", "--check", ...lines);
        assert.equal(prettier.code, 0, prettier.printed);
        // The types have been checked; the rules that need them would load them all once more.
        const eslint = new ESLint({ cwd: copy.folder, overrideConfig: tseslint.configs.disableTypeChecked });
        const found = (await eslint.lintFiles(lines)).flatMap(({ messages }) => messages.map(({ message }) => message));
        assert.deepEqual(found, []);
    });

    it("refuses a name that is taken, and leaves everything as it was", () => {
        const before = copy.files();
        const again = copy.node("bin/lookout.js", "new-source", "cockroach");
        assert.equal(again.code, 1);
        assert.match(again.printed, /there is a source cockroach already/);
        assert.deepEqual(copy.files(), before);
    });
});
