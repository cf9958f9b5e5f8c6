import { parse } from "csv-parse/sync";
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ConfigError } from "../../errors";
import type { ObjectStore } from "../../objects/objectStore";
import { handleAttempt, type StartedAttempt } from "../../pipeline/attempt";
import { collect } from "../../pipeline/collect";
import { commitWindow } from "../../pipeline/commit";
import { generationKey, leaseKey, manifestKey } from "../../pipeline/objectLayout";
import { type ExtractionSpec, generationRecord, lease, type Manifest, manifest } from "../../pipeline/records";
import { readDocument, writeDocument } from "../../pipeline/documents";
import type { Run } from "../../pipeline/run";
import type { Window } from "../../pipeline/windows";
import type { Extractor } from "../../sources/metricSource";
import { specOf } from "../support/specs";

/** A row of the table that the contract's query reads. */
export interface ContractRow {
    /** Written `2026-01-01 10:00:00`, UTC, without a zone. */
    readonly ts: string;
    readonly platform: string | null;
    /** A whole number of up to 18 digits. */
    readonly views: string;
}

/** A source over a real engine, as the contract test needs it. The table `events` has the columns of `ContractRow`. */
export interface ExtractorFixture {
    /** Whether the database exports by itself, so that `start` answers at once, or the source streams the rows within `start`. */
    readonly kind: "exports" | "streams";
    readonly extractor: Extractor;
    /** The bucket that the extractor's rows end up in. */
    readonly store: ObjectStore;
    readonly bucket: string;
    /** Replaces the rows of `events`. */
    load(rows: readonly ContractRow[]): Promise<void>;
    /** Gives sessions that begin from now on another time zone. */
    setSessionTimeZone(zone: string): Promise<void>;
    /** A query whose `ts` is the same instant in a type that carries a zone, where the database has one. */
    readonly zonedQuery?: string;
    /** Extractions that the database was given so far. */
    submitted(): Promise<number>;
    /** Queries and connections that are under way; those that have ended and are not gone yet may be waited for. */
    underWay(): Promise<number>;
    /** Makes the next extraction run until it is given up: cancelled, or its signal aborted. */
    hold(): void | Promise<void>;
    /** Lets everything that is under way, and not held, come to its end. */
    settle(): Promise<void>;
    /** Opens the same source with a configuration that is wrong at `key`, a full path such as `lookout:sources.warehouse.secret`. */
    openWrong(): { readonly extractor: Extractor; readonly key: string };
    /** Texts that must be seen nowhere. */
    readonly passwords: readonly string[];
    close(): Promise<void>;
}

/** What every extractor owes. The names are the specification; `skip` maps the name of one that cannot be kept to the reason. */
export const contract = [
    "includes the row stamped at the window start and not the one at its end",
    "writes a header and a manifest, and no rows, for an empty window",
    "leaves exactly one attempt's objects counting when the same window is extracted again, also when there are fewer of them",
    "carries a quote, a comma, a newline and an emoji in a dimension value through unharmed",
    "keeps NULL apart from the empty string, and a large integer exact",
    "writes the same timestamps whatever the session's time zone",
    "submits the query once; stops it on cancel; gives its connection back after a failure",
    "names the key at fault when the configuration is wrong; shows no password in a ticket, an error or a log line",
] as const;
export type ContractName = (typeof contract)[number];

type Check = (stage: Stage) => Promise<void>;

/** Runs the contract against one source. Reasons of skipped tests are printed. */
export function describeExtractor(
    unit: string,
    open: () => Promise<ExtractorFixture>,
    skip: Partial<Record<ContractName, string>> = {},
): void {
    describe(`${unit} keeps the extractor's contract: it`, () => {
        let fixture: ExtractorFixture;
        before(async () => {
            fixture = await open();
        });
        after(async () => fixture.close());

        for (const name of contract) {
            const reason = skip[name];
            if (reason !== undefined) {
                it.skip(`${name} (${reason})`);
            } else {
                it(name, async () => checks[name](await openStage(fixture)));
            }
        }
    });
}

