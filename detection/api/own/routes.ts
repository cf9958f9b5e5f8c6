import type { Context, Hono } from "hono";
import { detectorArn } from "../arns";
import { readBody } from "../body";
import { check } from "../check";
import type { ApiContext } from "../context";
import { reread } from "../reread";
import { everyOwnCall, ownCalls, ownPrefix } from "./calls";
import type { OwnCall } from "./call";
import { openApiDocument } from "./openApi";

/**
 * Serves the calls beside the old API. They are all `POST` with a JSON body, as the API's own operations are: a detector is named by its
 * ARN, which has no place in a path, and one way of signing, checking and refusing serves both. `throttle` throws when there are too many.
 */
export function routeOwn(app: Hono, context: ApiContext, throttle: () => void): void {
    const answer = async (c: Context, call: OwnCall, body: unknown): Promise<Response> => {
        throttle();
        const request = check(call.request, body);
        return c.json((await reread(() => call.handle(context, request))) as object, call.status ?? 200);
    };
    for (const [name, call] of everyOwnCall)
        app.post(`${ownPrefix}/${name}`, async (c) => answer(c, call, await readBody(c.req.raw)));
    // Links in alerts lead here.
    app.get(`${ownPrefix}/detectors/:name/groups/:id`, async (c) => {
        const { name, id } = c.req.param();
        const body = { AnomalyDetectorArn: detectorArn(context.place, name), AnomalyGroupId: id };
        return answer(c, ownCalls.getGroup, body);
    });
    app.get(`${ownPrefix}/openapi.json`, (c) => c.json(openApiDocument()));
    for (const path of [ownPrefix, `${ownPrefix}/`]) app.get(path, (c) => c.json(index()));
}

/** What there is, for somebody who looks around. */
function index() {
    const calls = everyOwnCall.map(([name, { summary }]) => ({
        call: `POST ${ownPrefix}/${name}`,
        summary,
    }));
    return { description: `${ownPrefix}/openapi.json`, calls };
}
