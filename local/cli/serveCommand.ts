import { startServer } from "../serve/server";
import { parseServeFlags, type ServeFlags } from "../serve/options";
import { untilStopped } from "./untilStopped";
import { filterWarnings } from "./warnings";

/** Serves until the process is told to stop, and resolves to the exit code. */
export async function run(flags: ServeFlags): Promise<number> {
    filterWarnings(process);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const serving = await startServer(parseServeFlags(flags, process.cwd()), log);
    // Whoever reads the line may stop the service at once.
    const stopped = untilStopped(process);
    process.stdout.write(`listening on ${serving.endpoint}\n`);
    await stopped;
    const left = serving.jobs();
    if (left > 0) log(`stopping; ${left === 1 ? "a job is" : `${left} jobs are`} under way or waiting`);
    await serving.close();
    return 0;
}
