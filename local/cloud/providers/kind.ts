import type { ActivityCounter } from "../activity";
import type { Executions } from "../executions";
import type { Lambda } from "../lambda";
import type { Schedules } from "../schedules";
import type { Wire, World } from "../service";
import type { ResourceStore } from "../state";

export type Values = Readonly<Record<string, unknown>>;

/** The embedded cloud as its core sees it. */
export interface Core extends World {
    readonly activity: ActivityCounter;
    readonly resources: ResourceStore;
    readonly functions: Lambda;
    readonly executions: Executions;
    readonly schedules: Schedules;
    readonly wire: Wire;
}

/** A resource that is being created, updated or deleted. */
export interface Instance {
    readonly urn: string;
    readonly id: string;
    /** The program's inputs, with the physical name filled in. */
    readonly inputs: Values;
    readonly outputs: Values;
}

/** What the embedded cloud knows of a resource type. Every failure carries the text that the AWS provider's user would see. */
export interface Kind {
    /** Pulumi type token. */
    readonly type: string;
    /** Inputs whose change replaces the resource. */
    readonly replacedBy?: readonly string[];
    /** The input that holds the physical name, which Pulumi makes up when the program gives none; names are unique among a type. */
    readonly name?: { readonly property: string; readonly suffix?: string };
    /** True when a failed update leaves the new inputs in the state, to be updated again by the next `up`. */
    readonly keepsFailedUpdate?: boolean;
    /** The resource's id; default: its physical name. */
    id?(inputs: Values): string;
    /** Outputs beside the inputs. */
    outputs?(inputs: Values, id: string): Values;
    /** Brings it to life; what it returns is added to the outputs. */
    create?(instance: Instance): Promise<Values | void> | Values | void;
    /** Changes it; what it returns is added to the outputs. */
    update?(instance: Instance, old: Instance): Promise<Values | void> | Values | void;
    /** Ends it; throws when something that it needs, or that needs it, stands in the way. */
    delete?(instance: Instance): Promise<void> | void;
}

/** Text of an input that must be there. */
export function text(values: Values, key: string): string {
    const value = values[key];
    if (typeof value !== "string") {
        throw new Error(`"${key}" is ${JSON.stringify(value)}; expected text`);
    }
    return value;
}

/** Text of an input, undefined when it is not given. */
export function optionalText(values: Values, key: string): string | undefined {
    return values[key] === undefined || values[key] === null ? undefined : text(values, key);
}

/** Last part of an ARN or of a path, such as a role's name; a bare name is itself. */
export function lastPart(arnOrName: string): string {
    return arnOrName.slice(Math.max(arnOrName.lastIndexOf("/"), arnOrName.lastIndexOf(":")) + 1);
}
