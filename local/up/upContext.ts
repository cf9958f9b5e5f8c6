import { SFNClient } from "@aws-sdk/client-sfn";
import type { DetectorConfig } from "../../config/schema";
import { type Executions, openExecutions } from "../../pipeline/executions";
import type { EmbeddedCloud } from "../cloud/cloud";
import { openContext, userCredentials, type Context } from "../demo/context";
import { type DetectorState, readDetectorState } from "../stack/detectorState";
import { findDefinition } from "../stack/ledgerRows";
import { NotFoundError } from "../../errors";

/** A user's stack that is up here, and the ways into it. */
export interface UpContext extends Omit<Context, "live"> {
    readonly executions: Executions;
    readonly configs: Readonly<Record<string, DetectorConfig>>;
    /** When it was brought up first: what came later was played live. Milliseconds since 1970. */
    readonly began: number;
}

/** Opens a stack that is up. */
export function openUpContext(
    cloud: EmbeddedCloud,
    { configs, began, region }: { configs: UpContext["configs"]; began: number; region: string },
): UpContext {
    const client = new SFNClient({ endpoint: cloud.endpoint, region, credentials: userCredentials });
    const { live: _live, ...context } = openContext(cloud, Object.keys(configs), { start: began, end: began });
    return { ...context, configs, began, executions: openExecutions(client) };
}

/** How the stack's detectors are, in the order of the file. */
export async function readStates({ store, detectors }: UpContext): Promise<DetectorState[]> {
    const states: DetectorState[] = [];
    for (const { name, arn } of detectors) {
        try {
            states.push(await readDetectorState(store, await findDefinition(store, name), arn));
        } catch (error) {
            if (!(error instanceof NotFoundError)) throw error;
            states.push({ name, parked: 0 });
        }
    }
    return states;
}
