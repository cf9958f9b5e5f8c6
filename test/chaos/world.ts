import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Deployment } from "../../local/cloud/cloud";
import { readLedger, readGeneration } from "../../pipeline/ledger";
import { type Manifest, manifest } from "../../pipeline/records";
import { readDocument } from "../../pipeline/documents";
import { ledgerPrefix } from "../../pipeline/objectLayout";
import { formatInstant } from "../../pipeline/windows";
import type { ObjectStore } from "../../objects/objectStore";
import type { CloudRequest, Fault } from "../../local/cloud/service";
import { hour, loadOrders, openStack, ordersConfig, startOfClock, type TestStack } from "../support/stack";

/** A stack that lives through one fault after the other, and what must hold after each. */
export interface ChaosWorld {
    readonly stack: TestStack;
    readonly store: ObjectStore;
    /** Hours played since the clock began. */
    readonly hours: () => number;
    /** Plays so many ticks, and half an hour more, for what is tried again. */
    play(ticks: number): Promise<void>;
    fault(fault: Omit<Fault, "error"> & { readonly error?: Partial<Fault["error"]> }): void;
    /** Faults since the last look that have not struck at all. */
    unstruck(): number;
    /** Calls the planner as the schedule does, with any time. */
    tick(instant: number): Promise<void>;
    /** Subjects of what the operators have been told since the last look. */
    heard(): string[];
    /** Every window up to now is committed, with the rows of the database, each once; the watermark is there. */
    check(): Promise<void>;
    close(): Promise<void>;
}

const rowsPerHour = 4;

export async function openChaosWorld(options: { readonly liveDays: number }): Promise<ChaosWorld> {
    const stack = await openStack();
    await loadOrders(stack.warehouse, { days: 3, liveDays: options.liveDays });
    const deployment = await stack.up(ordersConfig({ days: 3 }));
    await stack.work();
    const expected = await rowsByHour(stack);
    const store = stack.cloud.objects(stack.cloud.outputs.bucket as string);
    const topic = stack.cloud.outputs.operationsTopicArn as string;
    const seen = new Map<string, string>();
    const faults: { hasStruck: boolean }[] = [];
    let played = 0;
    let heard = 0;
    return {
        stack,
        store,
        hours: () => played,
        play: async (ticks) => {
            played += ticks;
            await stack.cloud.advanceTo(startOfClock + played * hour + hour / 2);
        },
        fault: ({ error, match, ...fault }) => {
            const one = { hasStruck: false };
            faults.push(one);
            const isHere = (request: unknown): boolean => {
                const here = match?.(request) ?? true;
                one.hasStruck ||= here;
                return here;
            };
            stack.cloud.faults.inject({
                ...fault,
                match: isHere,
                // A function that dies is told by the service; one that throws an error of its own has a name for it.
                error: fault.at.startsWith("lambda:")
                    ? { name: "ServiceException", message: "provoked", status: 500, ...error }
                    : { name: "Error", message: "provoked", ...error },
            });
        },
        unstruck: () => faults.splice(0).filter(({ hasStruck }) => !hasStruck).length,
        tick: plannerOf(stack, deployment),
        heard: () => {
            const messages = stack.cloud.topics.messages(topic);
            const news = messages.slice(heard).map(({ subject = "" }) => subject.replace(/^Lookout: /, ""));
            heard = messages.length;
            return news;
        },
        check: () => check(store, { expected, seen, through: startOfClock - 5 * 60_000 + played * hour }),
        close: () => stack.close(),
    };
}

/** Requests of an operation on keys that a pattern finds. */
export const onKeys =
    (pattern: RegExp) =>
    (request: unknown): boolean =>
        pattern.test(decodeURIComponent((request as CloudRequest).path));

/** Calls the planner of a deployment as the schedule does. */
function plannerOf({ cloud }: TestStack, { resources }: Deployment): (instant: number) => Promise<void> {
    const planner = resources.find(({ name, type }) => type.endsWith(":Function") && name === planFunction);
    assert.ok(planner !== undefined, `there is no function ${planFunction}`);
    const credentials = { accessKeyId: "user", secretAccessKey: "user" };
    const client = new LambdaClient({ endpoint: cloud.endpoint, region: "us-east-1", credentials });
    return async (instant) => {
        const Payload = JSON.stringify({ interval: "PT1H", scheduledTime: formatInstant(instant) });
        await client.send(new InvokeCommand({ FunctionName: planner.id, Payload }));
    };
}

const planFunction = "extraction-plan-live-function";

/** What the database has of each hour, as lines of CSV without their order. */
async function rowsByHour(stack: TestStack): Promise<Map<number, string[]>> {
    const rows = await stack.warehouse.query(
        "select extract(epoch from ts)::bigint as at, region, shop, revenue::text as revenue from orders",
    );
    const byHour = new Map<number, string[]>();
    for (const { at, region, shop, revenue } of rows as {
        at: number;
        region: string;
        shop: string;
        revenue: string;
    }[]) {
        const instant = Number(at) * 1000;
        const time = new Date(instant).toISOString().slice(0, 19).replace("T", " ");
        byHour.set(instant, [...(byHour.get(instant) ?? []), `${time},${region},${shop},${Number(revenue)}`].sort());
    }
    return byHour;
}

interface Expectation {
    readonly expected: ReadonlyMap<number, readonly string[]>;
    /** Attempts of windows that were compared already. */
    readonly seen: Map<string, string>;
    /** Up to when everything must be there. */
    readonly through: number;
}

async function check(store: ObjectStore, { expected, seen, through }: Expectation): Promise<void> {
    const prefix = ledgerPrefix("orders", "").slice(0, -1);
    let generation = "";
    const committed: Manifest[] = [];
    for await (const { key } of store.list(prefix)) {
        if (key.endsWith("/generation.json")) generation = key.split("/")[2]!;
        else committed.push((await readDocument(store, key, manifest))!.value);
    }
    for (const window of committed) {
        const name = formatInstant(window.window.start);
        if (seen.get(name) === window.attempt) continue;
        assert.deepEqual(await rowsOf(store, window), expectedOf(expected, window), `the rows of the window ${name}`);
        seen.set(name, window.attempt);
    }
    const view = await readLedger(store, "orders", await readGeneration(store, "orders", generation));
    assert.equal(formatInstant(view.watermark), formatInstant(through), "the watermark");
    assert.deepEqual([view.gaps, [...view.parkedStarts]], [[], []]);
}

async function rowsOf(store: ObjectStore, { objects }: Manifest): Promise<string[]> {
    const lines: string[] = [];
    for (const { key } of objects) {
        const found = await store.get(key);
        assert.ok(found !== undefined, `the object ${key} of a committed window is gone`);
        for (const line of found.body.toString().trimEnd().split("\n").slice(1)) {
            const [time, region, shop, revenue] = line.split(",");
            lines.push(`${time},${region},${shop},${Number(revenue)}`);
        }
    }
    return lines.sort();
}

function expectedOf(expected: ReadonlyMap<number, readonly string[]>, { window }: Manifest): string[] {
    const lines: string[] = [];
    for (let at = window.start; at < window.end; at += hour) lines.push(...(expected.get(at) ?? []));
    assert.equal(lines.length, ((window.end - window.start) / hour) * rowsPerHour);
    return lines.sort();
}