const window: Window = { start: Date.parse("2026-01-01T10:00:00Z"), end: Date.parse("2026-01-01T11:00:00Z") };
const row = (ts: string, platform: string | null = "web", views = "1"): ContractRow => ({ ts, platform, views });

const checks: Record<ContractName, Check> = {
    "includes the row stamped at the window start and not the one at its end": async (stage) => {
        const all = ["2026-01-01 09:59:59", "2026-01-01 10:00:00", "2026-01-01 10:59:59", "2026-01-01 11:00:00"];
        await stage.fixture.load(all.map((ts) => row(ts)));
        const inside = all.slice(1, 3).map((ts) => [ts, "web", "1"]);
        assert.deepEqual((await stage.extract()).rows, inside);
        const bounded = "select ts, platform, views from events where ts >= {{start}} and ts < {{end}} -- the window";
        assert.deepEqual((await stage.extract({ query: bounded })).rows, inside);
    },

    "writes a header and a manifest, and no rows, for an empty window": async (stage) => {
        await stage.fixture.load([row("2026-01-01 12:00:00")]);
        const { manifest: found, texts } = await stage.extract();
        assert.deepEqual({ rows: found.rows, min: found.minTimestamp }, { rows: 0, min: undefined });
        // A database that writes no object for no rows is as good as one that writes a header.
        const header = [["ts", "platform", "views"]];
        texts.filter((text) => text !== "").forEach((text) => assert.deepEqual(parse(text), header));
    },

    "leaves exactly one attempt's objects counting when the same window is extracted again, also when there are fewer of them":
        async (stage) => {
            await stage.fixture.load(["10", "20", "30"].map((minute) => row(`2026-01-01 10:${minute}:00`)));
            const first = await stage.extract();
            await stage.fixture.load([row("2026-01-01 10:10:00", "web", "7")]);
            const second = await stage.extract();
            assert.deepEqual([first.manifest.rows, second.manifest.rows, second.manifest.version], [3, 1, 2]);
            assert.deepEqual(second.rows, [["2026-01-01 10:10:00", "web", "7"]]);
            const left = (await collect(stage.fixture.store.list(stage.dataPrefix))).map(({ key }) => key);
            assert.deepEqual(
                left,
                second.manifest.objects.map(({ key }) => key),
            );
        },

    "carries a quote, a comma, a newline and an emoji in a dimension value through unharmed": async (stage) => {
        const awkward = [
            'a "quoted" word',
            "it's",
            "one, two",
            "one\ntwo",
            "one\r\ntwo",
            "🛒 café",
            "back\\slash",
            " blank ",
        ];
        await stage.fixture.load(awkward.map((platform) => row("2026-01-01 10:00:00", platform)));
        const { rows, manifest: found } = await stage.extract();
        assert.deepEqual(rows.map(([, platform]) => platform).sort(), [...awkward].sort());
        assert.equal(found.rows, awkward.length);
    },

    "keeps NULL apart from the empty string, and a large integer exact": async (stage) => {
        const largest = "900719925474099312";
        await stage.fixture.load([row("2026-01-01 10:00:00", null, largest), row("2026-01-01 10:00:01", "", "2")]);
        const { texts, rows } = await stage.extract();
        assert.deepEqual(rows.map(([, , views]) => views).sort(), ["2", largest]);
        // Whether other values stand in quotes as well is the database's business.
        const platforms = texts.flatMap((text) => parse<ContractRow>(text, { columns: true, cast: nullUnlessQuoted }));
        assert.deepEqual(
            platforms.sort((one, other) => one.ts.localeCompare(other.ts)).map(({ platform }) => platform),
            [null, ""],
        );
    },

    "writes the same timestamps whatever the session's time zone": async (stage) => {
        await stage.fixture.load([row("2026-01-01 10:15:00")]);
        for (const zone of ["UTC", "Asia/Kolkata", "America/Los_Angeles"]) {
            await stage.fixture.setSessionTimeZone(zone);
            for (const query of [undefined, stage.fixture.zonedQuery]) {
                assert.deepEqual((await stage.extract(query === undefined ? {} : { query })).rows, [
                    ["2026-01-01 10:15:00", "web", "1"],
                ]);
            }
        }
        await stage.fixture.setSessionTimeZone("UTC");
    },

    "submits the query once; stops it on cancel; gives its connection back after a failure": async (stage) => {
        const { fixture } = stage;
        await fixture.load([row("2026-01-01 10:00:00")]);
        const before = await fixture.submitted();
        if (fixture.kind === "exports") await fixture.hold();
        const { ticketKey } = await stage.start();
        await stage.forgetTicket(ticketKey, () => stage.start({}, true));
        assert.equal(await fixture.submitted(), before + 1);
        await (fixture.kind === "exports" ? stopsOnCancel(stage, ticketKey) : stopsOnSignal(stage));
        assert.equal(await fixture.underWay(), 0);
        await stage.cancel(ticketKey);
        await assert.rejects(stage.extract({ query: "select ts, platform, views from nowhere" }), {
            name: "QueryError",
            message: /nowhere/,
        });
        assert.equal(await fixture.underWay(), 0);
    },

    "names the key at fault when the configuration is wrong; shows no password in a ticket, an error or a log line":
        async (stage) => {
            const { fixture } = stage;
            const { extractor, key } = fixture.openWrong();
            const shown: string[] = [];
            const logged = captureOutput(shown);
            try {
                const error: unknown = await stage.start({ extractor }).catch((thrown: unknown) => thrown);
                assert.ok(
                    error instanceof ConfigError && error.problems.some((problem) => problem.key === key),
                    String(error),
                );
                const { ticketKey } = await stage.start();
                shown.push(inspectAll(error), (await fixture.store.get(ticketKey))?.body.toString() ?? "");
                await stage.cancel(ticketKey);
            } finally {
                logged.restore();
            }
            fixture.passwords.forEach((password) => assert.ok(!shown.join("\n").includes(password)));
        },
};

