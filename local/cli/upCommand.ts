import path from "node:path";
import colors from "picocolors";
import { ConfigError } from "../../errors";
import { formatInstant } from "../../pipeline/windows";
import { openProgress } from "../demo/progress";
import { bucketFolders, UsageError } from "../serve/options";
import { readStackConfig, writtenConfig, type StackConfig } from "../stackConfig";
import type { Findings } from "../up/findings";
import { resultOf, type UpResult } from "../up/result";
import { readSecrets } from "../up/secrets";
import { findingsText, groupLine } from "../up/text";
import { type UpEnd, upStack } from "../up/upStack";
import { projectFolder, stateFolder } from "./folders";
import { openFile } from "./openFile";
import { filterWarnings } from "./warnings";

/** Options of `lookout up`, as the command line gives them. */
export interface UpFlags {
    readonly stack: string;
    readonly detector: readonly string[];
    readonly once?: boolean;
    /** ISO 8601. */
    readonly from?: string;
    /** ISO 8601. */
    readonly until?: string;
    readonly secrets?: string;
    /** `NAME=FOLDER`, any number of them. */
    readonly bucket: readonly string[];
    readonly threshold: number;
    /** False for `--no-report`. */
    readonly report?: string | false;
    readonly json?: boolean;
    readonly open?: boolean;
}

/** Brings a stack up on this machine, prints what it finds, and resolves to the exit code. */
export async function run(flags: UpFlags): Promise<number> {
    filterWarnings(process);
    const now = (): number => performance.now();
    const started = now();
    const stop = stopSignal(process);
    const progress = await openProgress({ stream: process.stderr, now });
    const note = (text: string): void => void process.stderr.write(`${colors.yellow("!")} ${text}\n`);
    let stack: StackConfig | undefined;
    let shown: UpEnd | undefined;
    let error: Error | undefined;
    try {
        stack = readStack(flags);
        const reportFile = reportOf(flags);
        const show = shower(flags, reportFile);
        shown = await upStack({
            stack,
            program: { projectFolder, stack: stack.stack, config: configOf(stack, flags) },
            stateFolder: stateFolder(process.cwd(), stack.stack),
            given: {
                secrets: readSecrets(Object.keys(stack.config.sources), process.env, flags.secrets),
                buckets: bucketFolders(flags.bucket, process.cwd()),
            },
            ...(flags.from === undefined ? {} : { from: Date.parse(flags.from) }),
            ...(flags.until === undefined ? {} : { until: Date.parse(flags.until) }),
            once: flags.once ?? false,
            threshold: flags.threshold,
            ...(reportFile === undefined ? {} : { reportFile }),
            progress,
            now: Date.now,
            stop,
            note,
            found: (findings, { began, cloud }) => show(findings, { since: began, now: cloud.clock.now() }),
        });
        if (flags.open && reportFile !== undefined && !(await openFile(reportFile, process.platform)))
            note(`there is no program to open the report with; open ${reportFile} in a browser`);
    } catch (caught) {
        error = caught instanceof Error ? caught : new Error(String(caught));
    }
    if (flags.json) {
        const result: UpResult = {
            stack: flags.stack,
            ...(shown === undefined ? {} : { began: formatInstant(shown.began), now: formatInstant(shown.now) }),
            seconds: Math.round(now() - started) / 1000,
            stages: [...progress.stages],
            ...resultOf(shown?.findings ?? { detectors: [], alerts: [] }),
            ...(error === undefined ? {} : { error: error.message }),
        };
        process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    }
    if (error !== undefined) process.stderr.write(`\nlookout up: ${messageOf(error, flags.stack)}\n`);
    return error === undefined ? 0 : 1;
}

