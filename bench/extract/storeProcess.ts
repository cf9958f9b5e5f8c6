import { mkdirSync } from "node:fs";
import { ActivityCounter } from "../../local/cloud/activity";
import { SimulatedClock } from "../../local/cloud/clock";
import { openWire } from "../../local/cloud/wire";

/*
 * The embedded cloud's object store and secrets in a process of their own, so that their cost is not taken for the extractor's: gets a
 * folder and a bucket's name, and secrets as JSON in LOOKOUT_BENCH_SECRETS; prints its address, and ends with its standard input.
 */
async function main(folder: string, bucket: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const activity = new ActivityCounter();
    const wire = await openWire(
        {
            clock: new SimulatedClock(Date.now(), activity),
            activity,
            region: "us-east-1",
            accountId: "123456789012",
            partition: "aws",
            folder,
            resources: { ofType: () => [], find: () => undefined },
            functions: { invoke: () => Promise.reject(new Error("there are no functions here")) },
            endpoint: () => wire.endpoint,
            principalOf: () => undefined,
            policiesOf: () => [],
        },
        [],
        { port: 0 },
    );
    await wire.buckets.create(bucket);
    const secrets = JSON.parse(process.env.LOOKOUT_BENCH_SECRETS ?? "{}") as Record<string, Record<string, unknown>>;
    for (const [name, value] of Object.entries(secrets)) await wire.secrets.put(name, value);
    console.log(wire.endpoint);
    process.stdin.resume().on("end", () => void wire.close());
}

void main(process.argv[2] ?? "", process.argv[3] ?? "");
