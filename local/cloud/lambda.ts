import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { ActivityCounter } from "./activity";
import { archiveFolder, isStoredArchive } from "./assets";
import { type AsyncCall, asyncSettingsOf, destinationRecord, functionType } from "./asyncCalls";
import { callHandler, failure, payloadLimit, timeoutName } from "./functionCall";
import { accessKeyOf, ownVariables, reservedVariables } from "./functionEnvironment";
import { functionHttp, type Answer } from "./functionHttp";
import { namedError, startInstance, type Handler } from "./functionInstance";
import { lastPart } from "./providers/kind";
import {
    CloudError,
    type Clock,
    type Faults,
    type FunctionRequests,
    type FunctionRunner,
    type InvokeResult,
    type Need,
} from "./service";
import type { ResourceStore, StoredResource } from "./state";

export { functionType } from "./asyncCalls";

/** What the runner uses of the cloud. */
export interface LambdaSurroundings {
    readonly clock: Clock;
    readonly activity: ActivityCounter;
    readonly resources: ResourceStore;
    readonly folder: string;
    readonly region: string;
    readonly functionRequests: FunctionRequests;
    endpoint(): string;
    readonly wire: {
        readonly faults: Faults;
        readonly answer: Answer;
        readonly queues: { put(queueArn: string, message: string): unknown };
        allows(roleArn: string, need: Need): boolean;
    };
}

/** An asynchronous invocation that failed for the last time. */
export interface FailedEvent {
    readonly functionName: string;
    readonly payload: string;
    /** `{errorType, errorMessage, trace}` as JSON text. */
    readonly error: string;
    /** Milliseconds since 1970. */
    readonly at: number;
}

/** A function's code, loaded: does one call after the other. */
interface Instance {
    readonly handler: Handler;
    /** Resolves when its time has run out over a request that is not answered. */
    readonly expired: Promise<void>;
}

interface Warm {
    readonly revision: string;
    readonly idle: Instance[];
    readonly queue: (() => void)[];
    busy: number;
}

/** Instances of a function that run at the same time; more calls wait for one of them. */
const instanceLimit = 4;
/** Runs the registered functions in this process, with warm instances as Lambda has them. */
export class Lambda implements FunctionRunner {
    readonly failedEvents: FailedEvent[] = [];
    private readonly warm = new Map<string, Warm>();
    private readonly roles = new Map<string, string>();

    constructor(private readonly cloud: LambdaSurroundings) {}

    /** The function of a name or ARN; throws CloudError when there is none. */
    find(nameOrArn: string): StoredResource {
        const name = lastPart(nameOrArn.replace(/:\$LATEST$/, ""));
        const found = this.cloud.resources.find(functionType, name);
        if (found === undefined) {
            throw new CloudError("ResourceNotFoundException", `Function not found: ${nameOrArn}`, 404);
        }
        return found;
    }

    /** Whether there is a function of a name or ARN. */
    knows(nameOrArn: string): boolean {
        const name = lastPart(nameOrArn.replace(/:\$LATEST$/, ""));
        return this.cloud.resources.find(functionType, name) !== undefined;
    }

    /** ARN of the role to which an access key id was given. */
    principalOf(accessKeyId: string): string | undefined {
        return this.roles.get(accessKeyId);
    }

    async invoke(nameOrArn: string, payload: string): Promise<InvokeResult> {
        const resource = this.find(nameOrArn);
        if (Buffer.byteLength(payload) > payloadLimit) {
            throw new CloudError("RequestTooLargeException", `Request must be smaller than ${payloadLimit} bytes`, 413);
        }
        return await this.cloud.activity.run(async () => {
            const places = [`lambda:${resource.name}`, `lambda:${resource.id}`];
            const event = JSON.parse(payload || "{}") as unknown;
            const before = this.strike(places, "before", event);
            if (before !== undefined) {
                return before;
            }
            const result = await this.run(resource, event);
            return this.strike(places, "after", event) ?? result;
        });
    }

    /**
     * Invokes without waiting. A failing function is tried twice more, after one and two simulated minutes, unless the program says
     * otherwise; what became of the call is sent to the destination that it names.
     */
    invokeAsync(nameOrArn: string, payload: string): void {
        const { id, outputs } = this.find(nameOrArn);
        const at = this.cloud.clock.now();
        this.attempt({ functionName: id, functionArn: String(outputs.arn), payload, requestId: randomUUID(), at }, 1);
    }

    private attempt(call: AsyncCall, calls: number): void {
        this.cloud.activity.start(async () => {
            const result = await this.resultOf(call);
            const { retryDelaysMs, maxAgeMs, onSuccess, onFailure, deadLetters } = asyncSettingsOf(
                this.cloud.resources,
                call.functionName,
            );
            const now = this.cloud.clock.now();
            if (result.functionError === undefined) {
                this.report(call, onSuccess, { condition: "Success", calls, result, now });
                return;
            }
            const delay = retryDelaysMs[calls - 1];
            if (delay !== undefined && now + delay - call.at <= maxAgeMs) {
                this.cloud.clock.at(now + delay, () => this.attempt(call, calls + 1));
                return;
            }
            const condition = delay === undefined ? "RetriesExhausted" : "EventAgeExceeded";
            this.failedEvents.push({
                functionName: call.functionName,
                payload: call.payload,
                error: result.payload,
                at: now,
            });
            this.bury(call, deadLetters);
            this.report(call, onFailure, { condition, calls, result, now });
        });
    }

