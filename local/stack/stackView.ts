import { existsSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import type { ObjectStore } from "../../objects/objectStore";
import { type Executions, openExecutions } from "../../pipeline/executions";
import { parseOutputs, type StackOutputs } from "../demo/stackOutputs";
import { stackOutputs } from "../proxy/stackOutputs";
import { openEmbedded } from "./embeddedView";

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
    /** Whether its database is needed: the embedded cloud loads the demo's anew, and reaches a user's own. @default false */
    readonly withDatabase?: boolean;
    /** The detector whose source is needed then. @default all of the stack's */
    readonly detector?: string;
    /** File with the secrets of a user's own sources, beside the environment. */
    readonly secretsFile?: string;
    /** Where the stack's file is looked for before the project's folder. @default the process's */
    readonly workingFolder?: string;
    /** The clock of a deployed stack, and the wait between two looks at it. @default the machine's, and 15 s */
    readonly clock?: Partial<Pick<StackView, "now" | "pause">>;
}

const pauseMs = 15_000;

/**
 * Opens the stack that a demo or `lookout up` left on the embedded cloud in the state folder, or else the deployed one of that name, whose
 * outputs Pulumi tells, with the AWS credentials of the environment. Throws UsageError for neither, FolderInUseError when its database is
 * needed while another process is at work there.
 */
export async function openStackView(place: StackPlace): Promise<StackView> {
    return existsSync(`${place.stateFolder}/cloud.json`) ? openEmbedded(place) : openDeployed(place);
}

async function openDeployed({ stack, projectFolder, clock }: StackPlace): Promise<StackView> {
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
        ...clock,
        close: async () => undefined,
    };
}
