import { randomUUID } from "node:crypto";
import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { z } from "zod";
import { DataError, NotFoundError } from "../../errors";
import type { ApiContext } from "./context";
import { ApiError, invalid, validationError } from "./errors";
import * as anomalies from "./operations/anomalies";
import * as detectors from "./operations/detectors";
import { describeAnomalyDetectionExecutions } from "./operations/executions";
import * as metricSets from "./operations/metricSets";
import { advanceDetector, explainMetric } from "./operations/own";
import { listTagsForResource, tagResource, untagResource } from "./operations/tags";
import { ownRequests, requests, tagRequests, type Requests } from "./schemas";

type Handlers = {
    readonly [Name in keyof Requests]: (context: ApiContext, request: Requests[Name]) => Promise<object>;
};

/** Every operation that a body carries: `POST /<name>`. */
const handlers: Handlers = {
    CreateAnomalyDetector: detectors.createAnomalyDetector,
    DescribeAnomalyDetector: detectors.describeAnomalyDetector,
    ListAnomalyDetectors: detectors.listAnomalyDetectors,
    UpdateAnomalyDetector: detectors.updateAnomalyDetector,
    DeleteAnomalyDetector: detectors.deleteAnomalyDetector,
    ActivateAnomalyDetector: detectors.activateAnomalyDetector,
    DeactivateAnomalyDetector: detectors.deactivateAnomalyDetector,
    CreateMetricSet: metricSets.createMetricSet,
    DescribeMetricSet: metricSets.describeMetricSet,
    ListMetricSets: metricSets.listMetricSets,
    UpdateMetricSet: metricSets.updateMetricSet,
    ListAnomalyGroupSummaries: anomalies.listAnomalyGroupSummaries,
    GetAnomalyGroup: anomalies.getAnomalyGroup,
    ListAnomalyGroupTimeSeries: anomalies.listAnomalyGroupTimeSeries,
    DescribeAnomalyDetectionExecutions: describeAnomalyDetectionExecutions,
};

/** Largest body that is read, in characters. */
const largestBody = 1_000_000;

/**
 * The detection service's web app: the operations of the Lookout for Metrics API, and beside them the calls under `/lookout/v1`.
 * `report` is told of errors that are not the caller's.
 */
export function createDetectionApi(context: ApiContext, report: (error: unknown) => void = () => undefined): Hono {
    const app = new Hono();
    app.use(async (c, next) => {
        c.header("x-amzn-requestid", randomUUID());
        await next();
    });
    for (const name of Object.keys(handlers) as (keyof Requests)[])
        app.post(`/${name}`, async (c) => c.json(await call(name, context, await readBody(c))));
    app.post("/lookout/v1/advance", async (c) =>
        c.json(await advanceDetector(context, check(ownRequests.advance, await readBody(c))), 202),
    );
    app.post("/lookout/v1/explain", async (c) =>
        c.json(await explainMetric(context, check(ownRequests.explain, await readBody(c)))),
    );
    routeTags(app, context);
    app.notFound((c) => refuse(c, unknownOperation(c)));
    app.onError((error, c) => {
        const refusal = refusalOf(error);
        if (refusal.type === "InternalServerException") report(error);
        return refuse(c, refusal);
    });
    return app;
}

function call<Name extends keyof Requests>(name: Name, context: ApiContext, body: unknown): Promise<object> {
    return handlers[name](context, check(requests[name], body) as Requests[Name]);
}

/** The ARN is one percent-encoded segment, which a router would take apart at its slashes: the path is read raw. */
function routeTags(app: Hono, context: ApiContext): void {
    app.get("/tags/*", async (c) => c.json(await listTagsForResource(context, arnOf(c))));
    app.post("/tags/*", async (c) => {
        const { tags } = check(tagRequests.TagResource, await readBody(c));
        await tagResource(context, arnOf(c), tags);
        return c.body(null, 204);
    });
    app.delete("/tags/*", async (c) => {
        const { tagKeys } = check(tagRequests.UntagResource, { tagKeys: c.req.queries("tagKeys") });
        await untagResource(context, arnOf(c), tagKeys);
        return c.body(null, 204);
    });
}

function arnOf(c: Context): string {
    const { pathname } = new URL(c.req.url);
    try {
        return decodeURIComponent(pathname.slice("/tags/".length));
    } catch {
        throw invalid("The path does not hold a percent-encoded ARN.");
    }
}

function check<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
    const result = schema.safeParse(withoutNulls(body), { reportInput: true });
    if (!result.success) throw validationError(result.error);
    return result.data;
}

async function readBody(c: Context): Promise<unknown> {
    const text = await c.req.text();
    if (text.length > largestBody) throw invalid(`The body has ${text.length} characters; ${largestBody} at most.`);
    try {
        return text === "" ? {} : (JSON.parse(text) as unknown);
    } catch {
        throw new ApiError("ValidationException", "The body is not JSON.", { Reason: "CANNOT_PARSE" });
    }
}

/** Null stands for an absent member, wherever it is. */
function withoutNulls(value: unknown): unknown {
    if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
    if (typeof value !== "object" || value === null) return value;
    const kept = Object.entries(value).filter(([, member]) => member !== null);
    return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]));
}

function unknownOperation(c: Context): ApiError {
    const message = `There is no operation ${c.req.method} ${new URL(c.req.url).pathname.slice(0, 100)}.`;
    return new ApiError("ValidationException", message, { Reason: "UNKNOWN_OPERATION" });
}

/** The one place where errors become statuses. */
function refusalOf(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (error instanceof NotFoundError)
        return new ApiError("ResourceNotFoundException", "The resource has been deleted meanwhile.");
    if (error instanceof DataError) return invalid(error.message);
    return new ApiError("InternalServerException", "The service failed; try again, and see its log.");
}

function refuse(c: Context, error: ApiError): Response {
    c.header("x-amzn-errortype", error.type);
    return c.json({ Message: error.message, ...error.members }, error.status as ContentfulStatusCode);
}
