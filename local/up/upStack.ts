import { writeFile } from "node:fs/promises";
import { ConfigError } from "../../errors";
import { durationSeconds, formatInstant } from "../../pipeline/windows";
import { openCloud, type EmbeddedCloud, type Program } from "../cloud/cloud";
import { clearStateFolder, lockOf } from "../demo/demoState";
import type { Progress } from "../demo/progress";
import { assertKnown } from "../demo/stages";
import { lockFolder } from "../folderLock";
import { UsageError } from "../serve/options";
import type { StackConfig } from "../stackConfig";
import { beginning } from "./began";
import { fillAndLearn } from "./fillAndLearn";
import { type Findings, readFindings } from "./findings";
import { catchUp, follow } from "./follow";
import { giveSources } from "./giveSources";
import { type Given, lacking } from "./lacking";
import { renderUpReport } from "./report";
import { openUpContext, type UpContext } from "./upContext";
import { readUpState, type UpState, writeUpState } from "./upState";

export interface UpOptions {
    readonly stack: StackConfig;
    readonly program: Program;
    /** Where the embedded cloud keeps its state; what an earlier run left there is gone on with. */
    readonly stateFolder: string;
    readonly given: Given;
    /** When a new stack's clock begins, in milliseconds since 1970. @default a week before `until`, or less */
    readonly from?: number;
    /** Where the clock ends. @default it catches up with the real one and goes on with it until it is stopped */
    readonly until?: number;
    /** Whether to end once the clock has caught up. */
    readonly once: boolean;
    /** Least severity of a group that is told, 0 to 100. */
    readonly threshold: number;
    readonly reportFile?: string;
    readonly progress: Progress;
    /** The real clock, in milliseconds since 1970. */
    readonly now: () => number;
    readonly stop: AbortSignal;
    /** Hears what the operators of the stack are told, a line each. */
    readonly note: (text: string) => void;
    /** Hears what was found up to the present, and again whenever the clock has gone on and something was extracted. */
    readonly found: (findings: Findings, context: UpContext) => void;
}

/** Where a stack that came up stands in the end. */
export interface UpEnd {
    readonly findings: Findings;
    readonly began: number;
    /** What its clock shows. */
    readonly now: number;
}

/**
 * Brings a user's stack up on the embedded cloud, or goes on with it: deploys what its file describes, extracts the history out of the
 * configured sources, learns, plays what has happened since, and goes on with the real clock until it is stopped. Throws ConfigError for
 * what this machine lacks, StageError when no detector could learn, FolderInUseError while another process is at it.
 */
export async function upStack(options: UpOptions): Promise<UpEnd> {
    const { stateFolder, stack } = options;
    const lock = await lockFolder(stateFolder, `lookout up --stack ${stack.stack}`, lockOf(stateFolder));
    try {
        const state = await openState(options);
        const { began, region, buckets } = state;
        const cloud = await openCloud({ folder: stateFolder, now: began, region, recordsOutside: true });
        try {
            giveSources(cloud, stack.config.sources, { secrets: options.given.secrets, buckets });
            return await run(options, cloud, state);
        } finally {
            await cloud.close();
        }
    } finally {
        await lock.release();
    }
}

/** The state to go on with, or a new one once it is known that the stack can come up. */
async function openState({ stack, stateFolder, from, until, now, given }: UpOptions): Promise<UpState> {
    const known = await readUpState(stateFolder, stack.stack);
    const buckets = { ...known?.buckets, ...given.buckets };
    const problems = lacking(stack.config, { ...given, buckets });
    if (problems.length > 0) throw new ConfigError(problems);
    const isAnother = known !== undefined && from !== undefined && from !== known.began;
    if (known !== undefined && !(isAnother && !known.isDeployed)) {
        const state = { ...known, buckets };
        await writeUpState(stateFolder, state);
        if (!isAnother) return state;
        throw new UsageError(
            `--from: the stack ${stack.stack} was brought up at ${formatInstant(known.began)} here; leave --from out to go on, or begin anew: ` +
                `lookout down --stack ${stack.stack} --delete-data`,
        );
    }
    const began = from ?? beginning(Object.values(stack.config.detectors), until ?? now());
    const state = { version: 1, began, region: stack.region ?? "us-east-1", buckets, isDeployed: false } as const;
    await clearStateFolder(stateFolder);
    await writeUpState(stateFolder, state);
    return state;
}

async function run(options: UpOptions, cloud: EmbeddedCloud, state: UpState): Promise<UpEnd> {
    const { began, region } = state;
    const { stack, program, progress, stop, threshold } = options;
    const { detectors: configs } = stack.config;
    const until = options.until === undefined ? options.now : () => options.until!;
    if (cloud.clock.now() > until() && options.until !== undefined)
        throw new UsageError(`--until: the stack's clock shows ${formatInstant(cloud.clock.now())} already`);
    await progress.stage("Deploy", async (tell) => {
        const deployment = await cloud.up(program);
        assertKnown(deployment);
        if (!state.isDeployed) await writeUpState(options.stateFolder, { ...state, isDeployed: true });
        tell(`${deployment.resources.length} resources`);
    });
    const context = openUpContext(cloud, { configs, began, region });
    const notes = operatorNotes(context, options.note);
    const waiting = { until, present: options.now, stop };
    try {
        await progress.stage("Extract the history and learn", (tell) => fillAndLearn(context, { ...waiting, tell }));
        notes();
        const shortest = Math.min(...Object.values(configs).map(({ interval }) => durationSeconds(interval) * 1000));
        if (!stop.aborted && cloud.clock.now() < until())
            await progress.stage("Catch up", (tell) => catchUp(context, { ...waiting, tell }, shortest));
        notes();
        const report = async (): Promise<Findings> => {
            const findings = await readFindings(context, began, threshold);
            await writeReport(options, findings, { since: began, now: cloud.clock.now() });
            notes();
            return findings;
        };
        let findings = await report();
        options.found(findings, context);
        if (!options.once && options.until === undefined)
            await follow(context, waiting, async () => {
                findings = await report();
                options.found(findings, context);
            });
        return { findings, began, now: cloud.clock.now() };
    } finally {
        notes();
    }
}

/** Passes on what the operators' topic is told from now on; each call tells what is new. */
function operatorNotes({ cloud, outputs }: UpContext, note: (text: string) => void): () => void {
    let told = cloud.topics.messages(outputs.operationsTopicArn).length;
    return () => {
        const messages = cloud.topics.messages(outputs.operationsTopicArn);
        for (const { subject, message } of messages.slice(told)) note(`${subject ?? "operations"}: ${message}`);
        told = messages.length;
    };
}

async function writeReport(
    { stack, reportFile, threshold }: UpOptions,
    findings: Findings,
    { since, now }: { readonly since: number; readonly now: number },
): Promise<void> {
    if (reportFile === undefined) return;
    await writeFile(reportFile, await renderUpReport(stack.stack, findings, { threshold, since, now }));
}