function readStack({ stack, detector, until, from }: UpFlags): StackConfig {
    if (from !== undefined && Date.parse(from) > Date.now())
        throw new UsageError(`--from ${from} is in the future; give an instant that is past`);
    if (until !== undefined && Date.parse(until) > Date.now())
        throw new UsageError(`--until ${until} is in the future; leave it out to follow the clock`);
    if (from !== undefined && until !== undefined && !(Date.parse(from) < Date.parse(until)))
        throw new UsageError(`--until ${until} is not after --from ${from}`);
    const whole = readStackConfig(stack, [process.cwd(), projectFolder]);
    const { detectors, sources } = whole.config;
    if (Object.keys(detectors).length === 0)
        throw new UsageError(`--stack ${stack}: the stack has no detector; add one to lookout:detectors`);
    if (detector.length === 0) return whole;
    for (const name of detector)
        if (!Object.hasOwn(detectors, name))
            throw new UsageError(
                `--detector ${name}: the stack ${stack} has none of that name; it has ${Object.keys(detectors).join(", ")}`,
            );
    const chosen = Object.fromEntries(detector.map((name) => [name, detectors[name]!]));
    const used = Object.values(chosen).map(({ source }) => source);
    const usedSources = Object.fromEntries(Object.entries(sources).filter(([name]) => used.includes(name)));
    return { ...whole, config: { ...whole.config, detectors: chosen, sources: usedSources } };
}

/** What the program is to read: the stack's file, wherever it lies, and of it the detectors that are wanted. */
function configOf({ stack, config }: StackConfig, { detector }: UpFlags): Record<string, unknown> {
    const written = writtenConfig(stack, [process.cwd(), projectFolder]);
    if (detector.length === 0) return { ...written };
    const only = (key: string, names: object): Record<string, unknown> => {
        const found = Object.keys(written).find((one) => one === key || `lookout:${one}` === key) ?? key;
        const all = written[found] as Record<string, unknown>;
        return { [found]: Object.fromEntries(Object.keys(names).map((name) => [name, all[name]])) };
    };
    return {
        ...written,
        ...only("lookout:detectors", config.detectors),
        ...only("lookout:sources", config.sources),
    };
}

/** Shows the findings in full at first, and then what is new in them. */
function shower(flags: UpFlags, reportFile: string | undefined) {
    const { threshold, json, once, until, stack } = flags;
    const told = new Set<string>();
    let isFirst = true;
    return (findings: Findings, at: { readonly since: number; readonly now: number }): void => {
        const groups = findings.detectors.flatMap((detector) => detector.groups);
        const fresh = groups.filter(({ detector, id }) => !told.has(`${detector} ${id}`));
        fresh.forEach(({ detector, id }) => told.add(`${detector} ${id}`));
        if (json) return;
        if (!isFirst) {
            const rows = findings.detectors.map(
                ({ state, rows }) => `${state.name} ${rows.toLocaleString("en-US")} rows`,
            );
            process.stderr.write(`${formatInstant(at.now)}  ${rows.join(", ")}\n`);
            fresh.forEach((group) => process.stdout.write(`${groupLine(group)}\n`));
            return;
        }
        isFirst = false;
        const file = reportFile === undefined ? {} : { reportFile };
        process.stdout.write(`\n${findingsText(findings, { threshold, ...at, ...file }, colors)}\n`);
        if (!once && until === undefined)
            process.stderr.write(
                `\nFollowing ${stack} with the clock; new anomalies are printed here. Ctrl-C stops, lookout up --stack ${stack} goes on.\n`,
            );
    };
}

function reportOf({ report, json, stack }: UpFlags): string | undefined {
    if (report === false || (json === true && report === undefined)) return undefined;
    return path.resolve(report ?? `lookout-${stack}.html`);
}

/** Aborts when the process is asked to end, so that what is under way is brought to an end; asked once more, it ends at once. */
function stopSignal(target: NodeJS.Process): AbortSignal {
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const)
        target.on(signal, () => {
            if (stop.signal.aborted) target.exit(130);
            target.stderr.write("\nlookout up: stopping; once more ends at once, and loses nothing\n");
            stop.abort();
        });
    return stop.signal;
}

const messageOf = (error: Error, stack: string): string =>
    error instanceof ConfigError ? `the stack ${stack} cannot come up here:\n${error.message}` : error.message;
