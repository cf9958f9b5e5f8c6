import { StaleProgressError } from "../store/runs";

/** Times that a read is tried which a worker overtook: what the progress named was replaced before it was read. */
const mostReads = 5;

/** Reads, and reads again from the start when a worker overtook the read. */
export async function reread<T>(read: () => Promise<T>): Promise<T> {
    for (let reads = 1; ; reads++)
        try {
            return await read();
        } catch (error) {
            if (!(error instanceof StaleProgressError) || reads === mostReads) throw error;
        }
}
