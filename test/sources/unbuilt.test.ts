import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { parseConfig } from "../../config/parse";
import { ConfigError, type Problem } from "../../errors";
import { unbuiltHalves } from "../../sources/deploy";
import { projectFolder } from "../support/sources";

type Unbuilt = keyof typeof unbuiltHalves;

/** The least that each needs. */
const least: Readonly<Record<string, object>> = {
    bigquery: { project: "shop-analytics", location: "EU", secret: "bigquery-lookout" },
    clickhouse: { secret: "clickhouse-lookout" },
    sqlserver: { secret: "sqlserver-lookout" },
    timestream: { database: "shop", tables: ["orders"] },
};

/** Keys that are wrong, and the words that say so. */
const wrong: Readonly<Record<string, Readonly<Record<string, readonly [unknown, RegExp]>>>> = {
    bigquery: {
        project: ["Shop", /is not the id of a project/],
        location: ["Europe", /is not a location/],
        maximumBytesBilled: [1, /at least 10485760/],
    },
    clickhouse: {
        host: ["https://clickhouse", /without protocol and port/],
        user: ["lookout", /is not a known key/],
        maxBytesToRead: ["many", /is not a number of bytes/],
    },
    sqlserver: { port: [0, /is not a port/], snapshot: ["sometimes", /is not a truth value/] },
    timestream: { tables: [[], /too short; expected at least 1 entry/], region: ["Ireland", /is not a region/] },
};

function problemsOf(source: object): readonly Problem[] {
    try {
        parseConfig({ sources: { other: source } }, () => "");
    } catch (error) {
        assert.ok(error instanceof ConfigError);
        return error.problems;
    }
    throw new Error("the configuration was taken");
}

describe("sources that are not built", () => {
    for (const type of Object.keys(unbuiltHalves) as Unbuilt[]) {
        it(`stops a preview of ${type} with one message that says how to build it`, () => {
            const [problem, ...others] = problemsOf({ type, ...least[type] });
            assert.deepEqual(others, []);
            assert.equal(problem?.key, "lookout:sources.other.type");
            assert.match(
                problem.finding,
                new RegExp(`^"${type}" is not built yet: .* npx lookout new-source ${type},`),
            );
            assert.match(problem.finding, new RegExp(`sources/${type}/README\\.md`));
        });

        for (const [key, [value, words]] of Object.entries(wrong[type] ?? {})) {
            it(`tells a wrong ${key} of ${type} in the same breath`, () => {
                const problems = problemsOf({ type, ...least[type], [key]: value });
                assert.deepEqual(
                    problems.map((one) => one.key),
                    [`lookout:sources.other.${key}`, "lookout:sources.other.type"],
                );
                assert.match(problems[0]?.finding ?? "", words);
            });
        }

        it(`tells what ${type} lacks`, () => {
            const keys = problemsOf({ type }).map(({ key }) => key.split(".").at(-1));
            const required = Object.keys(least[type] ?? {});
            assert.deepEqual(keys, [...required, "type"]);
        });

        it(`describes every key of ${type} on its page`, () => {
            const page = readFileSync(path.join(projectFolder, "sources", type, "README.md"), "utf8");
            const { schema } = unbuiltHalves[type];
            assert.ok(schema instanceof z.ZodObject);
            const missing = Object.keys(schema.shape).filter((key) => key !== "type" && !page.includes(`\`${key}\``));
            assert.deepEqual(missing, []);
        });
    }
});