    private async resultOf({ functionName, payload }: AsyncCall): Promise<InvokeResult> {
        try {
            return await this.invoke(functionName, payload);
        } catch (error) {
            return failure(error);
        }
    }

    /** Sends a destination its record, by the rights of the function's role. */
    private report(call: AsyncCall, arn: string | undefined, outcome: Parameters<typeof destinationRecord>[1]): void {
        if (arn === undefined) {
            return;
        }
        const role = String(this.find(call.functionName).inputs.role);
        if (!this.cloud.wire.allows(role, { action: "lambda:InvokeFunction", resource: arn })) {
            throw new Error(`${call.functionName} cannot reach its destination: ${role} may not invoke ${arn}`);
        }
        this.invokeAsync(arn, destinationRecord(call, outcome));
    }

    /** Sends the event to the queue of dead letters, by the rights of the function's role. */
    private bury({ functionName, payload }: AsyncCall, queueArn: string | undefined): void {
        if (queueArn === undefined) {
            return;
        }
        const role = String(this.find(functionName).inputs.role);
        if (!this.cloud.wire.allows(role, { action: "sqs:SendMessage", resource: queueArn })) {
            throw new Error(`${functionName} cannot reach its dead letters: ${role} may not send to ${queueArn}`);
        }
        this.cloud.wire.queues.put(queueArn, payload);
    }

    /** A provoked failure: of the service when it has an HTTP status, else of the function. */
    private strike(places: readonly string[], when: "before" | "after", event: unknown): InvokeResult | undefined {
        const fault = this.cloud.wire.faults.take(places, when, event);
        if (fault === undefined) {
            return undefined;
        }
        if (fault.status !== undefined) {
            throw new CloudError(fault.name, fault.message, fault.status);
        }
        return failure(namedError(fault.name, fault.message));
    }

    private async run(resource: StoredResource, event: unknown): Promise<InvokeResult> {
        const warm = this.instancesOf(resource);
        try {
            const instance = await this.acquire(warm, resource);
            const result = await callHandler(instance.handler, resource, event, instance.expired);
            // An instance that ran out of time is still busy: it is not used again.
            if (result.error?.name !== timeoutName) {
                warm.idle.push(instance);
            }
            return result.error === undefined ? { payload: result.payload } : failure(result.error);
        } catch (error) {
            return failure(error);
        } finally {
            warm.busy -= 1;
            warm.queue.shift()?.();
        }
    }

    private instancesOf(resource: StoredResource): Warm {
        const revision = JSON.stringify([resource.serial, resource.inputs]);
        let warm = this.warm.get(resource.id);
        if (warm === undefined || warm.revision !== revision) {
            warm = { revision, idle: [], queue: [], busy: 0 };
            this.warm.set(resource.id, warm);
        }
        return warm;
    }

    private async acquire(warm: Warm, resource: StoredResource): Promise<Instance> {
        warm.busy += 1;
        if (warm.busy > instanceLimit) {
            await new Promise<void>((resolve) => warm.queue.push(resolve));
        }
        return warm.idle.pop() ?? this.start(resource);
    }

    private start(resource: StoredResource): Instance {
        const { code, handler, role } = resource.inputs;
        if (!isStoredArchive(code)) {
            throw namedError(
                "Runtime.ImportModuleError",
                `function ${resource.id} was registered without an archive as its code`,
            );
        }
        const accessKeyId = accessKeyOf(String(role));
        this.roles.set(accessKeyId, String(role));
        const { expired, answer } = this.requestsOfOne();
        const isDirect = this.cloud.functionRequests === "direct";
        const loaded = startInstance({
            name: resource.id,
            codeFolder: archiveFolder(this.cloud.folder, code),
            handler: String(handler),
            environment: { ...ownVariables(resource), ...reservedVariables(resource, accessKeyId, this.cloud) },
            logFile: join(this.cloud.folder, "logs", `${resource.id}.log`),
            clock: this.cloud.clock,
            ...(isDirect && { http: functionHttp(this.cloud.endpoint(), answer) }),
        });
        return { handler: loaded, expired };
    }

    /** The requests of one instance: none is answered any more once its time has run out. */
    private requestsOfOne(): Pick<Instance, "expired"> & { readonly answer: Answer } {
        let isOver = false;
        let over = (): void => undefined;
        const expired = new Promise<void>((resolve) => (over = resolve));
        const expire = (): void => {
            isOver = true;
            over();
        };
        const answer: Answer = (request) =>
            isOver ? new Promise(() => undefined) : this.cloud.wire.answer({ ...request, expire });
        return { expired, answer };
    }
}
