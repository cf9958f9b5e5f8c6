import { writeFile } from "node:fs/promises";
import { DataError } from "../../errors";
import { openCloud, type EmbeddedCloud } from "../cloud/cloud";
import { lockFolder } from "../folderLock";
import { openContext, region, type Context } from "./context";
import { clearStateFolder, lockOf, readDemoState, writeDemoState } from "./demoState";
import { evaluate, type Evaluation, requireGoals } from "./evaluation";
import type { FoundGroup } from "./foundGroup";
import type { Growth } from "./growth";
import { totalsOf, type LedgerTotals } from "./ledgerTotals";
import { readOthers, type OtherDetector } from "./otherDetectors";
import type { Progress } from "./progress";
import { explainTogether, readGroups } from "./readGroups";
import { renderReport } from "./report";
import { emptyResult, resultGroup, type DemoResult } from "./result";
import {
    clockStart,
    defaultDays,
    detectorNames,
    intervalMs,
    liveStretch,
    severityThreshold,
    warehouseOptions,
} from "./sample";
import { sentAlerts, type SentAlerts } from "./sentAlerts";
import { deploy, loadWarehouse, playLive, runBackfill, type Tell } from "./stages";
import { readStackFile, type StackFile } from "./stackFile";
import { counted } from "./table";
import { isUpState } from "../up/upState";
import { buildWarehouse, pairScopes, type Truth } from "./warehouse";

export interface DemoOptions {
    /** Folder of `Pulumi.yaml` and `index.ts`. */
    readonly projectFolder: string;
    /** Where the embedded cloud keeps its state; emptied first unless the run is resumed. */
    readonly stateFolder: string;
    /** File that the report is written to. */
    readonly reportFile: string;
    /**
     * Names under which the same data are watched.
     * @default 1, or what the resumed run had
     */
    readonly detectors?: number;
    /**
     * Days that are played live, 1 to 7.
     * @default 7, or 1 with more than three detectors, or what the resumed run had
     */
    readonly days?: number;
    /** Continue from the ledger; where there is nothing to continue the run begins anew. */
    readonly resume: boolean;
    readonly progress: Progress;
    /** Wall time in milliseconds, from any origin. */
    readonly now: () => number;
}

/** What a run came to; after a failure, what it had come to. */
export interface DemoOutcome {
    readonly result: DemoResult;
    /** The first detector's groups, oldest first. */
    readonly groups: readonly FoundGroup[];
    readonly evaluation?: Evaluation;
    readonly growth?: Growth;
    /** Why it failed. */
    readonly error?: Error;
}

/** Runs the demo from the sample warehouse to the report. Never rejects: a failure is part of the outcome. */
export async function runDemo(options: DemoOptions): Promise<DemoOutcome> {
    const run = new DemoRun(options);
    try {
        await run.perform();
        return run.outcome();
    } catch (error) {
        return run.outcome(error instanceof Error ? error : new Error(String(error)));
    }
}

class DemoRun {
    private readonly started: number;
    private readonly sample = buildWarehouse(warehouseOptions);
    private growth?: Growth;
    private totals?: LedgerTotals;
    private groups: readonly FoundGroup[] = [];
    private evaluation?: Evaluation;
    private others: readonly OtherDetector[] = [];
    private alerts: readonly SentAlerts[] = [];

    constructor(private readonly options: DemoOptions) {
        this.started = options.now();
    }

    async perform(): Promise<void> {
        const { stateFolder, projectFolder, progress } = this.options;
        const stackFile = await progress.stage("Check the configuration", async () => readStackFile(projectFolder));
        const lock = await lockFolder(stateFolder, "lookout demo", lockOf(stateFolder));
        try {
            const begun = await openState(this.options);
            const cloud = await openCloud({ folder: stateFolder, now: clockStart, region, recordsOutside: true });
            try {
                await this.stages(cloud, begun, stackFile);
            } finally {
                await cloud.close();
            }
        } finally {
            await lock.release();
        }
    }

    outcome(error?: Error): DemoOutcome {
        const { growth, totals, groups, evaluation, options } = this;
        return {
            result: {
                ...emptyResult,
                ...totals,
                precision: evaluation?.precision ?? 0,
                recall: evaluation?.recall ?? 0,
                seconds: Math.round(options.now() - this.started) / 1000,
                stages: [...options.progress.stages],
                groups: groups.map(resultGroup),
                ...(this.others.length === 0 ? {} : { others: this.others }),
                ...(this.alerts.length === 0 ? {} : { alerts: this.alerts }),
                ...(error === undefined ? {} : { error: error.message }),
            },
            groups,
            ...(evaluation === undefined ? {} : { evaluation }),
            ...(growth === undefined ? {} : { growth }),
            ...(error === undefined ? {} : { error }),
        };
    }

