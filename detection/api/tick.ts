import type { DetectorStore } from "../store/detectors";
import type { DetectorStatus } from "../store/records";
import type { Dispatch } from "./dispatch";

/** States in which a detector may have work left: windows to score, or a job that a crash cut off. */
const due: readonly DetectorStatus[] = [
    "LEARNING",
    "ACTIVE",
    "ACTIVATING",
    "BACK_TEST_ACTIVATING",
    "BACK_TEST_ACTIVE",
    "DELETING",
];

/** Asks for an advance of every detector that may have work left; gives their names. */
export async function dispatchDue(detectors: DetectorStore, dispatch: Dispatch): Promise<string[]> {
    const dispatched: string[] = [];
    for (const name of await detectors.names()) {
        const record = await detectors.read(name);
        if (record === undefined || !due.includes(record.status)) continue;
        await dispatch({ job: "advance", detector: name });
        dispatched.push(name);
    }
    return dispatched;
}
