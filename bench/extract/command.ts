import { spawn } from "node:child_process";

/** Runs a command to its end and gives what it printed. Throws an Error with what it complained of when it fails. */
export async function runCommand(
    command: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    input?: string,
): Promise<string> {
    const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
    const printed: string[] = [];
    const complaints: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => printed.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
        child.on("error", reject);
        child.on("close", resolve);
    });
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${complaints.join("").trim()}`);
    return printed.join("");
}
