import { SFNClient, StartExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { compact, leaseKey } from "../../pipeline/objectLayout";
import { formatInstant } from "../../pipeline/windows";
import { hour, startOfClock, warehouseSecret } from "../support/stack";
import { onKeys, onPrincipal, type ChaosWorld } from "./world";

/** One fault, what it takes until everything is there again, and what the operators hear of it. */
export interface FaultCase {
    readonly name: string;
    /** Lets it happen to the next tick, or at once. */
    readonly strike: (world: ChaosWorld) => void | Promise<void>;
    /** Ticks until all is well. @default 1 */
    readonly ticks?: number;
    /** Set right before the last tick. */
    readonly mend?: (world: ChaosWorld) => void | Promise<void>;
    /** Takes half a minute by itself: `npm run test:chaos` plays it. */
    readonly isLong?: boolean;
    /** Subjects of the messages, each once, in order. @default none: it heals unnoticed */
    readonly told?: readonly RegExp[];
}

/** A window failed, and worked an hour later. */
export const parked = [/^orders \(live data\) failed$/, /^orders \(live data\) works again$/];
/** More than a machine tries a function in a run. */
const always = 30;
/** As often as the SDK tries a request. */
const sdk = 3;

const extractor = "lambda:extraction-warehouse-extractor-function";
const pipeline = (name: string): string => `lambda:extraction-${name}-function`;
const brokenStatement = (world: ChaosWorld): void =>
    world.fault({ at: "statement", error: { message: 'relation "orders" does not exist' } });
/** Thrown by the function's own code: nothing says that it would pass. */
const ownError = { error: { name: "TypeError", status: undefined } };
const isStart = (event: unknown): boolean => (event as { action?: string }).action === "start";
const isStatus = (event: unknown): boolean => (event as { action?: string }).action === "status";

const functions: readonly FaultCase[] = [
    { name: "planner throws before its work", strike: (w) => w.fault({ at: pipeline("plan-live") }) },
    {
        name: "planner throws after it has started a run",
        strike: (w) => w.fault({ at: pipeline("plan-live"), when: "after" }),
    },
    {
        name: "planner cannot write the lease",
        strike: (w) => w.fault({ at: "s3:PutObject", times: sdk, match: onKeys(/\/lease\/live/) }),
    },
    {
        name: "planner throws, whatever is tried",
        strike: (w) => w.fault({ at: pipeline("plan-live"), times: 3, ...ownError }),
        ticks: 2,
        told: [/^planning live windows \(PT1H\) failed$/, /^planning live windows \(PT1H\) works again$/],
    },
    { name: "extractor throws before it submits", strike: (w) => w.fault({ at: extractor, match: isStart }) },
    {
        name: "extractor throws after it has submitted",
        strike: (w) => w.fault({ at: extractor, when: "after", match: isStart }),
    },
    {
        name: "extractor cannot store its ticket",
        strike: (w) => w.fault({ at: "s3:PutObject", times: sdk, match: onKeys(/\/tickets\//) }),
        ticks: 2,
        told: parked,
    },
    { name: "extractor throws when it is asked", strike: (w) => w.fault({ at: extractor, match: isStatus }) },
    {
        name: "extractor throws after it has answered",
        strike: (w) => w.fault({ at: extractor, when: "after", match: isStatus }),
    },
    {
        name: "extractor throws, whatever is tried",
        strike: (w) => w.fault({ at: extractor, times: always, match: isStart }),
        ticks: 2,
        mend: (w) => w.stack.cloud.faults.clear(),
        told: parked,
    },
    {
        name: "extractor throws an error of its own",
        strike: (w) => w.fault({ at: extractor, match: isStart, ...ownError }),
        ticks: 2,
        told: parked,
    },
    {
        name: "commit throws an error of its own after its work",
        strike: (w) => w.fault({ at: pipeline("commit-window"), when: "after", ...ownError }),
        ticks: 2,
        told: parked,
    },
    { name: "commit throws before its work", strike: (w) => w.fault({ at: pipeline("commit-window") }) },
    { name: "commit throws after its work", strike: (w) => w.fault({ at: pipeline("commit-window"), when: "after" }) },
    {
        name: "commit cannot write the manifest",
        strike: (w) => w.fault({ at: "s3:PutObject", times: sdk, match: onKeys(/\/ledger\/.*\/\d{4}-\d\d\//) }),
        ticks: 2,
        told: parked,
    },
    {
        name: "commit throws, whatever is tried",
        strike: (w) => w.fault({ at: pipeline("commit-window"), times: always }),
        ticks: 2,
        mend: (w) => w.stack.cloud.faults.clear(),
        told: parked,
    },
    { name: "closing throws before its work", strike: (w) => w.fault({ at: pipeline("close-run") }) },
    { name: "closing throws after its work", strike: (w) => w.fault({ at: pipeline("close-run"), when: "after" }) },
    {
        name: "closing cannot keep the watermark",
        strike: (w) => w.fault({ at: "s3:PutObject", times: sdk, match: onKeys(/\/cache\/\w+\.json/) }),
        ticks: 2,
        told: parked,
    },
    {
        name: "closing throws, whatever is tried",
        strike: (w) => w.fault({ at: pipeline("close-run"), times: always }),
        ticks: 2,
        mend: (w) => w.stack.cloud.faults.clear(),
        told: parked,
    },
    {
        name: "parking throws before its work",
        strike: (w) => (brokenStatement(w), w.fault({ at: pipeline("park-window") })),
        ticks: 2,
        told: parked,
    },
    {
        name: "parking throws after its work",
        strike: (w) => (brokenStatement(w), w.fault({ at: pipeline("park-window"), when: "after" })),
        ticks: 3,
        told: parked,
    },
    {
        name: "notifier throws before it tells",
        strike: (w) => (brokenStatement(w), w.fault({ at: "lambda:operations-notify-function" })),
        ticks: 2,
        told: parked,
    },
    {
        name: "notifier throws after it has told",
        strike: (w) => (brokenStatement(w), w.fault({ at: "lambda:operations-notify-function", when: "after" })),
        ticks: 2,
        told: parked,
    },
    {
        name: "notifier throws, whatever the run tries",
        strike: (w) => (brokenStatement(w), w.fault({ at: "lambda:operations-notify-function", times: 6 })),
        ticks: 2,
        told: parked,
    },
    {
        name: "worker throws before it scores",
        strike: (w) => w.fault({ at: "lambda:detection-worker-function", ...ownError }),
    },
    {
        name: "worker throws after it has scored",
        strike: (w) => w.fault({ at: "lambda:detection-worker-function", when: "after", ...ownError }),
    },
    {
        name: "worker cannot move its progress",
        strike: (w) => w.fault({ at: "s3:PutObject", times: sdk, match: onKeys(/progress\.json/) }),
    },
    {
        name: "detection service does not answer the commit",
        strike: (w) => w.fault({ at: "lambda:detection-api-function", times: 2 }),
    },
    { name: "detection tick throws", strike: (w) => w.fault({ at: "lambda:detection-tick-function", ...ownError }) },
];

const statements: readonly FaultCase[] = [
    { name: "statement fails", strike: brokenStatement, ticks: 2, told: parked },
    {
        name: "statement fails after it has written",
        strike: (w) => w.fault({ at: "statement", when: "after", error: { message: "disk full" } }),
        ticks: 2,
        told: parked,
    },
    {
        name: "statement finds the database busy",
        strike: (w) => w.fault({ at: "statement", error: { message: "connection limit exceeded for user" } }),
    },
    {
        name: "statement hangs, and is given up",
        strike: (w) => w.fault({ at: "statement:hang" }),
        ticks: 2,
        told: parked,
    },
    {
        name: "statement is aborted by an operator",
        strike: (w) => w.fault({ at: "statement:abort" }),
    },
    {
        name: "submitting is throttled",
        strike: (w) =>
            w.fault({
                at: "redshift-data:ExecuteStatement",
                times: sdk,
                error: { name: "ThrottlingException", status: 400 },
            }),
    },
    {
        name: "asking for a statement fails",
        strike: (w) =>
            w.fault({ at: "redshift-data:DescribeStatement", times: 2, error: { name: "InternalServerException" } }),
    },
];

const objectStore: readonly FaultCase[] = [
    { name: "store fails a write", strike: (w) => w.fault({ at: "s3:PutObject", error: { name: "InternalError" } }) },
    {
        name: "store fails a read",
        strike: (w) => w.fault({ at: "s3:GetObject", times: 2, error: { name: "InternalError" } }),
    },
    {
        name: "store fails a listing",
        strike: (w) => w.fault({ at: "s3:ListObjectsV2", times: 2, error: { name: "InternalError" } }),
    },
    {
        name: "store fails to delete",
        strike: (w) => w.fault({ at: "s3:DeleteObjects", times: 2, error: { name: "InternalError" } }),
    },
    {
        name: "store throttles",
        strike: (w) => w.fault({ at: "s3:PutObject", times: 2, error: { name: "SlowDown", status: 503 } }),
    },
    { name: "connection is lost in a read", strike: (w) => w.fault({ at: "s3:GetObject", error: { status: 0 } }) },
    {
        name: "connection is lost after a write",
        strike: (w) => w.fault({ at: "s3:PutObject", when: "after", error: { status: 0 } }),
    },
    {
        name: "store is down for minutes when rows are read",
        strike: (w) =>
            w.fault({
                at: "s3:GetObject",
                times: 30,
                match: onKeys(/\/live\//),
                error: { name: "ServiceUnavailable", status: 503 },
            }),
        ticks: 2,
        mend: (w) => w.stack.cloud.faults.clear(),
        told: parked,
    },
    {
        name: "conditional write of the lease loses",
        strike: (w) =>
            w.fault({
                at: "s3:PutObject",
                match: onKeys(/\/lease\/live/),
                error: { name: "PreconditionFailed", status: 412 },
            }),
        ticks: 2,
    },
    {
        name: "conditional write of the manifest loses",
        strike: (w) =>
            w.fault({
                at: "s3:PutObject",
                match: onKeys(/\/ledger\/.*\d{4}-/),
                error: { name: "PreconditionFailed", status: 412 },
            }),
    },
    {
        name: "conditional write of the manifest conflicts",
        strike: (w) =>
            w.fault({
                at: "s3:PutObject",
                match: onKeys(/\/ledger\/.*\d{4}-/),
                error: { name: "ConditionalRequestConflict", status: 409 },
            }),
    },
    {
        name: "conditional write of the progress loses",
        strike: (w) =>
            w.fault({
                at: "s3:PutObject",
                match: onKeys(/progress\.json/),
                error: { name: "PreconditionFailed", status: 412 },
            }),
    },
    {
        name: "watermark's cache is damaged",
        strike: async (w) => void (await w.store.put(await keyLike(w, /\/cache\/\w+\.json$/), "no JSON")),
    },
    {
        name: "what is known of arrival is damaged",
        strike: async (w) => void (await w.store.put(await keyLike(w, /arrival\.json$/), "{}")),
    },
    {
        name: "partial files lie where the run will write",
        strike: async (w) => {
            const start = startOfClock - 300_000 + w.hours() * hour;
            const time = compact(start);
            await w.store.put(
                `orders/live/${time.slice(0, 8)}/${time.slice(9, 13)}/${w.generation}-0123456789ab/0000.csv`,
                "timestamp,region\nhalf a r",
            );
        },
    },
];

/** The function that asks gets no answer in its time; what it asked for is done nevertheless, at once or after so many minutes. */
const slow = (w: ChaosWorld, at: string, match?: (request: unknown) => boolean, minutes = 0): void =>
    w.fault({ at, lateMs: minutes * 60_000, ...(match !== undefined && { match }) });

/** A slow answer costs a function its time: it dies in the midst of its work, with what it had done by then. */
const slowness: readonly FaultCase[] = [
    {
        name: "store is slow: planner's time runs out when it has the lease",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/lease\/live/)),
    },
    {
        name: "store is slow: planner's lease is written minutes after it was given up",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/lease\/live/), 3),
    },
    { name: "planner's time runs out when it has started a run", strike: (w) => slow(w, "states:StartExecution") },
    {
        name: "extractor's time runs out when it has submitted",
        strike: (w) => slow(w, "redshift-data:ExecuteStatement"),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: extractor's ticket is written when its window is parked",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/tickets\//), 10),
        ticks: 2,
        told: parked,
    },
    {
        name: "extractor's time runs out when it is asked",
        strike: (w) => slow(w, "redshift-data:DescribeStatement"),
        ticks: 2,
        told: parked,
    },
    {
        name: "extractor's time runs out when it cancels",
        strike: (w) => (w.fault({ at: "statement:hang" }), slow(w, "redshift-data:CancelStatement")),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: commit's time runs out when it reads rows",
        strike: (w) => slow(w, "s3:GetObject", onKeys(/\/live\//)),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: commit's time runs out when it has written the manifest",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/ledger\/.*\/\d{4}-\d\d\//)),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: the manifest is written when its window is parked",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/ledger\/.*\/\d{4}-\d\d\//), 10),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: the manifest is written when a later run has written it",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/ledger\/.*\/\d{4}-\d\d\//), 70),
        ticks: 2,
        told: parked,
    },
    {
        name: "commit's time runs out when it cleans up",
        strike: (w) => slow(w, "s3:DeleteObjects", onPrincipal(/commit-window/)),
        ticks: 2,
        told: parked,
    },
    {
        name: "detection service's time runs out when it has called the worker",
        strike: (w) => slow(w, "lambda:Invoke", onPrincipal(/detection-api/)),
    },
    {
        name: "detection tick's time runs out when it lists",
        strike: (w) => slow(w, "s3:ListObjectsV2", onPrincipal(/detection-tick/)),
    },
    {
        name: "parking's time runs out when it has parked",
        strike: (w) => (brokenStatement(w), slow(w, "s3:PutObject", onKeys(/\/parked\//))),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: an old watermark is kept hours later",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/\/cache\/\w+\.json/), 130),
        ticks: 3,
        told: parked,
    },
    {
        name: "store is slow: closing's time runs out when it gives the lease back",
        strike: (w) => slow(w, "s3:PutObject", (r) => onKeys(/\/lease\/live/)(r) && onPrincipal(/close-run/)(r)),
        ticks: 2,
        told: parked,
    },
    {
        name: "store is slow: notifier's time runs out when it has noted the incident",
        strike: (w) => (brokenStatement(w), slow(w, "s3:PutObject", onPrincipal(/notify/))),
        ticks: 2,
        told: parked,
    },
    {
        name: "worker's time runs out when it has moved its progress",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/progress\.json/)),
    },
    {
        name: "store is slow: worker's progress is written when it has scored again",
        strike: (w) => slow(w, "s3:PutObject", onKeys(/progress\.json/), 10),
    },
];

const ticks: readonly FaultCase[] = [
    { name: "tick comes twice", strike: (w) => w.tick(startOfClock + w.hours() * hour) },
    { name: "two ticks come at once", strike: async (w) => void (await Promise.all([nextTick(w), nextTick(w)])) },
    { name: "tick of yesterday comes again", strike: (w) => w.tick(startOfClock + (w.hours() - 24) * hour) },
    { name: "clock jumps back by years", strike: (w) => w.tick(startOfClock - 20_000 * hour) },
    { name: "clock jumps ahead by a day", strike: (w) => w.tick(startOfClock + (w.hours() + 24) * hour) },
    { name: "two executions race for the same window", strike: (w) => race(w) },
    {
        name: "dead execution has the lease",
        strike: async (w) => {
            const owner = "arn:aws:states:us-east-1:123456789012:execution:lookout-dev-live:gone";
            const { fence } = JSON.parse((await w.store.get(leaseKey("orders", "live")))!.body.toString()) as {
                fence: number;
            };
            await w.store.put(leaseKey("orders", "live"), JSON.stringify({ owner, fence: fence + 5 }));
        },
    },
    {
        name: "run is stopped by hand in its midst",
        strike: async (w) => {
            w.fault({ at: "statement:hang" });
            const { cloud } = w.stack;
            await cloud.advanceTo(startOfClock + (w.hours() + 1) * hour + 120_000);
            const running = cloud.executions().find(({ status }) => status === "RUNNING");
            // Another fault of the hour may have ended it already.
            if (running === undefined) return;
            await client(w).send(
                new StopExecutionCommand({ executionArn: running.arn, error: "Stopped", cause: "by hand" }),
            );
        },
        ticks: 2,
        told: parked,
    },
    {
        name: "secret is rotated together with the password",
        strike: (w) => w.stack.cloud.secrets.put("warehouse-secret", { ...warehouseSecret }),
    },
    {
        name: "secret is rotated, the password an hour later",
        strike: (w) => w.stack.cloud.secrets.put("warehouse-secret", { ...warehouseSecret, password: "new" }),
        mend: (w) => w.stack.cloud.secrets.put("warehouse-secret", warehouseSecret),
        ticks: 2,
        told: parked,
    },
    {
        name: "outage of three days: no tick plans anything",
        strike: (w) => w.fault({ at: pipeline("plan-live"), times: 72 * 3, ...ownError }),
        ticks: 75,
        isLong: true,
        told: [/^planning live windows \(PT1H\) failed$/, /^planning live windows \(PT1H\) works again$/],
    },
];

/** The faults by what they befall. */
export const faultGroups = [
    { title: "A function throws before, in the midst of or after its work", faults: functions },
    { title: "A statement fails, hangs or is stopped", faults: statements },
    {
        title: "The object store fails, throttles, loses the connection, or refuses a conditional write",
        faults: objectStore,
    },
    { title: "An answer comes too late, and the function's time runs out over it", faults: slowness },
    { title: "Ticks, clocks, races, secrets and outages", faults: ticks },
] as const;

export const faultTable: readonly FaultCase[] = faultGroups.flatMap(({ faults }) => faults);

const nextTick = (w: ChaosWorld): Promise<void> => w.tick(startOfClock + w.hours() * hour);

const client = ({ stack }: ChaosWorld): SFNClient =>
    new SFNClient({
        endpoint: stack.cloud.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "user", secretAccessKey: "user" },
    });

/** An execution with an older number extracts the window that the next tick will plan. */
async function race(w: ChaosWorld): Promise<void> {
    const arn = w.stack.cloud.outputs.liveMachineArn as string;
    const last = w.stack.cloud.executions(arn).at(-1)!;
    const { run } = JSON.parse(last.input) as { run: Record<string, unknown> };
    const start = startOfClock - 300_000 + (w.hours() - 1) * hour;
    const windows = [{ start: formatInstant(start), end: formatInstant(start + hour) }];
    const played = w.stack.cloud.executions(arn).length;
    for (const name of [`race-${played}-1`, `race-${played}-2`]) {
        const execution = `${arn.replace(":stateMachine:", ":execution:")}:${name}`;
        const input = JSON.stringify({ run: { ...run, execution }, windows });
        await client(w).send(new StartExecutionCommand({ stateMachineArn: arn, name, input }));
    }
}

async function keyLike({ store }: ChaosWorld, pattern: RegExp): Promise<string> {
    for await (const { key } of store.list("orders/")) if (pattern.test(key)) return key;
    throw new Error(`nothing is like ${pattern.source}`);
}
