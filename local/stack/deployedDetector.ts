import { type AlertRecord, openAlerts } from "../../detection/store/alerts";
import { openDetectorStore } from "../../detection/store/detectors";
import type { DetectorRecord } from "../../detection/store/records";
import type { ObjectStore } from "../../objects/objectStore";
import { readDocument } from "../../pipeline/documents";
import { generationKey } from "../../pipeline/objectLayout";
import { type DetectorDefinition, type GenerationRecord, generationRecord } from "../../pipeline/records";

/** A detector as it is deployed, and as the detection service has it. */
export interface DeployedDetector {
    readonly definition: DetectorDefinition;
    /** The generation that it reads, or the one that is being filled for it. */
    readonly record?: GenerationRecord;
    /** Undefined where the service keeps its records elsewhere, or has none. */
    readonly service?: DetectorRecord;
    /** Its alerts at the service, whoever made them. */
    readonly alerts: readonly AlertRecord[];
}

/** Reads out of the stack's bucket what there is of a detector; `arn` is the one under which the detection service knows it. */
export async function readDeployed(
    store: ObjectStore,
    definition: DetectorDefinition,
    arn: string,
): Promise<DeployedDetector> {
    const service = await openDetectorStore(store).read(arn.slice(arn.lastIndexOf(":") + 1));
    const generation = definition.live ?? definition.next;
    const key = generation === null ? undefined : generationKey(definition.name, generation);
    const record = key === undefined ? undefined : (await readDocument(store, key, generationRecord))?.value;
    return {
        definition,
        alerts: service === undefined ? [] : await openAlerts(store).of(service),
        ...(service === undefined ? {} : { service }),
        ...(record === undefined ? {} : { record }),
    };
}