    private async stages(
        cloud: EmbeddedCloud,
        { detectors, days, resumed }: Begun,
        stackFile: StackFile,
    ): Promise<void> {
        const { progress, projectFolder } = this.options;
        await progress.stage("Load the warehouse", (tell) => loadWarehouse(cloud, this.sample, tell));
        this.growth = await progress.stage("Evaluate and deploy", (tell) =>
            deploy(cloud, { projectFolder, stackFile }, detectors, tell),
        );
        const context = openContext(cloud, detectorNames(stackFile.played, detectors), liveStretch(days));
        await backfillAndLearn(context, resumed, progress);
        const ledgers = await progress.stage("Live hours", (tell) => playLive(context, tell));
        this.totals = totalsOf(ledgers);
        this.alerts = sentAlerts(context);
        // With several names the stack's detectors are copies of the played one, and no others.
        this.others = detectors === 1 ? await readOthers(context, stackFile.others) : [];
        await progress.stage("Report", (tell) => this.report(context, tell));
    }

    private async report(context: Context, tell: Tell): Promise<void> {
        const { reportFile } = this.options;
        const truth = this.sample.truth.filter(({ start }) => start >= context.live.start && start < context.live.end);
        await this.compare(context, truth);
        const first = context.detectors[0]!;
        const overview = await explainTogether(context.detection, first.arn, "views", pairScopes, context.live);
        const { result, groups } = this.outcome();
        const page = await renderReport({ result, groups, evaluation: this.evaluation!, truth, overview });
        await writeFile(reportFile, page);
        tell(reportFile);
        requireGoals(this.evaluation!);
    }

    /** Reads every detector's groups; all have seen the same data, so the first one's are shown. */
    private async compare({ detection, detectors, live }: Context, truth: readonly Truth[]): Promise<void> {
        for (const detector of detectors) {
            const groups = await readGroups(detection, {
                detector,
                intervalMs,
                stretch: live,
                threshold: severityThreshold,
            });
            const evaluation = evaluate(groups, truth);
            if (this.evaluation === undefined) {
                [this.groups, this.evaluation] = [groups, evaluation];
            } else if (groups.length !== this.groups.length || evaluation.recall !== this.evaluation.recall) {
                throw new DataError(
                    `detector ${detector.name} found ${groups.length} groups where ${detectors[0]!.name} found ${this.groups.length}; ` +
                        "equal data must give equal groups",
                    { detector: detector.name },
                );
            }
        }
    }
}

/** The run whose folder this is. */
interface Begun {
    readonly detectors: number;
    readonly days: number;
    /** It continues what an earlier process began. */
    readonly resumed: boolean;
}

/** The run to continue, or a new one in an emptied folder. Throws DataError when the run to resume watches another number of detectors or plays other days. */
async function openState({ stateFolder, detectors, days, resume }: DemoOptions): Promise<Begun> {
    const known = resume ? await readDemoState(stateFolder) : undefined;
    if (known === undefined) {
        if (isUpState(stateFolder))
            throw new DataError(
                `${stateFolder} holds a stack of your own that lookout up brought up; delete it first (lookout down --delete-data), or run the demo in another folder`,
            );
        await clearStateFolder(stateFolder);
        const names = detectors ?? 1;
        const state = { version: 1, detectors: names, days: days ?? defaultDays(names) } as const;
        await writeDemoState(stateFolder, state);
        return { ...state, resumed: false };
    }
    if (detectors !== undefined && detectors !== known.detectors) {
        throw new DataError(
            `the run in ${stateFolder} has ${counted(known.detectors, "detector")}, not ${detectors}; resume it without --detectors, or begin anew`,
        );
    }
    if (days !== undefined && days !== known.days) {
        throw new DataError(
            `the run in ${stateFolder} plays ${counted(known.days, "day")}, not ${days}; resume it without --days, or begin anew`,
        );
    }
    return { ...known, resumed: true };
}

/** Two stages that overlap: the detectors begin to learn while the last backfill's execution is still open. */
async function backfillAndLearn(context: Context, resumed: boolean, progress: Progress): Promise<void> {
    let tell: Tell = () => undefined;
    let extracted: () => void = () => undefined;
    const allExtracted = new Promise<void>((resolve) => (extracted = resolve));
    const running = runBackfill(context, resumed, (detail) => tell(detail), extracted);
    await progress.stage("Backfill", async (show) => {
        tell = show;
        await Promise.race([allExtracted, running]);
    });
    await progress.stage("Learn", async (show) => {
        tell = () => undefined;
        await running;
        show(counted(context.detectors.length, "detector"));
    });
}
