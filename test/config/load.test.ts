import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../../config/load";
import { ConfigError } from "../../errors";
import { projectFile, rawConfigOf } from "../support/rawConfig";

/** Sets the stack's configuration as Pulumi hands it over: texts as they are, everything else as JSON. */
function setConfig(values: Readonly<Record<string, unknown>>): void {
    const texts = Object.entries(values).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    pulumi.runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>);
}

describe("config/load", () => {
    let before: ReturnType<typeof pulumi.runtime.allConfig>;

    beforeEach(() => {
        before = pulumi.runtime.allConfig();
    });

    afterEach(() => {
        pulumi.runtime.setAllConfig(before);
    });

    it("reads the stack's configuration, and the query from the project's folder", () => {
        const raw = Object.entries(rawConfigOf(projectFile("Pulumi.dev.yaml")));
        setConfig({
            "aws:region": "us-east-1",
            ...Object.fromEntries(raw.map(([key, value]) => [`lookout:${key}`, value])),
        });
        const { detectors, keepData } = loadConfig();
        assert.equal(detectors.ecommerce?.query, projectFile("queries/ecommerce.sql"));
        assert.equal(keepData, true);
    });

    it("takes truth values as texts, as the command line sets them", () => {
        setConfig({ "lookout:keepData": "false" });
        assert.equal(loadConfig().keepData, false);
    });

    it("takes a stack without any key of ours", () => {
        setConfig({ "aws:region": "us-east-1", "aws:profile": "x" });
        assert.deepEqual(loadConfig().detectors, {});
    });

    it("reports keys of the namespace that it does not know, and text that is no map", () => {
        setConfig({ "lookout:detecters": {}, "lookout:sources": "{ warehouse" });
        assert.throws(
            () => loadConfig(),
            (error) => {
                assert.ok(error instanceof ConfigError);
                assert.ok(pulumi.RunError.isInstance(error), "Pulumi would show a stack trace");
                assert.deepEqual(
                    error.problems.map(({ key }) => key),
                    ["lookout:detecters", "lookout:sources"],
                );
                return true;
            },
        );
    });

    it("is the only file that reads Pulumi's configuration", () => {
        for (const file of ["config/parse.ts", "config/schema.ts", "config/environment.ts", "index.ts"]) {
            assert.doesNotMatch(projectFile(file), /pulumi\.Config|allConfig/, file);
        }
    });
});
