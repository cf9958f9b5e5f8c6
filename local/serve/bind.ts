import { once } from "node:events";
import type { Server } from "node:http";
import { UsageError } from "./options";

/** Lets a server listen on loopback, on any free port for 0. Throws UsageError, which names the flag, for a port that cannot be had. */
export async function bindLoopback(server: Server, port: number): Promise<void> {
    server.listen(port, "127.0.0.1");
    try {
        await once(server, "listening");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "EADDRINUSE")
            throw new UsageError(`--port ${port} is taken by another program; give another, or 0 for any free one`);
        if (code === "EACCES")
            throw new UsageError(`--port ${port} is not allowed for this user; give one from 1024 on`);
        throw error;
    }
}
