import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A way to a server on the loopback interface that a test can cut. */
export interface Tunnel {
    readonly port: number;
    /** Breaks every connection, as a network does: without a word. */
    cut(): void;
    close(): Promise<void>;
}

/** Listens on a port of its own and passes everything on to another. */
export async function openTunnel(target: number): Promise<Tunnel> {
    const sockets = new Set<Socket>();
    const keep = (socket: Socket): Socket => {
        sockets.add(socket);
        return socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    };
    const server = createServer((socket) => {
        const onward = keep(connect(target, "localhost"));
        keep(socket).pipe(onward).pipe(socket);
        socket.on("close", () => onward.destroy());
        onward.on("close", () => socket.destroy());
    });
    const cut = (): void => sockets.forEach((socket) => socket.destroy());
    return { port: await listen(server), cut, close: () => shut(server, cut) };
}

/** A server that answers PostgreSQL's request for TLS with "no". */
export async function openClearTextServer(): Promise<Tunnel> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => undefined).once("data", () => socket.write("N"));
    });
    const cut = (): void => sockets.forEach((socket) => socket.destroy());
    return { port: await listen(server), cut, close: () => shut(server, cut) };
}

async function listen(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    return (server.address() as AddressInfo).port;
}

async function shut(server: Server, cut: () => void): Promise<void> {
    cut();
    await new Promise((resolve) => server.close(resolve));
}
