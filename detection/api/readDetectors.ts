import { RecordError } from "../../errors";
import { settleConcurrently } from "../../pipeline/concurrently";
import type { DetectorRecord } from "../store/records";
import type { ApiContext } from "./context";

/** Records that are read at the same time. */
const concurrency = 8;

/** The detectors of some names, in their order, without those that are gone or damaged; of the damaged ones the report hears. */
export async function readDetectors(context: ApiContext, names: readonly string[]): Promise<DetectorRecord[]> {
    const outcomes = await settleConcurrently(names, concurrency, (name) => context.detectors.read(name));
    return outcomes.flatMap((outcome) => {
        if (outcome.status === "fulfilled") return outcome.value ?? [];
        reportDamaged(context, outcome.reason);
        return [];
    });
}

/** Reports a damaged record; throws any other error. */
export function reportDamaged({ report }: ApiContext, error: unknown): void {
    if (!(error instanceof RecordError)) throw error;
    report?.(error);
}
