import assert from "node:assert/strict";
import { parse } from "yaml";
import { parseConfig } from "../../config/parse";
import { detectionSchema, detectorSchema, operationsSchema } from "../../config/schema";
import { storageSchema } from "../../config/storage";
import { findQueryProblem } from "../../pipeline/query";
import { athenaSchema } from "../../sources/athena/config";
import { duckdbSchema } from "../../sources/duckdb/config";
import { mysqlSchema } from "../../sources/mysql/config";
import { postgresSchema } from "../../sources/postgres/config";
import { redshiftSchema } from "../../sources/redshift/config";
import { s3Schema } from "../../sources/s3/config";
import { snowflakeSchema } from "../../sources/snowflake/config";
import { projectFile, type RawMap, rawConfigOf } from "../support/rawConfig";

interface DeclaredKey {
    readonly type?: string;
    readonly default?: unknown;
    readonly description?: string;
}

const project = parse(projectFile("Pulumi.yaml")) as {
    name: string;
    runtime: { name: string };
    config: Record<string, DeclaredKey>;
};
const example = projectFile("Pulumi.dev.yaml");
/** The example with its commented keys in use. */
const everything = example.replace(/^( +)# (\w+: .*)$/gm, "$1$2");

const measureKeys = ["direction", "minimumEffect", "sensitivity", "ratio"];
const eventKeys = ["from", "to", "measure", "dimensions"];
const alertKeys = ["threshold", "sns", "lambda", "format", "measures", "dimensions"];
const sourceSchemas = [
    athenaSchema,
    duckdbSchema,
    mysqlSchema,
    postgresSchema,
    redshiftSchema,
    s3Schema,
    snowflakeSchema,
];
const nested = {
    sources: [...new Set(sourceSchemas.flatMap(({ shape }) => Object.keys(shape)))],
    detectors: [
        ...Object.keys(detectorSchema.shape),
        "timestamp.column",
        "history.last",
        "history.chunk",
        "minimumEffect.absolute",
        "minimumEffect.relative",
        "ratio.numerator",
        "ratio.denominator",
        ...measureKeys,
        ...eventKeys,
        ...alertKeys,
    ],
    detection: Object.keys(detectionSchema.shape),
    storage: [...Object.keys(storageSchema.shape), "bucket", "prefix"],
    operations: Object.keys(operationsSchema.shape),
    tags: [],
    keepData: [],
};

describe("Pulumi.yaml", () => {
    it("names the project and its runtime", () => {
        assert.deepEqual([project.name, project.runtime.name], ["lookout", "nodejs"]);
    });

    it("declares each key with a type, a description, and a default of that type, without which Pulumi would require it", () => {
        assert.deepEqual(Object.keys(project.config), Object.keys(nested));
        for (const [key, declared] of Object.entries(project.config)) {
            assert.equal(declared.type, typeof declared.default, key);
            assert.ok(declared.description, key);
        }
    });

    it("has defaults that the program agrees with", () => {
        const defaults = Object.entries(project.config).map(([key, declared]) => [key, declared.default]);
        assert.deepEqual(
            parseConfig(Object.fromEntries(defaults) as RawMap, () => ""),
            parseConfig({}, () => ""),
        );
    });

    for (const [key, names] of Object.entries(nested)) {
        for (const name of names) {
            it(`describes ${key}: ${name}`, () => {
                const word = new RegExp(`(^|[^\\w])${name.replace(".", "\\.")}\\b`, "m");
                assert.match(project.config[key]?.description ?? "", word);
            });
        }
    }
});

describe("Pulumi.dev.yaml", () => {
    it("is valid as it stands", () => {
        const config = parseConfig(rawConfigOf(example), projectFile);
        assert.deepEqual(Object.keys(config.detectors), ["ecommerce"]);
        assert.deepEqual(config.detectors.ecommerce?.dimensions, ["platform", "marketplace"]);
    });

    for (const [what, names] of Object.entries({
        source: Object.keys(redshiftSchema.shape),
        detector: Object.keys(detectorSchema.shape),
        bucket: [...Object.keys(storageSchema.shape), "bucket", "prefix"],
        operations: Object.keys(operationsSchema.shape),
        namespace: Object.keys(nested).map((key) => `lookout:${key}`),
        measure: measureKeys,
        event: eventKeys,
        alert: alertKeys,
    })) {
        it(`shows every key of ${what}`, () => {
            for (const name of names) {
                assert.match(example, new RegExp(`[\\s({]${name}:\\s`), name);
            }
        });
    }

    it("is valid with its commented detector keys in use", () => {
        const { sources } = rawConfigOf(example);
        const { detectors } = rawConfigOf(everything);
        const detection = { allowedRoles: ["arn:aws:iam::210987654321:role/page"] };
        const { ecommerce } = parseConfig({ sources, detectors, detection }, projectFile).detectors;
        assert.equal(ecommerce?.latenessSeconds, 7200);
        assert.equal(ecommerce?.alerts.oncall?.threshold, 70);
        assert.equal(ecommerce?.detectorName, "shop");
        assert.deepEqual(ecommerce?.options.events, [
            {
                from: "2026-11-27T00:00:00Z",
                to: "2026-11-30T00:00:00Z",
                measure: "revenue",
                dimensions: { marketplace: "us" },
            },
        ]);
    });
});

describe("queries/ecommerce.sql", () => {
    it("can be extracted, and bounds itself", () => {
        const query = projectFile("queries/ecommerce.sql");
        assert.equal(findQueryProblem(query), undefined);
        assert.match(query, /\{\{start\}\}.*\{\{end\}\}/s);
    });
});
