import assert from "node:assert/strict";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { Deployment } from "../../local/cloud/cloud";
import { readDocument } from "../../pipeline/documents";
import { definitionKey } from "../../pipeline/objectLayout";
import { detectorDefinition } from "../../pipeline/records";
import { formatInstant } from "../../pipeline/windows";
import type { ObjectStore } from "../../objects/objectStore";
import type { CloudRequest, Fault } from "../../local/cloud/service";
import { hour, loadOrders, openStack, ordersConfig, startOfClock, type TestStack } from "../support/stack";
import { openInvariants } from "./invariants";

/** A stack that lives through one fault after the other, and what must hold after each. */
export interface ChaosWorld {
    readonly stack: TestStack;
    readonly store: ObjectStore;
    /** The generation that the detector reads. */
    readonly generation: string;
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
    /** Names of the live runs that have ended badly since the last look. */
    failedRuns(): string[];
    /** Windows that are due and not committed, whatever became of them. */
    missing(): Promise<number>;
    /** Windows that were first committed after a run had failed on them, since the last look. */
    failedBefore(): number;
    /** Every window up to now is committed, with the rows of the database, each once, and scored once; the watermark is there. */
    check(): Promise<void>;
    close(): Promise<void>;
}

/** A row of the table `orders`: `at` in seconds since 1970. */
export interface OrdersRow {
    readonly at: number | string;
    readonly region: string;
    readonly shop: string;
    readonly revenue: string;
}

/** Where the rows are. */
export interface ChaosSource {
    /** Keys of the source that overrule those of the embedded warehouse. */
    readonly config?: Record<string, unknown>;
    /** Makes the table `orders` with three days of history, and the source's secret. */
    readonly load: (stack: TestStack) => Promise<void>;
    readonly rows: (stack: TestStack) => Promise<readonly OrdersRow[]>;
}

/** Rows in the embedded warehouse: four an hour, for some days after the clock starts. */
export const warehouseRows = (liveDays: number): ChaosSource => ({
    load: ({ warehouse }) => loadOrders(warehouse, { days: historyDays, liveDays }),
    rows: async ({ warehouse }) =>
        (await warehouse.query(
            "select extract(epoch from ts)::bigint as at, region, shop, revenue::text as revenue from orders",
        )) as unknown as OrdersRow[],
});

const historyDays = 3;

export async function openChaosWorld(source: ChaosSource): Promise<ChaosWorld> {
    const stack = await openStack({ functionRequests: "direct" });
    await source.load(stack);
    const deployment = await stack.up(
        ordersConfig({ days: historyDays, ...(source.config && { source: source.config }) }),
    );
    await stack.work();
    const store = stack.cloud.objects(stack.cloud.outputs.bucket as string);
    const generation = await generationOf(store);
    const detectorName = stack.detectorArn().split(":").at(-1)!;
    const expected = rowsByHour(await source.rows(stack));
    const invariants = openInvariants({ store, generation, detectorName, expected, linesOf });
    let played = 0;
    return {
        stack,
        store,
        generation,
        hours: () => played,
        play: async (ticks) => {
            played += ticks;
            await stack.cloud.advanceTo(startOfClock + played * hour + hour / 2);
        },
        ...openFaults(stack),
        tick: plannerOf(stack, deployment),
        ...openNews(stack),
        missing: () => invariants.missing(),
        failedBefore: () => invariants.failedBefore(),
        check: () => invariants.check(startOfClock - offsetMs + played * hour),
        close: () => stack.close(),
    };
}

/** The detector's offset: the clock of every stack starts by so much after midnight, and so do its ticks. */
const offsetMs = 5 * 60_000;

function openFaults({ cloud }: TestStack): Pick<ChaosWorld, "fault" | "unstruck"> {
    const faults: { hasStruck: boolean }[] = [];
    return {
        fault: ({ error, match, ...fault }) => {
            const one = { hasStruck: false };
            faults.push(one);
            const isHere = (request: unknown): boolean => {
                const here = match?.(request) ?? true;
                one.hasStruck ||= here;
                return here;
            };
            cloud.faults.inject({
                ...fault,
                match: isHere,
                // A function that dies is told by the service; one that throws an error of its own has a name for it.
                error: fault.at.startsWith("lambda:")
                    ? { name: "ServiceException", message: "provoked", status: 500, ...error }
                    : { name: "Error", message: "provoked", ...error },
            });
        },
        unstruck: () => faults.splice(0).filter(({ hasStruck }) => !hasStruck).length,
    };
}

function openNews({ cloud }: TestStack): Pick<ChaosWorld, "heard" | "failedRuns"> {
    const topic = cloud.outputs.operationsTopicArn as string;
    const machine = cloud.outputs.liveMachineArn as string;
    let heard = 0;
    const known = new Set<string>();
    return {
        heard: () => {
            const messages = cloud.topics.messages(topic);
            const news = messages.slice(heard).map(({ subject = "" }) => subject.replace(/^Lookout: /, ""));
            heard = messages.length;
            return news;
        },
        failedRuns: () => {
            const ended = cloud
                .executions(machine)
                .filter(({ arn, status }) => status !== "RUNNING" && !known.has(arn));
            for (const { arn } of ended) known.add(arn);
            return ended.filter(({ status }) => status !== "SUCCEEDED").map(({ name }) => name);
        },
    };
}

/** Requests of an operation on keys that a pattern finds. */
export const onKeys =
    (pattern: RegExp) =>
    (request: unknown): boolean =>
        pattern.test(decodeURIComponent((request as CloudRequest).path));

/** Requests of functions whose role a pattern finds. */
export const onPrincipal =
    (pattern: RegExp) =>
    (request: unknown): boolean =>
        pattern.test((request as CloudRequest).principal ?? "");

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

/** What the database has of each hour, as lines of CSV in order. */
function rowsByHour(rows: readonly OrdersRow[]): Map<number, string[]> {
    const byHour = new Map<number, string[]>();
    for (const { at, region, shop, revenue } of rows) {
        const instant = Number(at) * 1000;
        const time = new Date(instant).toISOString().slice(0, 19).replace("T", " ");
        const lines = byHour.get(instant) ?? [];
        lines.push(`${time},${region},${shop},${Number(revenue)}`);
        byHour.set(instant, lines);
    }
    for (const lines of byHour.values()) lines.sort();
    return byHour;
}

/** Lines as the database's are compared with them: numbers without their last noughts. */
function linesOf(_key: string, body: Buffer): string[] {
    const lines = body.toString().trimEnd().split("\n").slice(1);
    return lines.map((line) => line.replace(/[^,]*$/, (revenue) => String(Number(revenue))));
}

/** The generation that the detector reads. */
async function generationOf(store: ObjectStore): Promise<string> {
    const found = await readDocument(store, definitionKey("PT1H", "orders"), detectorDefinition);
    assert.ok(found?.value.live !== null && found?.value.live !== undefined, "the detector reads no generation yet");
    return found.value.live;
}
