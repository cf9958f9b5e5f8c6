import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActivityCounter } from "../../local/cloud/activity";
import { SimulatedClock } from "../../local/cloud/clock";
import type {
    CloudService,
    FunctionRunner,
    PolicyDocument,
    ResourceState,
    Wire,
    World,
} from "../../local/cloud/service";
import { openWire, type WireOptions } from "../../local/cloud/wire";

/** The simulated clock's start: 2026-04-01T00:05:00Z. */
export const wireStart = Date.UTC(2026, 3, 1, 0, 5);

export const wireAccount = "123456789012";

/** The wire of the embedded cloud with a world in which a test lays what it needs. */
export interface WireWorld {
    readonly wire: Wire;
    readonly clock: SimulatedClock;
    readonly activity: ActivityCounter;
    readonly folder: string;
    /** Configuration for AWS SDK clients of the user, who may do all. */
    readonly client: ClientConfig;
    /** Makes a role with these policies; returns its ARN and the configuration for clients of a function that has it. */
    addRole(name: string, ...policies: PolicyDocument[]): { arn: string; client: ClientConfig };
    addResource(resource: { type: string; id: string; inputs?: object; outputs?: object }): void;
    /** What invoking any function gives. */
    setFunction(invoke: FunctionRunner["invoke"]): void;
    /** Closes the wire and opens it again over the same folder. */
    reopen(): Promise<WireWorld>;
    /** Closes the wire and removes its folder. */
    close(): Promise<void>;
}

export interface ClientConfig {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly forcePathStyle: true;
    readonly maxAttempts: 1;
}

export interface WireWorldOptions extends Partial<WireOptions> {
    readonly services?: readonly CloudService[];
    /** Folder to open; a new one unless given. */
    readonly folder?: string;
}

/** Opens a wire over a temporary folder. */
export async function openWireWorld({ services = [], folder, ...options }: WireWorldOptions = {}): Promise<WireWorld> {
    const home = folder ?? (await mkdtemp(join(tmpdir(), "lookout-wire-")));
    const activity = new ActivityCounter();
    const clock = new SimulatedClock(wireStart, activity);
    const resources: ResourceState[] = [];
    const policies = new Map<string, readonly PolicyDocument[]>();
    let invoke: FunctionRunner["invoke"] = async () => ({ payload: "null" });
    const roleArn = (name: string): string => `arn:aws:iam::${wireAccount}:role/${name}`;
    const world: World = {
        clock,
        activity,
        region: "us-east-1",
        accountId: wireAccount,
        partition: "aws",
        folder: home,
        resources: {
            ofType: (type) => resources.filter((resource) => resource.type === type),
            find: (type, id) => resources.find((resource) => resource.type === type && resource.id === id),
        },
        functions: { invoke: async (name, payload) => invoke(name, payload) },
        endpoint: () => wire.endpoint,
        principalOf: (key) => (policies.has(roleArn(key.slice(4))) ? roleArn(key.slice(4)) : undefined),
        policiesOf: (arn) => policies.get(arn) ?? [],
    };
    const wire = await openWire(world, services, { port: 0, ...options });
    const client = (accessKeyId: string): ClientConfig => ({
        endpoint: wire.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId, secretAccessKey: "unchecked" },
        forcePathStyle: true,
        maxAttempts: 1,
    });
    const addResource: WireWorld["addResource"] = ({ type, id, inputs = {}, outputs = {} }) => {
        resources.push({
            ...{ urn: `urn:pulumi:dev::lookout::${type}::${id}`, type, name: id, id, custom: true, dependencies: [] },
            ...{ inputs: { ...inputs }, outputs: { ...outputs }, deleteBeforeReplace: false, retainOnDelete: false },
        });
    };
    return {
        wire,
        clock,
        activity,
        folder: home,
        client: client("AKIAUSER"),
        addResource,
        addRole: (name, ...documents) => {
            policies.set(roleArn(name), documents);
            addResource({ type: "aws:iam/role:Role", id: name, outputs: { arn: roleArn(name) } });
            return { arn: roleArn(name), client: client(`LKIA${name}`) };
        },
        setFunction: (next) => {
            invoke = next;
        },
        reopen: async () => {
            await wire.close();
            return openWireWorld({ services, folder: home, ...options });
        },
        close: async () => {
            await wire.close();
            await rm(home, { recursive: true, force: true });
        },
    };
}

/** A policy with one Allow statement. */
export function allow(
    actions: string | readonly string[],
    resource: string | readonly string[],
    condition?: Record<string, Record<string, unknown>>,
): PolicyDocument {
    const statement = { Effect: "Allow" as const, Action: actions, Resource: resource };
    return {
        Version: "2012-10-17",
        Statement: [condition === undefined ? statement : { ...statement, Condition: condition }],
    };
}
