import { Hono } from "hono";
import { z } from "zod";
import type { Timekeeper } from "./timekeeper";

/** Milliseconds after which a slow answer begins with white space, so that no client takes the service for dead. */
const patienceMs = 20_000;

const advanceRequest = z.strictObject({ to: z.iso.datetime({ offset: true }) });

/** The service's own calls under `/-/`: for whoever runs it, not for its users. */
export function controlApp(keeper: Timekeeper, jobs: () => number): Hono {
    const app = new Hono();
    app.get("/-/status", (c) =>
        c.json({ now: new Date(keeper.now()).toISOString(), simulated: keeper.advance !== undefined, jobs: jobs() }),
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
        if (to < now)
            return c.json({ Message: `The clock shows ${new Date(now).toISOString()} and cannot go back.` }, 400);
        return answerLate(advance(to).then((done) => ({ now: new Date(to).toISOString(), ...done })));
    });
    return app;
}

/** Answers when the work is done; work that takes long is answered bit by bit, JSON after white space. */
async function answerLate(work: Promise<object>): Promise<Response> {
    const json = work.then(
        (value) => JSON.stringify(value),
        (error: unknown) => JSON.stringify({ Message: error instanceof Error ? error.message : String(error) }),
    );
    const headers = { "content-type": "application/json" };
    const body = new ReadableStream<Uint8Array>({
        start: async (controller) => {
            const blank = setInterval(() => controller.enqueue(Buffer.from(" ")), patienceMs);
            controller.enqueue(Buffer.from(await json));
            clearInterval(blank);
            controller.close();
        },
    });
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patienceMs).unref());
    const failed = work.then(
        () => 200,
        () => 500,
    );
    return new Response(body, { headers, status: (await Promise.race([failed, late])) ?? 200 });
}
