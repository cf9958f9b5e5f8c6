import { z } from "zod";
import { RecordError } from "../errors";
import type { ObjectStore, PutCondition } from "../objects/objectStore";

/** A record as it was read, with the tag that a conditional write of its successor names. */
export interface Document<T> {
    readonly value: T;
    readonly etag: string;
}

/** Most rounds of reading and writing before a record that never stands still is reported. */
const maxRounds = 20;

/** Reads a record of JSON; undefined when there is none. Throws RecordError naming the key when it is not what the schema says. */
export async function readDocument<S extends z.ZodType>(
    store: ObjectStore,
    key: string,
    schema: S,
): Promise<Document<z.output<S>> | undefined> {
    const found = await store.get(key);
    if (found === undefined) return undefined;
    return { value: decodeJson(found.body.toString(), schema, key), etag: found.etag };
}

/** Writes a record as JSON; undefined when the condition did not hold and nothing was written. */
export async function writeDocument<S extends z.ZodType>(
    store: ObjectStore,
    key: string,
    schema: S,
    value: z.output<S>,
    condition?: PutCondition,
): Promise<{ readonly etag: string } | undefined> {
    return store.put(key, `${JSON.stringify(z.encode(schema, value), null, 2)}\n`, condition);
}

/**
 * Changes a record by reading, changing and writing it conditionally until no other writer comes between. `change` may be called
 * several times; what it gives for an unchanged record, the record itself, is not written. Gives the record as it then stands.
 */
export async function updateDocument<S extends z.ZodType>(
    store: ObjectStore,
    key: string,
    schema: S,
    change: (current: z.output<S> | undefined) => z.output<S>,
): Promise<z.output<S>> {
    for (let round = 1; round <= maxRounds; round += 1) {
        const current = await readDocument(store, key, schema);
        const changed = change(current?.value);
        if (current !== undefined && changed === current.value) return changed;
        const condition = current === undefined ? ({ ifAbsent: true } as const) : { ifMatch: current.etag };
        if ((await writeDocument(store, key, schema, changed, condition)) !== undefined) return changed;
    }
    throw new Error(`"${key}" was changed by others ${maxRounds} times in a row while it was being written; try again`);
}

/**
 * Deletes a record while it is one that `mayDelete` picks: what was written since it was read is looked at anew. Nothing happens when
 * there is none.
 */
export async function deleteDocument<S extends z.ZodType>(
    store: ObjectStore,
    key: string,
    schema: S,
    mayDelete: (current: z.output<S>) => boolean,
): Promise<void> {
    for (let round = 1; round <= maxRounds; round += 1) {
        const current = await readDocument(store, key, schema);
        if (current === undefined || !mayDelete(current.value)) return;
        await store.delete([key], { ifMatch: current.etag });
    }
    throw new Error(`"${key}" was written by others ${maxRounds} times in a row while it was being deleted; try again`);
}

/** The condition that nobody has written a record since it was read. */
export const unchanged = (document: Document<unknown> | undefined): PutCondition =>
    document === undefined ? { ifAbsent: true } : { ifMatch: document.etag };

function decodeJson<S extends z.ZodType>(text: string, schema: S, key: string): z.output<S> {
    const result = schema.safeParse(parseJson(text, key));
    if (result.success) return result.data;
    throw new RecordError(
        `"${key}" in the object store is not a record that this version understands: ${summary(result.error)}`,
        { cause: result.error },
    );
}

function parseJson(text: string, key: string): unknown {
    try {
        return JSON.parse(text);
    } catch (cause) {
        throw new RecordError(`"${key}" in the object store is not JSON; restore it or delete it`, { cause });
    }
}

const summary = (error: z.ZodError): string =>
    error.issues.map(({ path, message }) => `${path.map(String).join(".") || "(whole)"}: ${message}`).join("; ");