async function stopsOnCancel(stage: Stage, ticketKey: string): Promise<void> {
    assert.ok((await stage.fixture.underWay()) > 0);
    await stage.cancel(ticketKey);
}

/** A source that streams has nothing to cancel once it has answered: what stops it is the caller's signal. */
async function stopsOnSignal(stage: Stage): Promise<void> {
    const { fixture } = stage;
    await fixture.hold();
    const caller = new AbortController();
    const starting = stage.start({ signal: caller.signal });
    let isOver = false;
    const stopped = assert.rejects(starting, { name: "QueryError", message: /history\.chunk/ });
    stopped.catch(() => undefined).finally(() => (isOver = true));
    // However slow the machine is: it begins, or it ends.
    while (!isOver && (await fixture.underWay()) === 0) await nextTurn();
    if (isOver) await stopped;
    assert.ok(!isOver, "the extraction ended although it was held");
    caller.abort();
    await stopped;
    await fixture.settle();
}

/** A field that is nothing is NULL; one that is empty between quotes is empty. */
function nullUnlessQuoted(value: string, { quoting }: { readonly quoting: boolean }): string | null {
    return value === "" && !quoting ? null : value;
}

/** One detector of one test: its generation lies in the store, and each extraction is a run of its own. */
interface Stage {
    readonly fixture: ExtractorFixture;
    /** Where the rows of the window lie, all attempts. */
    readonly dataPrefix: string;
    start(
        changes?: { readonly extractor?: Extractor; readonly signal?: AbortSignal },
        sameRun?: boolean,
    ): Promise<{ ticketKey: string; attemptId: string }>;
    cancel(ticketKey: string): Promise<void>;
    /** Does something while the store has no ticket, as after a call that died before it stored one. */
    forgetTicket(ticketKey: string, work: () => Promise<unknown>): Promise<void>;
    /** Extracts and commits the window; gives what counts afterwards. */
    extract(changes?: Partial<ExtractionSpec>): Promise<{ manifest: Manifest; texts: string[]; rows: string[][] }>;
}

let stages = 0;

