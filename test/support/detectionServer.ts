import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createDetectionApi } from "../../detection/api/app";
import type { ApiContext } from "../../detection/api/context";
import { openQueue, type Queue } from "../../detection/api/queue";
import { openDetection, type Detection } from "../../detection/client";
import { openDetectorStore } from "../../detection/store/detectors";
import { createRunCache } from "../../detection/store/runs";
import type { WorkerServices } from "../../detection/worker/work";
import { runJob } from "../../detection/worker/worker";
import type { ObjectStore } from "../../objects/objectStore";

/** A detection service over loopback, its worker in this process, and the official client on it. */
export interface DetectionServer extends Detection {
    readonly endpoint: string;
    readonly queue: Queue;
    readonly services: WorkerServices;
    /** The service's clock, milliseconds since 1970. */
    now: number;
    close(): Promise<void>;
}

export const testBucket = "metrics";

/** `more` goes over what the API works with: limits, access, or a dispatch that does nothing. */
export async function startDetectionServer(
    objects: ObjectStore,
    now: number,
    more: Partial<ApiContext> = {},
): Promise<DetectionServer> {
    const services: WorkerServices = {
        detectors: openDetectorStore(objects),
        buckets: { own: testBucket, store: objects, open: () => objects },
        cache: createRunCache(),
    };
    const clock = { now };
    const queue = openQueue((job) => runJob(services, job, clock.now));
    const app = createDetectionApi({
        place: { partition: "aws", region: "us-east-1", accountId: "123456789012" },
        objects,
        detectors: services.detectors,
        cache: services.cache,
        dispatch: queue.dispatch,
        buckets: services.buckets,
        access: { ownBucket: testBucket, roles: "any", targets: "any" },
        now: () => clock.now,
        ...more,
    });
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await new Promise((resolve) => server.once("listening", resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const detection = openDetection({ endpoint, signing: "lambda", region: "us-east-1", credentials });
    return {
        ...detection,
        endpoint,
        queue,
        services,
        get now() {
            return clock.now;
        },
        set now(value: number) {
            clock.now = value;
        },
        close: async () => {
            await queue.idle();
            detection.api.destroy();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
