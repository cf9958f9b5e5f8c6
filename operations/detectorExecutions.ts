import type { ObjectStore } from "../objects/objectStore";
import type { Executions } from "../pipeline/executions";

/** Error name of an execution that was ended on purpose: nobody needs to be told. */
export const stoppedOnPurpose = "StoppedOnPurpose";

/** The running live executions of a detector: `<detector>-<scheduled time>-<fence>`. */
export async function runningLive(executions: Executions, machineArn: string, detector: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { arn, name } of executions.running(machineArn)) {
        const isOurs = name.startsWith(`${detector}-`) && /^\d{8}T\d{6}Z-\d+$/.test(name.slice(detector.length + 1));
        if (isOurs) found.push(arn);
    }
    return found;
}

/** Stops the queries under way whose tickets lie below a prefix. */
export async function cancelTickets(
    store: ObjectStore,
    prefix: string,
    cancel: (ticketKey: string) => Promise<void>,
): Promise<void> {
    for await (const { key } of store.list(prefix)) {
        // The database may be gone, or unreachable: its own timeout ends the query then, and what it writes counts nowhere.
        await cancel(key).catch(() => undefined);
        await store.delete([key]);
    }
}
