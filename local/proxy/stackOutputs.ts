import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { UsageError } from "../serve/options";

/** Gives what a command printed. Throws with what it wrote to standard error. */
export type RunCommand = (command: string, args: readonly string[], folder: string) => Promise<string>;

/** What a stack exports, asked of Pulumi in the project's folder; nothing for a stack that is not deployed. Throws UsageError with what to do. */
export async function stackOutputs(
    stack: string,
    projectFolder: string,
    run: RunCommand = runCommand,
    otherwise = "",
): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
    const printed = await run(pulumiCommand(projectFolder), args, projectFolder).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message.trim() : String(error);
        throw new UsageError(
            `--stack ${stack}: ${missingFile(stack, projectFolder)}Pulumi does not tell the stack's outputs; log in (npx pulumi login) and see npx pulumi stack ls` +
                `${otherwise}. Pulumi says: ${reason}`,
            { cause: error },
        );
    });
    try {
        return JSON.parse(printed) as Record<string, unknown>;
    } catch {
        return {};
    }
}

/** First of all, for a name that is misspelled: a stack may be deployed, though, whose file is elsewhere. */
function missingFile(stack: string, projectFolder: string): string {
    const name = `Pulumi.${stack}.yaml`;
    const folders = [...new Set([process.cwd(), projectFolder])];
    if (folders.some((folder) => existsSync(path.join(folder, name)))) return "";
    return `there is no ${name} in ${folders.join(" or ")}; name a stack whose file is there. And `;
}

/** The command that npm installed beside this one, else the system's. */
function pulumiCommand(projectFolder: string): string {
    const installed = path.join(projectFolder, "node_modules", ".bin", "pulumi");
    return existsSync(installed) ? installed : "pulumi";
}

const runCommand: RunCommand = (command, args, folder) =>
    new Promise((resolve, reject) => {
        execFile(command, args, { cwd: folder }, (error, out, err) => {
            if (error === null) resolve(out);
            else reject(new Error(err.trim() === "" ? error.message : err));
        });
    });
