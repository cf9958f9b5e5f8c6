import { LambdaClient } from "@aws-sdk/client-lambda";
import colors from "picocolors";
import { z } from "zod";
import { ConfigError } from "../../errors";
import { checkReport, type CheckReport } from "../../pipeline/check/report";
import { openExtractor } from "../../sources/run";
import { type Check, checkFromHere, checkStack } from "../check/checkStack";
import { checkDeployed } from "../check/deployed";
import { reportText, summaryLine } from "../check/reportText";
import { isUnbuiltAlone, type UnbuiltDetector, unbuiltReport, withoutUnbuilt } from "../check/unbuilt";
import { UsageError } from "../serve/options";
import { readStackConfig, type StackConfig } from "../stackConfig";
import { afterWait } from "./afterWait";
import { projectFolder } from "./folders";
import { filterWarnings } from "./warnings";

/** Options of `lookout check`, as the command line gives them. */
export interface CheckFlags {
    readonly stack: string;
    readonly detector?: string;
    /** ISO 8601. */
    readonly window?: string;
    readonly deployed?: boolean;
    readonly region?: string;
    readonly json?: boolean;
}

/** Checks a stack's detectors against their databases, prints what was found, and resolves to the exit code: 0 when each can be extracted. */
export function run(flags: CheckFlags): Promise<number> {
    filterWarnings(process);
    return check(flags, {
        folder: process.cwd(),
        now: Date.now(),
        out: (text) => void process.stdout.write(text),
        err: (text) => void process.stderr.write(text),
    });
}

/** Where a command runs, and where its words go. */
export interface CheckSurroundings {
    /** Folder in which the stack's file is looked for before the project's own. */
    readonly folder: string;
    /** Milliseconds since 1970. */
    readonly now: number;
    readonly out: (text: string) => void;
    readonly err: (text: string) => void;
}

/** The command, wherever it runs; AWS clients take their credentials from the environment. */
export async function check(flags: CheckFlags, around: CheckSurroundings): Promise<number> {
    const read = readStack(flags, around);
    if (read === undefined) return 1;
    const { stack } = read;
    const left = read.left.filter(({ detector }) => flags.detector === undefined || detector === flags.detector);
    const isLeftAlone = left.length > 0 && (flags.detector !== undefined || isEmpty(stack.config.detectors));
    const checked = isLeftAlone ? [] : await checkBuilt(flags, stack, around.now);
    const reports = [...checked, ...left.map((one) => unbuiltReport(one, around.now))];
    print(reports, flags, around);
    return reports.every(({ verdict }) => verdict === "ok" || verdict === "warning") ? 0 : 1;
}

function checkBuilt(flags: CheckFlags, stack: StackConfig, now: number): Promise<CheckReport[]> {
    const region = regionOf(flags, stack);
    const look: Check = flags.deployed
        ? checkDeployed(stack, new LambdaClient({ region }))
        : checkFromHere((name) => openExtractor({ name, config: stack.config.sources[name] }, region));
    return afterWait(`checking ${stack.stack}`, (tell) =>
        checkStack({
            stack,
            now,
            check: look,
            tell,
            ...(flags.detector === undefined ? {} : { detector: flags.detector }),
            ...(flags.window === undefined ? {} : { windowOf: Date.parse(flags.window) }),
        }),
    );
}

const isEmpty = (map: object): boolean => Object.keys(map).length === 0;

interface ReadStack {
    readonly stack: StackConfig;
    /** Detectors whose sources are not built, which the stack has besides. */
    readonly left: readonly UnbuiltDetector[];
}

/** Undefined for a configuration that is wrong already, whose problems are printed. */
function readStack({ stack, json }: CheckFlags, { folder, out, err }: CheckSurroundings): ReadStack | undefined {
    try {
        return readBuilt(stack, [folder, projectFolder]);
    } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        if (json) out(`${JSON.stringify({ problems: error.problems, detectors: [] }, undefined, 2)}\n`);
        else err(`The configuration of the stack ${stack} is not valid:\n${error.message}\n`);
        return undefined;
    }
}

/** Reads the stack; a source that is not built does not keep the others' detectors from being looked at. */
function readBuilt(stack: string, folders: readonly string[]): ReadStack {
    try {
        return { stack: readStackConfig(stack, folders), left: [] };
    } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        let left: readonly UnbuiltDetector[] = [];
        const read = readStackConfig(stack, folders, (keys) => {
            const built = withoutUnbuilt(keys);
            left = built.left;
            return isUnbuiltAlone(error.problems, left) ? built.keys : keys;
        });
        return { stack: read, left };
    }
}

function regionOf({ region }: CheckFlags, stack: StackConfig): string {
    const found = region ?? stack.region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
    if (found !== undefined) return found;
    throw new UsageError(`the stack ${stack.stack} names no region: give --region, or set aws:region in its file`);
}

function print(reports: readonly CheckReport[], { json, deployed }: CheckFlags, { out, err }: CheckSurroundings): void {
    if (json) {
        const detectors = reports.map((report) => z.encode(checkReport, report));
        out(`${JSON.stringify({ problems: [], detectors }, undefined, 2)}\n`);
        return;
    }
    out(`${reportText(reports, colors)}\n\n${summaryLine(reports)}\n`);
    if (!deployed && reports.some(({ verdict }) => verdict === "unreachable"))
        err("A database inside a VPC cannot be reached from here: let the deployed stack look with --deployed.\n");
}
