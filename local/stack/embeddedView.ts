import { setTimeout as sleep } from "node:timers/promises";
import { SFNClient } from "@aws-sdk/client-sfn";
import { ConfigError } from "../../errors";
import { type Executions, openExecutions } from "../../pipeline/executions";
import { openCloud, type EmbeddedCloud } from "../cloud/cloud";
import { CloudFiles } from "../cloud/files";
import { openReadOnly } from "../cloud/s3/readOnlyStore";
import { userCredentials } from "../demo/context";
import { lockOf } from "../demo/demoState";
import { clockStart, stack as demoStack, warehouseOptions } from "../demo/sample";
import { loadWarehouse } from "../demo/stages";
import { parseOutputs, type StackOutputs } from "../demo/stackOutputs";
import { buildWarehouse } from "../demo/warehouse";
import { type FolderLock, FolderInUseError, lockFolder } from "../folderLock";
import { UsageError } from "../serve/options";
import { readStackConfig } from "../stackConfig";
import { giveSources } from "../up/giveSources";
import { lacking } from "../up/lacking";
import { readSecrets } from "../up/secrets";
import { isUpState, readUpState } from "../up/upState";
import type { StackPlace, StackView } from "./stackView";

const simulatedHours = 12 * 3_600_000;
/** Wall time between two looks at what another process is doing. */
const lookEveryMs = 1000;

/**
 * Opens the stack that a demo or `lookout up` left on the embedded cloud in the state folder. While another process is at work there it is
 * only read; throws FolderInUseError when its database is needed then, and ConfigError when what its source needs is not given.
 */
export async function openEmbedded(place: StackPlace): Promise<StackView> {
    const { stateFolder } = place;
    const lock = await lockFolder(stateFolder, "lookout", lockOf(stateFolder)).catch((error: unknown) => {
        if (error instanceof FolderInUseError && place.withDatabase !== true) return undefined;
        throw error;
    });
    return lock === undefined ? openRunning(place) : openResting(place, lock);
}

/** What another process runs. */
function openRunning({ stack, stateFolder }: StackPlace): StackView {
    const files = new CloudFiles(stateFolder);
    const outputs = outputsOf(files.outputs, stack);
    const refuse = (): never => {
        throw new UsageError(`another process runs the stack ${stack} in ${stateFolder}; stop that first`);
    };
    const executions: Executions = {
        start: refuse,
        isRunning: refuse,
        startOf: refuse,
        input: refuse,
        stop: refuse,
        running: refuse,
    };
    return {
        where: `the stack ${stack} on the embedded cloud in ${stateFolder}, which another process runs`,
        outputs,
        store: openReadOnly(stateFolder, outputs.bucket),
        executions,
        now: () => files.now ?? 0,
        pause: () => sleep(lookEveryMs),
        close: async () => undefined,
    };
}

async function openResting(place: StackPlace, lock: FolderLock): Promise<StackView> {
    const { stack, stateFolder } = place;
    let cloud: EmbeddedCloud | undefined;
    const close = async (): Promise<void> => {
        await cloud?.close();
        await lock.release();
    };
    try {
        const region = isUpState(stateFolder) ? (await readUpState(stateFolder, stack))?.region : undefined;
        const at = { folder: stateFolder, now: clockStart, recordsOutside: true };
        const opened = await openCloud(region === undefined ? at : { ...at, region });
        cloud = opened;
        const outputs = outputsOf(opened.outputs, stack);
        if (place.withDatabase === true) await openDatabase(opened, place);
        const client = new SFNClient({
            endpoint: opened.endpoint,
            region: region ?? "us-east-1",
            credentials: userCredentials,
        });
        return {
            where: `the stack ${stack} on the embedded cloud in ${stateFolder}`,
            outputs,
            store: opened.objects(outputs.bucket),
            executions: openExecutions(client),
            now: () => opened.clock.now(),
            pause: () => opened.runUntilIdle(opened.clock.now() + simulatedHours),
            close,
        };
    } catch (error) {
        await close();
        throw error;
    }
}

function outputsOf(outputs: Record<string, unknown>, stack: string): StackOutputs {
    if (Object.keys(outputs).length > 0) return parseOutputs(outputs);
    throw new UsageError(
        `the stack ${stack} is not up here; lookout ${stack === demoStack ? "demo" : `up --stack ${stack}`} brings it up`,
    );
}

/** The demo's warehouse is loaded anew; a user's own source needs the secret and the folders that `up` was given. */
async function openDatabase(
    cloud: EmbeddedCloud,
    { stack, stateFolder, projectFolder, workingFolder, detector, secretsFile }: StackPlace,
): Promise<void> {
    if (!isUpState(stateFolder)) {
        if (stack === demoStack) await loadWarehouse(cloud, buildWarehouse(warehouseOptions), () => undefined);
        return;
    }
    const { config } = readStackConfig(stack, [workingFolder ?? process.cwd(), projectFolder]);
    const state = await readUpState(stateFolder, stack);
    const source = detector === undefined ? undefined : config.detectors[detector]?.source;
    const sources = Object.fromEntries(
        Object.entries(config.sources).filter(([name]) => source === undefined || name === source),
    );
    const given = {
        secrets: readSecrets(Object.keys(sources), process.env, secretsFile),
        buckets: state?.buckets ?? {},
    };
    // Who needs one detector is told at once; who looks at all of them may have brought up some only.
    const problems = source === undefined ? [] : lacking({ ...config, sources }, given);
    if (problems.length > 0) throw new ConfigError(problems);
    giveSources(cloud, sources, given);
}
