import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { Command, InvalidArgumentError } from "commander";
import { openProgress, type Progress } from "../../local/demo/progress";
import { measureColdStarts } from "./coldStart";
import { measureSpeed, type Read, type Speed } from "./load";
import { measurePages } from "./pages";
import { reportOf, type Figures, type Rate } from "./report";
import { startServing } from "./serving";
import { detectorArn, explained, fill, measures } from "./stored";

/*
 * What the service's reads cost: `npm run --silent bench:service -- [--json] [--groups N] [--seconds S]`. The server runs in a process of its
 * own, over a folder; a bare hono handler is loaded in the same way, in the same run, as the reference. Figures go to standard output,
 * progress to standard error.
 */

interface Options {
    readonly json?: true;
    readonly groups: number;
    readonly seconds: number;
}

async function main(): Promise<void> {
    const { json, groups, seconds } = readOptions();
    const progress = await openProgress({ stream: process.stderr, now: () => performance.now() });
    const folder = await mkdtemp(path.join(tmpdir(), "lookout-service-"));
    try {
        const figures = await measure(progress, { folder, groups, seconds });
        process.stdout.write(json === true ? `${JSON.stringify(figures, null, 4)}\n` : reportOf(figures));
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

function readOptions(): Options {
    const number = (text: string): number => {
        const value = Number(text);
        if (!(value > 0 && value <= 1e6)) throw new InvalidArgumentError("expected a number above 0, at most 1000000.");
        return value;
    };
    return new Command("bench:service")
        .description("Measures reads of the detection service: requests per second, pages, cold start, memory.")
        .option("--json", "print one JSON object instead of tables")
        .option("--groups <n>", "anomaly groups to store", number, 10_000)
        .option("--seconds <s>", "seconds of load for each kind of request", number, 3)
        .parse()
        .opts<Options>();
}

async function measure(
    progress: Progress,
    { folder, groups, seconds }: { readonly folder: string; readonly groups: number; readonly seconds: number },
): Promise<Figures> {
    const store = path.join(folder, "store");
    const id = await progress.stage(`Storing ${groups} groups`, () => fill(store, groups));
    const load = await progress.stage("Reading under load", (tell) => measureRates(store, id, seconds, tell));
    const pages = await progress.stage("Listing pages", () => measurePages(store));
    const coldStart = await progress.stage("Starting the bundled function", () => measureColdStarts(folder));
    const { service, bare } = coldStart;
    return {
        machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, node: process.version },
        groups,
        ...load,
        pages,
        lastToSecond: {
            cold: pages.last.coldMs / pages.second.coldMs,
            warm: pages.last.warmMs / pages.second.warmMs,
        },
        coldStart,
        coldStartOfBare: (service.loadMs + service.answerMs) / (bare.loadMs + bare.answerMs),
    };
}

const ofDetector = { AnomalyDetectorArn: detectorArn };

const readsOf = (id: string): Readonly<Record<string, Read>> => ({
    "describe the detector": { path: "/DescribeAnomalyDetector", body: ofDetector },
    "list groups, a page of 100 with statistics": {
        path: "/ListAnomalyGroupSummaries",
        body: { ...ofDetector, SensitivityThreshold: 0 },
    },
    "list groups of a measure, a page of 20": {
        path: "/lookout/v1/listGroups",
        body: { ...ofDetector, MetricNames: [measures[2]], MaxResults: 20 },
    },
    "list the severest groups, a page of 100": {
        path: "/ListAnomalyGroupSummaries",
        body: { ...ofDetector, SensitivityThreshold: 99 },
    },
    "get a group": { path: "/GetAnomalyGroup", body: { ...ofDetector, AnomalyGroupId: id } },
    "explain a day of a metric": { path: "/lookout/v1/explain", body: explained },
});

async function measureRates(
    store: string,
    id: string,
    seconds: number,
    tell: (detail: string) => void,
): Promise<Pick<Figures, "rates" | "bare" | "memory">> {
    const [server, bare] = [await startServing(store), await startServing()];
    try {
        const rates: Rate[] = [];
        const references: Speed[] = [];
        for (const [name, read] of Object.entries(readsOf(id))) {
            tell(name);
            // Beside each other, so that both have the machine as it is at the time.
            const reference = await measureSpeed(bare, read, seconds / 3);
            const speed = await measureSpeed(server, read, seconds);
            references.push(reference);
            rates.push({ read: name, ...speed, ofBare: speed.perCoreSecond / reference.perCoreSecond });
        }
        const mean = (of: (speed: Speed) => number): number =>
            references.reduce((sum, one) => sum + of(one), 0) / references.length;
        return {
            rates,
            bare: { perSecond: mean((one) => one.perSecond), perCoreSecond: mean((one) => one.perCoreSecond) },
            memory: { service: await server.memory(), bare: await bare.memory() },
        };
    } finally {
        await Promise.all([server.stop(), bare.stop()]);
    }
}

void main();