async function openStage(fixture: ExtractorFixture): Promise<Stage> {
    const { store, bucket } = fixture;
    stages += 1;
    let fence = 0;
    const run: Run = {
        kind: "live",
        detector: `contract${stages}`,
        interval: "PT1H",
        source: "warehouse",
        generation: "0123456789",
        execution: "",
        fence: 0,
        extractor: "extractor",
        maxConcurrentStatements: 1,
    };
    const setSpec = async (changes: Partial<ExtractionSpec>): Promise<void> => {
        const record = { version: 1, generation: run.generation, spec: specOf(changes) } as const;
        await writeDocument(store, generationKey(run.detector, run.generation), generationRecord, record);
    };
    const current = (): Run => ({ ...run, fence, execution: `${run.detector}-run-${fence}` });
    await setSpec({});

    const stage: Stage = {
        fixture,
        dataPrefix: `${run.detector}/live/`,
        async start({ extractor = fixture.extractor, signal } = {}, sameRun = false) {
            fence += sameRun ? 0 : 1;
            const event = { action: "start", run: current(), window, attempt: 1 } as const;
            await writeDocument(store, leaseKey(run.detector, run.kind), lease, { owner: current().execution, fence });
            const { ticketKey, attemptId } = (await handleAttempt(event, {
                extractor,
                store,
                bucket,
                ...(signal !== undefined && { signal }),
            })) as StartedAttempt;
            return { ticketKey, attemptId };
        },
        async cancel(ticketKey) {
            await handleAttempt({ action: "cancel", ticketKey }, { extractor: fixture.extractor, store, bucket });
        },
        async forgetTicket(ticketKey, work) {
            await store.delete([ticketKey]);
            await work();
        },
        async extract(changes = {}) {
            await setSpec(changes);
            const { ticketKey, attemptId } = await stage.start();
            await untilFinished(fixture, ticketKey);
            await commitWindow(
                { store, advance: async () => undefined },
                { run: current(), window, ticketKey, attemptId },
            );
            return readCounting(store, run);
        },
    };
    return stage;
}

async function untilFinished(fixture: ExtractorFixture, ticketKey: string): Promise<void> {
    const { extractor, store, bucket } = fixture;
    for (let polls = 0; polls < 20; polls++) {
        await fixture.settle();
        const status = await handleAttempt({ action: "status", ticketKey, polls }, { extractor, store, bucket });
        if ("state" in status && status.state === "finished") {
            return;
        }
    }
    throw new Error("the extraction did not finish although everything has settled");
}

async function readCounting(
    store: ObjectStore,
    run: Run,
): Promise<{ manifest: Manifest; texts: string[]; rows: string[][] }> {
    const found = await readDocument(store, manifestKey(run.detector, run.generation, window.start), manifest);
    assert.ok(found);
    const bodies = await Promise.all(
        found.value.objects.map(async ({ key }) => (await store.get(key))?.body.toString() ?? ""),
    );
    const rows = bodies.flatMap((body) => parse(body).slice(1));
    return {
        manifest: found.value,
        texts: bodies,
        rows: rows.sort(([one = ""], [other = ""]) => one.localeCompare(other)),
    };
}

const inspectAll = (error: Error & { cause?: unknown }): string =>
    [error.message, error.stack, JSON.stringify(error), JSON.stringify(error.cause)].join("\n");

/** Keeps what is written to the terminal meanwhile. */
function captureOutput(into: string[]): { restore(): void } {
    const streams = [process.stdout, process.stderr];
    const originals = streams.map((stream) => Object.getOwnPropertyDescriptor(stream, "write"));
    streams.forEach((stream) => {
        stream.write = (chunk: string | Uint8Array): boolean => {
            into.push(chunk.toString());
            return true;
        };
    });
    return {
        restore() {
            streams.forEach((stream, index) => {
                // Without one of its own a stream has the write of its class.
                Reflect.deleteProperty(stream, "write");
                Object.defineProperties(stream, originals[index] === undefined ? {} : { write: originals[index] });
            });
        },
    };
}
