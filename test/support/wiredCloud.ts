import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ActivityCounter } from "../../local/cloud/activity";
import { SimulatedClock } from "../../local/cloud/clock";
import type { PolicyDocument, ResourceState, Wire, World } from "../../local/cloud/service";
import { TokenService } from "../../local/cloud/sts";
import { openWire, type WireOptions } from "../../local/cloud/wire";

/** The embedded cloud's services over HTTP, without a program: no functions, no roles, every caller the user. */
export interface WiredCloud {
    readonly wire: Wire;
    readonly clock: SimulatedClock;
    /** Options for SDK clients. */
    readonly client: {
        readonly endpoint: string;
        readonly region: string;
        readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    };
    /** Lets statements that are under way come to their end. */
    settle(): Promise<void>;
    close(): Promise<void>;
}

const region = "us-east-1";

/** A role that callers may assume. */
export interface WiredRole {
    readonly arn: string;
    readonly trust: PolicyDocument;
    readonly policy: PolicyDocument;
}

/** `options` are the wire's: with `statementDelays` of 0 nobody has to let the clock move for a statement. With `roles`, STS is there too. */
export async function openWiredCloud(
    now: number,
    { roles = [], ...options }: Omit<WireOptions, "port"> & { readonly roles?: readonly WiredRole[] } = {},
): Promise<WiredCloud> {
    const folder = await mkdtemp(join(tmpdir(), "lookout-"));
    const activity = new ActivityCounter();
    const clock = new SimulatedClock(now, activity);
    let endpoint = "";
    const world: World = {
        clock,
        activity,
        region,
        accountId: "123456789012",
        partition: "aws",
        folder,
        resources: { ofType: (type) => (type === roleType ? roles.map(roleState) : []), find: () => undefined },
        functions: {
            invoke: async (name) => {
                throw new Error(`there is no function ${name} here`);
            },
        },
        endpoint: () => endpoint,
        principalOf: (accessKeyId) => tokens.principalOf(accessKeyId),
        policiesOf: (arn) => roles.flatMap((role) => (role.arn === arn ? [role.policy] : [])),
    };
    const tokens = new TokenService(world);
    const wire = await openWire(world, [tokens], { ...options, port: 0 });
    endpoint = wire.endpoint;
    return {
        wire,
        clock,
        client: { endpoint, region, credentials: { accessKeyId: "AKIAUSER", secretAccessKey: "user" } },
        settle: async () => clock.runUntilIdle(clock.now() + 3_600_000),
        async close() {
            await wire.close();
            await rm(folder, { recursive: true });
        },
    };
}

const roleType = "aws:iam/role:Role";

const roleState = ({ arn, trust }: WiredRole): ResourceState => ({
    urn: arn,
    type: roleType,
    name: arn,
    id: arn,
    custom: true,
    inputs: { assumeRolePolicy: JSON.stringify(trust) },
    outputs: { arn },
    dependencies: [],
    deleteBeforeReplace: false,
    retainOnDelete: false,
});
