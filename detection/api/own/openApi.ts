import { z } from "zod";
import { requests, tagRequests } from "../schemas";
import { everyOwnCall, ownCalls, ownPrefix } from "./calls";
import { errorResponses, errorSchema } from "./openApiErrors";

type Json = Readonly<Record<string, unknown>>;

let made: Json | undefined;

/** The OpenAPI 3.1 description of the whole service, from the schemas that check its requests; made on first use. */
export function openApiDocument(): Json {
    made ??= {
        openapi: "3.1.1",
        info: {
            title: "Lookout detection service",
            version: "1",
            license: { name: "MIT", identifier: "MIT" },
            description:
                "The operations of Amazon Lookout for Metrics, and beside them, under `/lookout/v1`, what it lacked. Requests name things " +
                "as the old API does; answers of the calls beside it are in lower camel case, their instants ISO 8601 in UTC.",
        },
        servers: [{ url: "/" }],
        security: [{ sigv4: [] }],
        tags: [
            { name: "beside", description: "What the old API lacked." },
            {
                name: "api",
                description: "Operations of Amazon Lookout for Metrics; its reference says what they answer.",
            },
        ],
        paths: { ...ownPaths(), ...linkPaths(), ...operationPaths(), ...tagPaths() },
        components: {
            schemas: { Error: errorSchema },
            securitySchemes: {
                sigv4: {
                    type: "apiKey",
                    in: "header",
                    name: "Authorization",
                    description:
                        "AWS Signature Version 4 with the signing name `lambda` behind a function URL; `lookout serve` takes any.",
                },
            },
        },
    };
    return made;
}

function ownPaths(): Json {
    const paths = everyOwnCall.map(([name, { summary, description, request, answer, status = 200 }]) => [
        `${ownPrefix}/${name}`,
        {
            post: {
                operationId: name,
                tags: ["beside"],
                summary,
                description,
                requestBody: bodyOf(request),
                responses: { [status]: responseOf(answer, status), ...errorResponses },
            },
        },
    ]);
    return Object.fromEntries(paths) as Json;
}

/** What is read by a plain GET. */
function linkPaths(): Json {
    const get = (operationId: string, summary: string, answer: z.ZodType, parameters: readonly Json[] = []) => ({
        get: {
            operationId,
            tags: ["beside"],
            summary,
            ...(parameters.length === 0 ? {} : { parameters }),
            responses: { 200: responseOf(answer, 200), ...errorResponses },
        },
    });
    const anything = z.record(z.string(), z.unknown());
    return {
        [ownPrefix]: get("index", "The calls that there are", anything),
        [`${ownPrefix}/openapi.json`]: get("openApi", "This document", anything),
        [`${ownPrefix}/detectors/{name}/groups/{id}`]: get(
            "linkedGroup",
            "One anomaly group, as getGroup gives it: links in alerts lead here",
            ownCalls.getGroup.answer,
            [pathParameter("name", "Name of the detector."), pathParameter("id", "Id of the group.")],
        ),
    };
}

function operationPaths(): Json {
    const paths = Object.entries(requests).map(([name, request]) => [
        `/${name}`,
        {
            post: {
                operationId: name,
                tags: ["api"],
                requestBody: bodyOf(request),
                responses: { 200: unspecified, ...errorResponses },
            },
        },
    ]);
    return Object.fromEntries(paths) as Json;
}

function tagPaths(): Json {
    const common = { tags: ["api"] };
    const done = { 204: { description: "Done." }, ...errorResponses };
    return {
        "/tags/{ResourceArn}": {
            parameters: [
                pathParameter("ResourceArn", "ARN of a detector, metric set or alert, percent-encoded in full."),
            ],
            get: { operationId: "ListTagsForResource", ...common, responses: { 200: unspecified, ...errorResponses } },
            post: {
                operationId: "TagResource",
                ...common,
                requestBody: bodyOf(tagRequests.TagResource),
                responses: done,
            },
            delete: {
                operationId: "UntagResource",
                ...common,
                parameters: [
                    {
                        name: "tagKeys",
                        in: "query",
                        required: true,
                        schema: schemaOf(tagRequests.UntagResource.shape.tagKeys),
                    },
                ],
                responses: done,
            },
        },
    };
}

const unspecified = {
    description: "As the API's reference says.",
    content: { "application/json": { schema: { type: "object" } } },
};

const pathParameter = (name: string, description: string): Json => ({
    name,
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
});

const bodyOf = (schema: z.ZodType): Json => ({
    required: true,
    content: { "application/json": { schema: schemaOf(schema) } },
});

const responseOf = (schema: z.ZodType, status: number): Json => ({
    description: status === 202 ? "Accepted, not done." : "Done.",
    content: { "application/json": { schema: schemaOf(schema) } },
});

/** JSON Schema of what a schema takes. What JSON Schema cannot say, such as that a time zone exists, is left out. */
function schemaOf(schema: z.ZodType): Json {
    const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
        io: "input",
        unrepresentable: "any",
        override: ({ jsonSchema }) => {
            // The format says it in a word.
            if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
        },
    });
    return rest;
}
