import { inspect } from "node:util";

/** Everything that an error shows of itself to whatever prints, stores or sends it, its causes among it. */
export function everythingOf(error: unknown): string {
    const { message, stack } = error instanceof Error ? error : { message: String(error), stack: "" };
    return [message, stack, JSON.stringify(error), inspect(error, { depth: 12 })].join("\n");
}

/** Runs some work; gives what it threw, and what was printed meanwhile. */
export async function overheard(work: () => Promise<unknown>): Promise<{ error: unknown; printed: string }> {
    const printed: string[] = [];
    const streams = [process.stdout, process.stderr].map((stream) => {
        const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
        stream.write = (...args: unknown[]) => {
            printed.push(String(args[0]));
            return write(...args);
        };
        return { stream, write };
    });
    try {
        await work();
        return { error: undefined, printed: printed.join("") };
    } catch (error) {
        return { error, printed: printed.join("") };
    } finally {
        for (const { stream, write } of streams) stream.write = write;
    }
}
