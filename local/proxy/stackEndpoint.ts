import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { UsageError } from "../serve/options";

/** Gives what a command printed. Throws with what it wrote to standard error. */
export type RunCommand = (command: string, args: readonly string[], folder: string) => Promise<string>;

/** The endpoint that a stack exports, asked of Pulumi in the project's folder. Throws UsageError with what to do. */
export async function stackEndpoint(
    stack: string,
    projectFolder: string,
    run: RunCommand = runCommand,
): Promise<string> {
    const args = ["stack", "output", "--json", "--stack", stack, "--non-interactive"];
    const printed = await run(pulumiCommand(projectFolder), args, projectFolder).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message.trim() : String(error);
        throw new UsageError(
            `--stack ${stack}: Pulumi does not tell the stack's outputs; log in (npx pulumi login) and see npx pulumi stack ls, ` +
                `or give the URL with --endpoint. Pulumi says: ${reason}`,
            { cause: error },
        );
    });
    const endpoint = readOutput(printed);
    if (endpoint === undefined)
        throw new UsageError(
            `--stack ${stack}: the stack has no output "endpoint"; deploy it first (npx pulumi up --stack ${stack}), or give the URL with --endpoint`,
        );
    return endpoint;
}

function readOutput(printed: string): string | undefined {
    try {
        const { endpoint } = JSON.parse(printed) as { endpoint?: unknown };
        return typeof endpoint === "string" && URL.canParse(endpoint) ? endpoint : undefined;
    } catch {
        return undefined;
    }
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
