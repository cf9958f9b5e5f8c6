import { ActivityCounter } from "./activity";
import { SimulatedClock } from "./clock";
import { emitStatusChange } from "./events";
import { Executions } from "./executions";
import type { CloudFiles } from "./files";
import { Lambda } from "./lambda";
import { lambdaService } from "./lambdaService";
import { policyReader } from "./providers/iam";
import type { Core } from "./providers/kind";
import { Schedules, scheduleType } from "./schedules";
import type { FunctionRequests, Wire } from "./service";
import { ResourceStore } from "./state";
import { statesService } from "./statesService";
import { TokenService } from "./sts";
import { openWire } from "./wire";

/** The core with the parts that only the cloud itself may use. */
export interface RunningCore extends Core {
    readonly clock: SimulatedClock;
}

export interface Place {
    readonly folder: string;
    readonly region: string;
    readonly accountId: string;
    /** Milliseconds since 1970. */
    readonly now: number;
    /** Port of the server; 0 picks a free one. */
    readonly port: number;
    readonly recordsOutside?: boolean;
    readonly functionRequests?: FunctionRequests;
}

/** Puts the parts together and starts the server. What the folder holds is read when the server's address is known. */
export async function openCore(place: Place, files: CloudFiles): Promise<RunningCore> {
    const core = new Assembly(place, files);
    const recordOutside = (arn: string, payload: string): void => core.wire.topics.record(arn, payload);
    const services = [
        lambdaService(core.functions, place.recordsOutside === true ? recordOutside : undefined),
        statesService(core.executions, () => core.resources),
        core.tokens,
    ];
    core.finish(await openWire(core, services, { port: place.port }), files);
    core.schedules.restore(core.resources.ofType(scheduleType));
    return core;
}

class Assembly implements RunningCore {
    readonly folder: string;
    readonly region: string;
    readonly accountId: string;
    readonly partition: string;
    readonly recordsOutside: boolean;
    readonly functionRequests: FunctionRequests;
    readonly activity = new ActivityCounter();
    readonly clock: SimulatedClock;
    readonly functions: Lambda;
    readonly executions: Executions;
    readonly schedules: Schedules = new Schedules(() => this);
    readonly tokens = new TokenService(this);
    private wireParts: Wire | undefined;
    private store: ResourceStore | undefined;

    constructor(place: Place, files: CloudFiles) {
        const { folder, region, accountId, now, recordsOutside = false, functionRequests = "http" } = place;
        this.recordsOutside = recordsOutside;
        this.functionRequests = functionRequests;
        this.folder = folder;
        this.region = region;
        this.accountId = accountId;
        this.partition = partitionOf(region);
        this.clock = new SimulatedClock(now, this.activity, (instant) => files.saveClock(instant));
        this.functions = new Lambda(this);
        this.executions = new Executions(this);
    }

    get wire(): Wire {
        return opened(this.wireParts);
    }

    get resources(): ResourceStore {
        return opened(this.store);
    }

    finish(wire: Wire, files: CloudFiles): void {
        this.wireParts = wire;
        this.store = new ResourceStore(this.folder, files.movedTo(wire.endpoint));
    }

    endpoint = (): string => this.wire.endpoint;
    principalOf = (accessKeyId: string) =>
        this.functions.principalOf(accessKeyId) ?? this.tokens.principalOf(accessKeyId);
    policiesOf = policyReader(() => this.resources);
    changed = (execution: Parameters<typeof emitStatusChange>[1]): void =>
        this.activity.start(async () => emitStatusChange(this, execution));
}

function opened<T>(part: T | undefined): T {
    if (part === undefined) {
        throw new Error("the embedded cloud is still being opened");
    }
    return part;
}

function partitionOf(region: string): string {
    return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
