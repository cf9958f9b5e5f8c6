/** What an object is, without its content. */
export interface ObjectInfo {
    readonly key: string;
    /** Size in bytes. */
    readonly size: number;
    /** Opaque version tag; equal tags mean equal content. */
    readonly etag: string;
}

export interface StoredObject {
    readonly body: Buffer;
    readonly etag: string;
}

/** Condition of a write: the key must not exist yet, or must still hold the version that was read. */
export type PutCondition = { readonly ifAbsent: true } | { readonly ifMatch: string };

/** Condition of a deletion: the key must still hold the version that was read. */
export interface DeleteCondition {
    readonly ifMatch: string;
}

/**
 * The one kind of storage the project uses: keys and bytes, over an S3 bucket or a local folder. Reads see every earlier write.
 * Keys use `/` and list in the order of their UTF-8 bytes.
 */
export interface ObjectStore {
    /** The object, or undefined when there is none. */
    get(key: string): Promise<StoredObject | undefined>;
    /** The object's bytes in chunks, in constant memory. Throws NotFoundError when there is none. */
    stream(key: string): Promise<AsyncIterable<Uint8Array>>;
    /**
     * Writes an object whole. With a condition that does not hold nothing is written and the answer is undefined; a conflict
     * with a concurrent write is retried until it is decided.
     */
    put(
        key: string,
        body: Uint8Array | string,
        condition?: PutCondition,
    ): Promise<{ readonly etag: string } | undefined>;
    /** Every object below a prefix, in key order, optionally only those after a key. Pages are fetched as needed. */
    list(prefix: string, after?: string): AsyncIterable<ObjectInfo>;
    /**
     * Deletes objects; keys that do not exist are passed over in silence. With a condition, so is each that holds another version by now;
     * it is for single objects, since each then takes a request of its own.
     */
    delete(keys: readonly string[], condition?: DeleteCondition): Promise<void>;
}
