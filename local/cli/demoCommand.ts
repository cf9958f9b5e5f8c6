import path from "node:path";
import colors from "picocolors";
import { runDemo, type DemoOutcome } from "../demo/demo";
import { openProgress } from "../demo/progress";
import { stack } from "../demo/sample";
import { summary } from "../demo/summary";
import { groupTable } from "../demo/table";
import { projectFolder, stateFolder } from "./folders";
import { openFile } from "./openFile";
import { filterWarnings } from "./warnings";

/** Options of `lookout demo`, as the command line gives them. */
export interface DemoFlags {
    readonly json?: boolean;
    readonly detectors?: number;
    readonly days?: number;
    readonly resume?: boolean;
    readonly open?: boolean;
}

/** Runs the demo, prints what it came to and resolves to the exit code. */
export async function run(flags: DemoFlags): Promise<number> {
    filterWarnings(process);
    tellOfResume(process);
    const reportFile = path.join(process.cwd(), "demo-report.html");
    const outcome = await runDemo({
        projectFolder,
        stateFolder: stateFolder(process.cwd(), stack),
        reportFile,
        detectors: flags.detectors,
        days: flags.days,
        resume: flags.resume ?? false,
        progress: await openProgress({ stream: process.stderr, now: () => performance.now() }),
        now: () => performance.now(),
    });
    if (flags.json) {
        process.stdout.write(`${JSON.stringify(outcome.result, undefined, 2)}\n`);
    } else if (outcome.error === undefined) {
        process.stdout.write(`\n${groupTable(outcome.groups, colors)}\n\n${summary(outcome, reportFile)}\n`);
    }
    if (outcome.error !== undefined) {
        process.stderr.write(`\nlookout demo: ${describe(outcome)}\n`);
        return 1;
    }
    if (flags.open && !(await openFile(reportFile, process.platform))) {
        process.stderr.write(
            `lookout demo: there is no program to open the report with; open ${reportFile} in a browser\n`,
        );
    }
    return 0;
}

/** Says how to go on when the run is interrupted: what has been done is kept. */
function tellOfResume(target: NodeJS.Process): void {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
        target.once(signal, () => {
            target.stderr.write("\nlookout demo: interrupted; continue with lookout demo --resume\n");
            target.exit(130);
        });
}

/** What failed, and where to look. */
function describe({ error, result }: DemoOutcome): string {
    const stage = result.stages.at(-1)?.name;
    return `${stage === undefined ? "" : `stage "${stage}" failed: `}${error?.message ?? ""}`;
}
