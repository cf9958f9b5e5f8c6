import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { builtinModules } from "node:module";
import { importsOf, projectFolder, sourceFiles } from "../support/sources";

/** Who may import whom: the first rule whose `files` matches decides. Every import must match `may`; `npm` lists packages. */
interface Rule {
    readonly files: RegExp;
    /** Project files, by path from the project's folder. */
    readonly may: RegExp;
    /** Packages, by name. Node's own modules count as packages named `node:…`. */
    readonly npm: RegExp;
}

const sdk = "@aws-sdk/.*|@smithy/.*|@aws-crypto/.*";
const node = "node:.*";

const rules: readonly Rule[] = [
    { files: /^errors\.ts$/, may: /^$/, npm: /^$/ },
    { files: /^index\.ts$/, may: /^(config|components|sources\/deploy)/, npm: /^@pulumi\// },
    { files: /^preview\//, may: /^(preview\/|pipeline\/|sources\/deploy|errors)/, npm: /^$/ },
    {
        files: /^config\//,
        may: /^(config\/|errors|pipeline\/|sources\/deploy|sources\/[^/]+\/config)/,
        npm: new RegExp(`^(${node}|zod|@pulumi/pulumi|yaml|fastest-levenshtein)$`),
    },
    { files: /^objects\//, may: /^(objects\/|errors)/, npm: new RegExp(`^(${node}|${sdk})$`) },
    { files: /^pipeline\/windows\.ts$/, may: /^$/, npm: /^$/ },
    {
        files: /^pipeline\//,
        may: /^(pipeline\/|objects\/objectStore|errors|sources\/metricSource|detection\/client|config\/environment)/,
        npm: new RegExp(`^(${node}|zod|${sdk})$`),
    },
    {
        files: /^operations\//,
        may: /^(operations\/|pipeline\/|objects\/objectStore|errors)/,
        npm: new RegExp(`^(${node}|zod|${sdk})$`),
    },
    { files: /^sources\/metricSource\.ts$/, may: /^(pipeline\/|errors)/, npm: /^(@pulumi\/pulumi|zod)$/ },
    {
        files: /^sources\/[^/]+\/deploy\.ts$/,
        may: /^(sources\/(metricSource|access|keys|server\/statements)|sources\/[^/]+\/(advice|config|sql))/,
        npm: /^@pulumi\//,
    },
    { files: /^sources\/deploy\.ts$/, may: /^sources\//, npm: /^zod$/ },
    { files: /^sources\/run\.ts$/, may: /^(sources\/|errors)/, npm: /^zod$/ },
    // Which driver a source has is its own affair.
    { files: /^sources\//, may: /^(sources\/|pipeline\/|errors)/, npm: /^(?!@pulumi\/)/ },
    {
        files: /^components\//,
        may: /^(components\/|config\/|preview\/|operations\/metricCatalogue|sources\/(deploy|metricSource)|pipeline\/|errors)/,
        npm: new RegExp(`^(${node}|@pulumi/.*|esbuild)$`),
    },
    {
        files: /^functions\//,
        may: /^(functions\/|config\/|sources\/(run|metricSource|[^/]+\/(attach|config))|pipeline\/|objects\/|operations\/|detection\/|alerts\/|errors)/,
        npm: new RegExp(`^(${node}|zod|hono.*|${sdk})$`),
    },
    { files: /^detection\/engine\//, may: /^detection\/engine\//, npm: /^$/ },
    {
        files: /^detection\/store\//,
        may: /^(detection\/(engine|store)\/|objects\/objectStore|pipeline\/(objectLayout|documents)|errors)/,
        npm: new RegExp(`^(${node}|zod)$`),
    },
    {
        // The outbox lies between store and worker; what delivers from it knows the API's names.
        files: /^alerts\/(alerting|matching|notice|noticeOf|outbox|shares)\.ts$/,
        may: /^(alerts\/(matching|notice|noticeOf|outbox|shares)|detection\/store\/|objects\/objectStore|pipeline\/documents)/,
        npm: new RegExp(`^(${node}|zod)$`),
    },
    {
        files: /^alerts\//,
        may: /^(alerts\/|detection\/|objects\/objectStore|pipeline\/(concurrently|documents)|errors)/,
        npm: new RegExp(`^(${node}|zod|${sdk})$`),
    },
    {
        files: /^detection\/worker\//,
        may: /^(detection\/(engine|store|worker)\/|alerts\/alerting|objects\/objectStore|pipeline\/|errors)/,
        npm: new RegExp(`^(${node}|zod)$`),
    },
    {
        files: /^detection\/api\//,
        may: /^(detection\/|alerts\/outbox|objects\/objectStore|pipeline\/|errors)/,
        npm: new RegExp(`^(${node}|zod|hono.*|${sdk})$`),
    },
    {
        files: /^detection\//,
        may: /^(detection\/|alerts\/|objects\/|pipeline\/|errors)/,
        npm: new RegExp(`^(${node}|zod|${sdk})$`),
    },
    { files: /^local\//, may: /^(?!test|bench)/, npm: /./ },
    { files: /^(test|bench)\//, may: /./, npm: /./ },
];

describe("the direction of imports", () => {
    const files = sourceFiles();

    it("has a rule for every file", () => {
        assert.deepEqual(
            files.filter((file) => !rules.some((rule) => rule.files.test(file))),
            [],
        );
    });

    it("is kept by every file", () => {
        assert.deepEqual(files.flatMap(violations), []);
    });

    it("keeps sources apart: each knows itself and what sources share", () => {
        const shared = ["access", "keys", "listedObject", "metricSource", "secret", "server", "sql", "upload"];
        const strays = files.flatMap((file) => {
            const own = /^sources\/([^/]+)\//.exec(file)?.[1];
            return importsOf(file).filter(({ target }) => {
                const [, other] = /^\.\/sources\/([^/.]+)/.exec(target) ?? [];
                return own !== undefined && other !== undefined && other !== own && !shared.includes(other);
            });
        });
        assert.deepEqual(strays, []);
    });

    /** What files bring along, by way of what: fails where Pulumi is among it. */
    function reachedWithoutPulumi(from: readonly string[], what: string): Map<string, string> {
        const reached = new Map<string, string>();
        const visit = (file: string, by: string): void => {
            if (reached.has(file)) return;
            reached.set(file, by);
            for (const { target, typeOnly } of importsOf(file)) {
                if (typeOnly) continue;
                if (target.startsWith("@pulumi/"))
                    assert.fail(`${file} imports ${target}, and ${what} it (by way of ${by})`);
                if (target.startsWith("./")) visit(target.slice(2), file);
            }
        };
        from.forEach((file) => visit(file, "itself"));
        return reached;
    }

    it("keeps Pulumi out of whatever a function bundles", () => {
        const handlers = files.filter((file) => file.startsWith("functions/"));
        assert.ok(reachedWithoutPulumi(handlers, "a function bundles").size > 20);
    });

    it("keeps Pulumi, which takes seconds to load, out of reading a configuration", () => {
        assert.ok(reachedWithoutPulumi(["config/parse.ts"], "every command that reads a stack's file loads").size > 10);
    });
});

function violations(file: string): string[] {
    const rule = rules.find((candidate) => candidate.files.test(file));
    if (rule === undefined) return [];
    return importsOf(file)
        .filter(({ target, typeOnly }) => !isAllowed(target, typeOnly, rule))
        .map(({ target }) => `${file} imports ${target}`);
}

function isAllowed(target: string, typeOnly: boolean, rule: Rule): boolean {
    if (target.startsWith("./"))
        return (
            rule.may.test(target.slice(2)) ||
            (typeOnly && /^(config\/schema|sources\/metricSource|pipeline\/)/.test(target.slice(2)))
        );
    return rule.npm.test(builtinModules.includes(target) ? `node:${target}` : target);
}

describe("the tree", () => {
    it("names every file in camel case", () => {
        const odd = sourceFiles()
            .map((file) => path.basename(file))
            .filter((name) => !/^[a-z][A-Za-z0-9]*(\.test)?(\.d)?\.ts$/.test(name));
        assert.deepEqual(odd, []);
    });

    it("reads no clock below the handlers, but for the patience of a source that asks its database", () => {
        const below = /^(pipeline|operations|alerts|preview|sources|detection\/(engine|store|worker))\//;
        const reading = sourceFiles()
            .filter((file) => below.test(file) && !/^sources\/[a-z0-9]+\/extractor\.ts$/.test(file))
            .filter((file) =>
                /Date\.now|new Date\(\)|performance\./.test(readFileSync(path.join(projectFolder, file), "utf8")),
            );
        assert.deepEqual(reading, []);
    });

    it("keeps the two-command set-up in the README", () => {
        const readme = readFileSync(path.join(projectFolder, "README.md"), "utf8");
        for (const command of ["npm ci && npm run demo", "npm ci && npm test"])
            assert.ok(readme.includes(command), command);
    });
});
