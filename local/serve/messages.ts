import type { DeleteCondition, PutCondition } from "../../objects/objectStore";
import type { Job } from "../../detection/worker/worker";
import type { ServePlace } from "./options";

/*
 * What the service's main thread and its working threads tell each other. A working thread reads the store's files by itself; writes
 * and deletions go through the main thread, since their conditions are checked under locks that live in its memory.
 */

/** What a working thread is started with. */
export interface ThreadData {
    /** The service's folder, and the store's within it. */
    readonly folder: string;
    readonly storeFolder: string;
    readonly place: ServePlace;
    /** Base URL of the service. */
    readonly endpoint: string;
}

/** An error on its way between threads. */
export interface SentError {
    readonly name: string;
    readonly message: string;
    readonly stack?: string;
}

export type ToThread =
    | { readonly kind: "run"; readonly job: Job; readonly now: number }
    | { readonly kind: "written"; readonly id: number; readonly value: unknown }
    | { readonly kind: "refused"; readonly id: number; readonly error: SentError };

export type FromThread =
    | { readonly kind: "done" }
    | { readonly kind: "failed"; readonly error: SentError }
    | {
          readonly kind: "put";
          readonly id: number;
          readonly key: string;
          readonly body: Uint8Array | string;
          readonly condition?: PutCondition;
      }
    | {
          readonly kind: "delete";
          readonly id: number;
          readonly keys: readonly string[];
          readonly condition?: DeleteCondition;
      }
    | { readonly kind: "dispatch"; readonly job: Job }
    | { readonly kind: "learnShards"; readonly detector: string; readonly shards: number }
    | { readonly kind: "log"; readonly line: string };

export function sendable(error: unknown): SentError {
    if (!(error instanceof Error)) return { name: "Error", message: String(error) };
    return { name: error.name, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
}

export function received({ name, message, stack }: SentError): Error {
    return Object.assign(new Error(message), { name, ...(stack === undefined ? {} : { stack }) });
}
