import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createDetectionApi } from "../../../../detection/api/app";
import { openApiDocument } from "../../../../detection/api/own/openApi";
import { openDetectorStore } from "../../../../detection/store/detectors";
import { createRunCache } from "../../../../detection/store/runs";
import { openApiText } from "../../../../local/docs/openApiText";
import { memoryObjectStore } from "../../../support/memoryObjectStore";

interface Described {
    readonly openapi: string;
    readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
const methods = ["get", "post", "put", "delete", "patch"];

describe("detection/api/own/openApi", () => {
    const document = JSON.parse(openApiText()) as Described;

    it("is valid OpenAPI 3.1", async () => {
        const { Validator } = await import("@seriousme/openapi-schema-validator");
        const { valid, errors } = await new Validator().validate(document as never);
        assert.equal(valid, true, JSON.stringify(errors, null, 2));
        assert.match(document.openapi, /^3\.1\./);
    });

    it("describes every route, and no other", () => {
        const objects = memoryObjectStore();
        const app = createDetectionApi({
            place: { partition: "aws", region: "us-east-1", accountId: "123456789012" },
            objects,
            detectors: openDetectorStore(objects),
            cache: createRunCache(),
            dispatch: async () => undefined,
            access: { ownBucket: "metrics", roles: [], targets: [] },
            now: () => 0,
        });
        const routed = app.routes
            .filter(({ method }) => method !== "ALL")
            .map(({ method, path: at }) => `${method} ${at.replace(/\/$/, "").replace(/:(\w+)/g, "{$1}")}`)
            .map((route) => route.replace("/tags/*", "/tags/{ResourceArn}"));
        const described = Object.entries(document.paths).flatMap(([at, item]) =>
            methods.filter((method) => method in item).map((method) => `${method.toUpperCase()} ${at}`),
        );
        assert.deepEqual([...new Set(routed)].sort(), described.sort());
    });

    it("says of every call what goes in, what comes out and how it is refused", () => {
        const operations = Object.entries(document.paths).flatMap(([at, item]) =>
            methods.flatMap((method) => (method in item ? [{ at, ...(item[method] as Operation) }] : [])),
        );
        assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
        for (const { at, tags, responses, requestBody, summary } of operations) {
            assert.ok(
                ["400", "429", "500"].every((status) => status in responses),
                at,
            );
            if (!tags.includes("beside")) continue;
            assert.ok((summary ?? "") !== "", at);
            const [done] = Object.keys(responses).filter((status) => status.startsWith("2"));
            assert.ok(responses[done!]!.content !== undefined, at);
            if (requestBody !== undefined) {
                const { schema } = requestBody.content["application/json"]!;
                assert.equal(schema.additionalProperties, false, at);
                assert.ok(schema.required.includes("AnomalyDetectorArn"), at);
            }
        }
    });

    it("lies in docs/ as it is now: run `npm run docs` when it does not", () => {
        const kept = readFileSync(path.join(__dirname, "../../../../docs/openapi.json"), "utf8");
        assert.ok(kept === openApiText(), "docs/openapi.json is out of date; run `npm run docs`");
    });

    it("is made once", () => {
        assert.equal(openApiDocument(), openApiDocument());
    });
});

interface Operation {
    readonly operationId: string;
    readonly summary?: string;
    readonly tags: readonly string[];
    readonly requestBody?: {
        readonly content: Readonly<Record<string, { schema: { additionalProperties: boolean; required: string[] } }>>;
    };
    readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}
