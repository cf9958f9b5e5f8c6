import { resolve } from "node:path";
import { plainInputs } from "./assets";
import { openCore, type RunningCore } from "./core";
import { deletionOrder } from "./deletionOrder";
import { Difference, type Changes } from "./difference";
import { evaluate, type Program } from "./evaluation";
import type { Execution } from "./executions";
import { CloudFiles } from "./files";
import type { Registrar } from "./monitor";
import { allKinds, invokeFunction } from "./providers/kinds";
import type { Clock, Faults, FunctionRequests, ResourceState, Wire } from "./service";
import type { StoredResource } from "./state";
import type { ObjectStore } from "../../objects/objectStore";

export type { Execution } from "./executions";
export type { Program } from "./evaluation";
export type { Faults, Message, ResourceState, Warehouse } from "./service";

export interface CloudOptions {
    /** State folder; opened again when it holds a state. */
    readonly folder: string;
    /** Where the clock stands at first, in milliseconds since 1970; a folder whose clock is ahead keeps its own. */
    readonly now: number;
    /** Port of the server on loopback; default: a free one. */
    readonly port?: number;
    /** Default us-east-1. */
    readonly region?: string;
    /** Default 123456789012. */
    readonly accountId?: string;
    /** Decides the order of what nothing orders, such as the deletes of independent resources; default 1. */
    readonly seed?: number;
    /**
     * Whether topics and functions that no program made may be told of something: what they are told is kept, and nothing else happens.
     * Default: no, they do not exist.
     */
    readonly recordsOutside?: boolean;
    /** Default `http`. */
    readonly functionRequests?: FunctionRequests;
}

/** What an `up` or a `down` did. */
export interface Deployment {
    /** What exists now: resources and components. */
    readonly resources: readonly ResourceState[];
    /** What the program exports. */
    readonly outputs: Record<string, unknown>;
    /** URNs of the resources, components left out, by what was done to them. */
    readonly changes: Changes;
    /** `<type> <name>` of resources whose type the embedded cloud does not know: recorded, but nothing was brought up for them. */
    readonly unknown: readonly string[];
    readonly warnings: readonly string[];
    readonly seconds: number;
}

/** An AWS account in this process: one Pulumi program at a time, with all that it registers, on a clock that stands still until it is moved. */
export interface EmbeddedCloud {
    /** Base URL for AWS SDK clients. */
    readonly endpoint: string;
    readonly clock: Clock;
    readonly folder: string;
    /** What the program exported last. */
    readonly outputs: Record<string, unknown>;
    readonly secrets: Wire["secrets"];
    readonly topics: Wire["topics"];
    readonly queues: Pick<Wire["queues"], "messages">;
    readonly athena: Wire["athena"];
    readonly redshift: Wire["redshift"];
    readonly faults: Faults;
    /**
     * Evaluates a program and makes the cloud what it describes. Rejects with the program's own error, or with a ResourceError; what had come up
     * before stays, and the next `up` goes on from there.
     */
    up(program: Program): Promise<Deployment>;
    /** Deletes everything, each resource after those that depend on it. Rejects with a ResourceError; the next `down` goes on from there. */
    down(): Promise<Deployment>;
    /** Lets time pass up to an instant (milliseconds since 1970); resolves when all work that was due until then is done. */
    advanceTo(instant: number): Promise<void>;
    /** Resolves when nothing can go on without the clock moving; does not move it. */
    settle(): Promise<void>;
    /** Lets time pass only as far as running executions, statements and retried events need it, and never past an instant (milliseconds since 1970). */
    runUntilIdle(limit: number): Promise<void>;
    /** Executions in the order of their start, of one state machine or of all. */
    executions(machineArn?: string): Execution[];
    /** Lets a folder's files be the objects of a bucket, to read from, for as long as the process runs. */
    mount(bucket: string, folder: string): void;
    /** The user's view of a bucket. */
    objects(bucket: string): ObjectStore;
    /** Stops the server. Executions that are running stay so in the folder, and are ABORTED when it is opened again. */
    close(): Promise<void>;
}

