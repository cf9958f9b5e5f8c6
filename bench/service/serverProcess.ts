import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { createDetectionApi } from "../../detection/api/app";
import { contextOf } from "./stored";

const [folder] = process.argv.slice(2);
const app = folder === undefined ? bare() : createDetectionApi(contextOf(folder));
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
server.once("listening", () => process.send?.((server.address() as AddressInfo).port));
process.on("message", (asked) => {
    globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    process.send?.(asked === "memory" ? process.memoryUsage().rss / 1e6 : (user + system) / 1e6);
});

/** What a handler costs that does nothing but read its body. */
function bare(): Hono {
    return new Hono().post("*", async (c) => c.json({ length: (await c.req.text()).length }));
}
