import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type * as resources from "@pulumi/pulumi/proto/resource_pb";
import * as resourceMessages from "@pulumi/pulumi/proto/resource_pb";
import * as providerMessages from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A resource as the program registers it. */
export interface Registration {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    /** False for a component. */
    readonly custom: boolean;
    /** URN of the parent; undefined for the stack itself. */
    readonly parent?: string;
    /** As Pulumi sends them, assets and secrets marked. */
    readonly inputs: object;
    readonly dependencies: readonly string[];
    /** Undefined when the program leaves it to the provider. */
    readonly deleteBeforeReplace?: boolean;
    readonly retainOnDelete: boolean;
    readonly ignoreChanges: readonly string[];
    readonly replaceOnChanges: readonly string[];
}

/** Brings to life what the program registers. */
export interface Registrar {
    register(registration: Registration): Promise<{ readonly id?: string; readonly outputs: Record<string, unknown> }>;
    /** Looks up a resource that exists already. */
    read(type: string, id: string): Record<string, unknown>;
    /** Answers a provider function. */
    invoke(token: string, args: Record<string, unknown>): Promise<Record<string, unknown>>;
}

type Callback<T> = (error: Error | null, response?: T) => void;

/**
 * Pulumi's mock monitor, made to record what the engine would: URNs as in a real stack, dependencies, options. After the first failure it
 * answers nothing more, so that the program stops where it is; what was begun before is finished.
 */
export class RecordingMonitor extends MockMonitor {
    /** Rejects with the first failure; never resolves. */
    readonly failed: Promise<never>;
    private fail!: (error: unknown) => void;
    private stopped = false;
    private queue: Promise<unknown> = Promise.resolve();

    constructor(
        private readonly stack: { readonly project: string; readonly stack: string },
        private readonly registrar: Registrar,
    ) {
        super({ newResource: () => ({ id: "", state: {} }), call: () => ({}) });
        this.failed = new Promise<never>((_, reject) => (this.fail = reject));
        this.failed.catch(() => undefined);
    }

    /** Resolves when no operation is under way. */
    async drained(): Promise<void> {
        await this.queue;
    }

    /** Refuses everything from now on. */
    stop(error: unknown): void {
        this.stopped = true;
        this.fail(error);
    }

    override async registerResource(
        request: resources.RegisterResourceRequest,
        callback: Callback<resources.RegisterResourceResponse>,
    ): Promise<void> {
        await this.answer(callback, async () => {
            const registration = this.describe(request);
            const { id, outputs } = await this.registrar.register(registration);
            const response = new resourceMessages.RegisterResourceResponse();
            response.setUrn(registration.urn);
            response.setId(id ?? "");
            response.setObject(Struct.fromJavaScript(outputs as Parameters<typeof Struct.fromJavaScript>[0]));
            return response;
        });
    }

    override async readResource(
        request: resources.ReadResourceRequest,
        callback: Callback<resources.ReadResourceResponse>,
    ): Promise<void> {
        await this.answer(callback, async () => {
            const outputs = this.registrar.read(request.getType(), request.getId());
            const response = new resourceMessages.ReadResourceResponse();
            response.setUrn(this.urn(request.getParent(), request.getType(), request.getName()));
            response.setProperties(Struct.fromJavaScript(outputs as Parameters<typeof Struct.fromJavaScript>[0]));
            return response;
        });
    }

    override async invoke(
        request: resources.ResourceInvokeRequest,
        callback: Callback<providerMessages.InvokeResponse>,
    ): Promise<void> {
        await this.answer(callback, async () => {
            const args = (request.getArgs()?.toJavaScript() ?? {}) as Record<string, unknown>;
            const result = await this.registrar.invoke(request.getTok(), args);
            const response = new providerMessages.InvokeResponse();
            response.setReturn(Struct.fromJavaScript(result as Parameters<typeof Struct.fromJavaScript>[0]));
            return response;
        });
    }

    override registerResourceOutputs(_request: unknown, callback: Callback<object>): void {
        callback(null, {});
    }

    /** One operation after the other, in the order in which the program asked, so that runs are alike. */
    private async answer<T>(callback: Callback<T>, work: () => Promise<T>): Promise<void> {
        const turn = this.queue.then(async () => {
            if (this.stopped) {
                return;
            }
            try {
                callback(null, await work());
            } catch (error) {
                this.stop(error);
            }
        });
        this.queue = turn;
        await turn;
    }

    private describe(request: resources.RegisterResourceRequest): Registration {
        return {
            urn: this.urn(request.getParent(), request.getType(), request.getName()),
            type: request.getType(),
            name: request.getName(),
            custom: request.getCustom(),
            parent: request.getParent() || undefined,
            inputs: request.getObject()?.toJavaScript() ?? {},
            dependencies: request.getDependenciesList(),
            deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
            retainOnDelete: request.getRetainondelete() ?? false,
            ignoreChanges: request.getIgnorechangesList(),
            replaceOnChanges: request.getReplaceonchangesList(),
        };
    }

    /** The URN that the engine would give: the types of the parents, the stack's own left out. */
    private urn(parent: string | undefined, type: string, name: string): string {
        const parentType = parent?.split("::")[2];
        const qualified =
            parentType === undefined || parentType === "pulumi:pulumi:Stack" ? type : `${parentType}$${type}`;
        return `urn:pulumi:${this.stack.stack}::${this.stack.project}::${qualified}::${name}`;
    }
}