/** Opens the embedded cloud on a folder. */
export async function openCloud(options: CloudOptions): Promise<EmbeddedCloud> {
    const { region = "us-east-1", accountId = "123456789012", port = 0, seed = 1 } = options;
    const folder = resolve(options.folder);
    const files = new CloudFiles(folder);
    const now = Math.max(options.now, files.now ?? options.now);
    const { recordsOutside, functionRequests } = options;
    const core = await openCore({ folder, region, accountId, now, port, recordsOutside, functionRequests }, files);
    return new LocalCloud(core, files, seed);
}

class LocalCloud implements EmbeddedCloud {
    private readonly kinds: ReturnType<typeof allKinds>;

    constructor(
        private readonly core: RunningCore,
        private readonly files: CloudFiles,
        private readonly seed: number,
    ) {
        this.kinds = allKinds(core);
    }

    get endpoint(): string {
        return this.core.wire.endpoint;
    }

    get clock(): Clock {
        return this.core.clock;
    }

    get folder(): string {
        return this.core.folder;
    }

    get outputs(): Record<string, unknown> {
        return this.files.outputs;
    }

    get secrets(): Wire["secrets"] {
        return this.core.wire.secrets;
    }

    get topics(): Wire["topics"] {
        return this.core.wire.topics;
    }

    get queues(): Wire["queues"] {
        return this.core.wire.queues;
    }

    get athena(): Wire["athena"] {
        return this.core.wire.athena;
    }

    get redshift(): Wire["redshift"] {
        return this.core.wire.redshift;
    }

    get faults(): Faults {
        return this.core.wire.faults;
    }

    async up(program: Program): Promise<Deployment> {
        return await this.deploy(async (difference) => {
            const { outputs, warnings } = await evaluate(program, this.registrar(difference, program));
            await difference.deleteRest((rest) => deletionOrder(rest, this.seed));
            return { outputs, warnings };
        });
    }

    async down(): Promise<Deployment> {
        return await this.deploy(async (difference) => {
            await difference.deleteRest((rest) => deletionOrder(rest, this.seed));
            return { outputs: {}, warnings: [] };
        });
    }

    async advanceTo(instant: number): Promise<void> {
        await this.core.clock.advanceTo(instant);
    }

    async settle(): Promise<void> {
        await this.core.activity.idle();
    }

    async runUntilIdle(limit: number): Promise<void> {
        await this.core.clock.runUntilIdle(limit);
    }

    executions(machineArn?: string): Execution[] {
        return this.core.executions.list(machineArn);
    }

    mount(bucket: string, folder: string): void {
        this.core.wire.buckets.mount(bucket, folder);
    }

    objects(bucket: string): ObjectStore {
        return this.core.wire.buckets.open(bucket);
    }

    async close(): Promise<void> {
        this.core.executions.close();
        // A failure of work that nobody waits for any more interests nobody.
        await this.core.activity.idle().catch(() => undefined);
        await this.core.wire.close();
    }

    private async deploy(
        work: (difference: Difference) => Promise<{ outputs: Record<string, unknown>; warnings: readonly string[] }>,
    ): Promise<Deployment> {
        const started = performance.now();
        const { resources } = this.core;
        const difference = new Difference(resources, this.kinds, `${this.seed} ${this.files.countDeployment()}`);
        const { outputs: exported, warnings } = await work(difference);
        const outputs = this.files.saveOutputs(exported);
        resources.compact();
        const { changes, unknown } = difference;
        const seconds = (performance.now() - started) / 1000;
        return { resources: resources.all(), outputs, changes, unknown, warnings, seconds };
    }

    private registrar(difference: Difference, program: Program): Registrar {
        return {
            register: async (registration) => {
                const inputs = plainInputs(registration.inputs, this.folder, resolve(program.projectFolder));
                const { id, outputs } = await difference.register(registration, inputs);
                return { id: id || undefined, outputs: withoutArchives(outputs) };
            },
            read: (type, id) => {
                const found = this.core.resources.find(type, id);
                if (found === undefined) {
                    throw new Error(
                        `the embedded cloud has no ${type} with the id ${id}; it can read only what a program of its own created`,
                    );
                }
                return withoutArchives(found.outputs);
            },
            invoke: async (token) => invokeFunction(this.core, token),
        };
    }
}

/** Outputs as the program gets them: what stands for an archive means nothing to it. */
function withoutArchives(outputs: StoredResource["outputs"]): Record<string, unknown> {
    return Object.fromEntries(Object.entries(outputs).filter(([key]) => key !== "code"));
}
