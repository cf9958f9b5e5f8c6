import { spawn } from "node:child_process";

/** The command that opens a file with the system's own program. */
function opener(platform: NodeJS.Platform): [command: string, ...args: string[]] {
    if (platform === "darwin") {
        return ["open"];
    }
    return platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
}

/** Opens a file in the browser; resolves to false when this system has no way to. Does not wait for the browser to close. */
export async function openFile(file: string, platform: NodeJS.Platform): Promise<boolean> {
    const [command, ...args] = opener(platform);
    return new Promise((resolve) => {
        const child = spawn(command, [...args, file], { stdio: "ignore", detached: true });
        child.once("error", () => resolve(false));
        child.once("spawn", () => {
            child.unref();
            resolve(true);
        });
    });
}
