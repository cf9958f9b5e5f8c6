import assert from "node:assert/strict";
import { runInThisContext } from "node:vm";
import { transformSync } from "esbuild";
import { parse } from "yaml";
import { longText } from "../../alerts/texts";
import { parseConfig } from "../../config/parse";
import { ownCalls } from "../../detection/api/own/calls";
import { alertOf, noticeFor } from "../support/alertWorld";
import { projectFile, smallConfig, type RawMap } from "../support/rawConfig";

const pages = ["alerts", "beside-the-api", "migrating"] as const;

/** The fenced examples of a page in a language, in its order; "" for those that name none. */
function examples(page: (typeof pages)[number], language: string): string[] {
    const fences = projectFile(`docs/${page}.md`).matchAll(/^```(\w*)\n([^]*?)^```$/gm);
    return [...fences].filter(([, name]) => name === language).map(([, , text]) => text!);
}

function onlyExample(page: (typeof pages)[number], language: string): string {
    const [found, ...more] = examples(page, language);
    assert.ok(found !== undefined && more.length === 0, `docs/${page}.md has not one example in ${language}`);
    return found;
}

describe("examples in docs/", () => {
    it("in JavaScript run, and give clients of the service on this machine and of the deployed one", async () => {
        const { code } = transformSync(onlyExample("migrating", "ts"), { loader: "ts", format: "cjs" });
        const text = `(function (require, exports, endpoint) { ${code}\nreturn { local, deployed }; })`;
        const run = runInThisContext(text) as (
            ...given: [NodeJS.Require, object, string]
        ) => Record<"local" | "deployed", { readonly config: ClientConfig }>;
        const { local, deployed } = run(require, {}, "https://abc123.lambda-url.us-east-1.on.aws");
        const at = await local.config.endpoint();
        assert.deepEqual([at.hostname, at.port], ["127.0.0.1", 8080]);
        assert.equal((await deployed.config.endpoint()).hostname, "abc123.lambda-url.us-east-1.on.aws");
        assert.equal(deployed.config.signingName, "lambda");
    });

    it("in JSON are JSON, and what is sent to the service is as it takes it", () => {
        for (const page of pages) for (const text of examples(page, "json")) JSON.parse(text);
        const options = JSON.parse(onlyExample("beside-the-api", "json")) as unknown;
        ownCalls.putOptions.request.parse(options);
        const [, body] = /-d '([^']*)'/.exec(onlyExample("beside-the-api", "console")) ?? [];
        ownCalls.why.request.parse(JSON.parse(body ?? ""));
    });

    it("in YAML are a configuration that the program takes", () => {
        const [detectors, detection] = examples("alerts", "yaml").map((text) => parse(text) as RawMap);
        const raw = smallConfig();
        const { ecommerce } = detectors!["lookout:detectors"] as { ecommerce: RawMap };
        const shop = { ...raw.detectors.orders, dimensions: ["marketplace"], ...ecommerce };
        const config = parseConfig({ ...raw, detectors: { shop }, detection: detection!["lookout:detection"] }, () =>
            assert.fail("no file is read"),
        );
        assert.deepEqual(Object.keys(config.detectors.shop!.alerts), ["oncall", "page"]);
        assert.equal(config.detection.allowedRoles.length, 1);
    });

    it("of an alert's text are word for word what is sent", () => {
        const start = Date.parse("2026-04-01T03:00:00Z");
        const seen = { value: 165.6, expected: 32.34 };
        const notice = {
            ...noticeFor(),
            detector: "lookout-dev-ecommerce",
            start,
            end: start,
            severity: 99.9,
            seriesCount: 1,
            series: [{ values: ["mobile_app", "us"], ...seen }],
            total: seen,
            contributions: [[{ value: "mobile_app", share: 100 }], [{ value: "us", share: 100 }]],
            causes: [["mobile_app", "us"]],
        };
        const alert = alertOf({ name: "lookout-dev-ecommerce-oncall", threshold: 70 });
        assert.equal(onlyExample("alerts", ""), `${longText({ notice, alert, link: undefined })}\n`);
    });
});

interface ClientConfig {
    readonly endpoint: () => Promise<{ readonly hostname: string; readonly port?: number }>;
    readonly signingName?: string;
}
