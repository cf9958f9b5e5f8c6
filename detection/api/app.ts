import { randomUUID } from "node:crypto";
import { Hono, type Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { readBody } from "./body";
import { check } from "./check";
import type { ApiContext } from "./context";
import { ApiError, invalid } from "./errors";
import { handlers } from "./handlers";
import { listTagsForResource, tagResource, untagResource } from "./operations/tags";
import { routeOwn } from "./own/routes";
import { refusalOf } from "./refusals";
import { reread } from "./reread";
import { requests, tagRequests, type Requests } from "./schemas";
import { openThrottle } from "./throttle";

/**
 * The detection service's web app: the operations of the Lookout for Metrics API, and beside them the calls under `/lookout/v1`.
 * `report` is told of errors that are not the caller's, and of damaged records that a list leaves out.
 */
export function createDetectionApi(given: ApiContext, report: (error: unknown) => void = () => undefined): Hono {
    const context: ApiContext = { report, ...given };
    const app = new Hono();
    app.use(async (c, next) => {
        c.header("x-amzn-requestid", randomUUID());
        await next();
    });
    const { callsPerSecond } = context.limits ?? {};
    const throttle = callsPerSecond === undefined ? () => undefined : openThrottle(callsPerSecond);
    for (const name of Object.keys(handlers) as (keyof Requests)[])
        app.post(`/${name}`, async (c) => {
            throttle(context.now());
            return c.json(await call(name, context, await readBody(c.req.raw)));
        });
    routeOwn(app, context, () => throttle(context.now()));
    routeTags(app, context);
    app.notFound((c) => refuse(c, unknownOperation(c)));
    app.onError((error, c) => {
        const refusal = refusalOf(error, c.req.path.startsWith("/tags/"));
        if (
            refusal.type === "InternalServerException" ||
            (refusal.type === "AccessDeniedException" && refusal !== error)
        )
            report(error);
        return refuse(c, refusal);
    });
    return app;
}

async function call<Name extends keyof Requests>(name: Name, context: ApiContext, body: unknown): Promise<object> {
    const request = check(requests[name], body) as Requests[Name];
    return reread(() => handlers[name](context, request));
}

/** The ARN is one percent-encoded segment, which a router would take apart at its slashes: the path is read raw. */
function routeTags(app: Hono, context: ApiContext): void {
    app.get("/tags/*", async (c) => c.json(await listTagsForResource(context, arnOf(c))));
    app.post("/tags/*", async (c) => {
        const { tags } = check(tagRequests.TagResource, await readBody(c.req.raw));
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

function unknownOperation(c: Context): ApiError {
    const message = `There is no operation ${c.req.method} ${new URL(c.req.url).pathname.slice(0, 100)}.`;
    return new ApiError("ValidationException", message, { Reason: "UNKNOWN_OPERATION" });
}

function refuse(c: Context, error: ApiError): Response {
    c.header("x-amzn-errortype", error.type);
    return c.json({ Message: error.message, ...error.members }, error.status as ContentfulStatusCode);
}
