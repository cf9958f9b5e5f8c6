import { existsSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import type { ObjectStore } from "../../objects/objectStore";
import { type Executions, openExecutions } from "../../pipeline/executions";
import { openCloud } from "../cloud/cloud";
import { lockOf } from "../demo/demoState";
import { buildWarehouse } from "../demo/warehouse";
import { clockStart, stack as demoStack, warehouseOptions } from "../demo/sample";
import { loadWarehouse } from "../demo/stages";
import { parseOutputs, type StackOutputs } from "../demo/stackOutputs";
import { lockFolder } from "../folderLock";
import { stackOutputs } from "../proxy/stackOutputs";

/** A stack that is up, in an account or on the embedded cloud. */
export interface StackView {
    /** For people: where it is. */
    readonly where: string;
    readonly outputs: StackOutputs;
    readonly store: ObjectStore;
    readonly executions: Executions;
    /** Milliseconds since 1970, by the stack's own clock. */
    now(): number;
    /** Lets work go on until something may have changed: waits in an account, lets the simulated clock run on the embedded cloud. */
    pause(): Promise<void>;
    close(): Promise<void>;
}

/** What tells where a stack is. */
export interface StackPlace {
    readonly stack: string;
    /** Where the embedded cloud would keep it; looked at first. */
    readonly stateFolder: string;
    readonly projectFolder: string;
    /** Whether its database is needed: the embedded cloud loads it anew. @default false */
    readonly withDatabase?: boolean;
}

const pauseMs = 15_000;
const simulatedHours = 12 * 3_600_000;

/**
 * Opens the stack that a demo left on the embedded cloud in the state folder, or else the deployed one of that name, whose outputs Pulumi
 * tells, with the AWS credentials of the environment. Throws UsageError for neither, FolderInUseError while a demo is at work.
 */
export async function openStackView(place: StackPlace): Promise<StackView> {
    return existsSync(`${place.stateFolder}/cloud.json`) ? openEmbedded(place) : openDeployed(place);
}

async function openDeployed({ stack, projectFolder }: StackPlace): Promise<StackView> {
    const outputs = parseOutputs(await stackOutputs(stack, projectFolder));
    // The region is where its machines are.
    const region = outputs.liveMachineArn.split(":")[3]!;
    return {
        where: `the stack ${stack} in ${region}`,
        outputs,
        store: openS3ObjectStore(new S3Client({ region }), outputs.bucket),
        executions: openExecutions(new SFNClient({ region })),
        now: () => Date.now(),
        pause: () => new Promise((resolve) => setTimeout(resolve, pauseMs)),
        close: async () => undefined,
    };
}

async function openEmbedded({ stack, stateFolder, withDatabase = false }: StackPlace): Promise<StackView> {
    const lock = await lockFolder(stateFolder, "lookout", lockOf(stateFolder));
    const cloud = await openCloud({ folder: stateFolder, now: clockStart, recordsOutside: true }).catch(
        async (error: unknown) => {
            await lock.release();
            throw error;
        },
    );
    const close = async (): Promise<void> => {
        await cloud.close();
        await lock.release();
    };
    try {
        const outputs = parseOutputs(cloud.outputs);
        if (withDatabase && stack === demoStack)
            await loadWarehouse(cloud, buildWarehouse(warehouseOptions), () => undefined);
        const credentials = { accessKeyId: "user", secretAccessKey: "user" };
        return {
            where: `the stack ${stack} on the embedded cloud in ${stateFolder}`,
            outputs,
            store: cloud.objects(outputs.bucket),
            executions: openExecutions(new SFNClient({ endpoint: cloud.endpoint, region: "us-east-1", credentials })),
            now: () => cloud.clock.now(),
            pause: () => cloud.runUntilIdle(cloud.clock.now() + simulatedHours),
            close,
        };
    } catch (error) {
        await close();
        throw error;
    }
}
