import { Hono } from "hono";
import { z } from "zod";
import { answerLate, type Every } from "./lateAnswer";
import type { Timekeeper } from "./timekeeper";

const advanceRequest = z.strictObject({ to: z.iso.datetime({ offset: true }) });

/** The service's own calls under `/-/`: for whoever runs it, not for its users. `every` is how time passes for slow answers. */
export function controlApp(keeper: Timekeeper, jobs: () => number, every?: Every): Hono {
    const app = new Hono();
    app.get("/-/status", (c) =>
        c.json({ now: textOf(keeper.now()), simulated: keeper.advance !== undefined, jobs: jobs() }),
    );
    app.post("/-/advance", async (c) => {
        const { advance } = keeper;
        if (advance === undefined)
            return c.json({ Message: "The clock is the real one; start the service with --simulate --now ISO." }, 409);
        const request = advanceRequest.safeParse(await c.req.json().catch(() => undefined));
        if (!request.success)
            return c.json({ Message: 'The body must be {"to": "2026-01-01T00:00:00Z"}: one instant, ISO 8601.' }, 400);
        const to = Date.parse(request.data.to);
        const now = keeper.now();
        if (to < now) return c.json({ Message: `The clock shows ${textOf(now)} and cannot go back.` }, 400);
        // What failed is in the body in any case: the status of a slow answer is out before the work is done.
        const work = advance(to).then(
            (done) => ({ status: 200, body: { now: textOf(keeper.now()), ...done } }),
            (error: unknown) => {
                const message = error instanceof Error ? error.message : String(error);
                return { status: 500, body: { now: textOf(keeper.now()), failed: [{ message }], Message: message } };
            },
        );
        return answerLate(work, every);
    });
    return app;
}

const textOf = (instant: number): string => new Date(instant).toISOString();
