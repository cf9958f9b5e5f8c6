import {
    DeleteObjectCommand,
    DeleteObjectsCommand,
    GetObjectCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3ServiceException,
    type GetObjectCommandOutput,
    type S3Client,
} from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { NotFoundError } from "../errors";
import type { DeleteCondition, ObjectInfo, ObjectStore, PutCondition, StoredObject } from "./objectStore";

export interface S3ObjectStoreOptions {
    /**
     * Milliseconds before each further try of a conditional write that S3 answered with a conflict.
     * @default 20, 40 … 1280
     */
    readonly conflictDelaysMs?: readonly number[];
}

const defaultConflictDelaysMs: readonly number[] = [20, 40, 80, 160, 320, 640, 1280];
/** Most keys that one DeleteObjects request takes. */
const deleteBatch = 1000;

/** An S3 bucket as an object store. Reads and conditional writes are strongly consistent, as S3 promises. */
export function openS3ObjectStore(client: S3Client, bucket: string, options: S3ObjectStoreOptions = {}): ObjectStore {
    const { conflictDelaysMs = defaultConflictDelaysMs } = options;
    return {
        async get(key): Promise<StoredObject | undefined> {
            const answer = await getObject(client, bucket, key);
            if (answer === undefined) return undefined;
            const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
            return { body, etag: requireTag(answer.ETag, key) };
        },
        async stream(key): Promise<AsyncIterable<Uint8Array>> {
            const answer = await getObject(client, bucket, key);
            if (answer?.Body === undefined) {
                throw new NotFoundError(`there is no object "${key}" in the bucket "${bucket}"`);
            }
            // In Node the SDK's body is a readable stream; its type also covers browsers.
            return answer.Body as AsyncIterable<Uint8Array>;
        },
        put: (key, body, condition) => putObject(client, bucket, { key, body, condition, conflictDelaysMs }),
        list: (prefix, after) => listObjects(client, bucket, prefix, after),
        delete: async (keys, condition) => {
            if (condition === undefined) return deleteObjects(client, bucket, keys);
            for (const key of keys) await deleteUnchanged(client, bucket, { key, ...condition, conflictDelaysMs });
        },
    };
}

async function getObject(client: S3Client, bucket: string, key: string): Promise<GetObjectCommandOutput | undefined> {
    try {
        return await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    } catch (error) {
        if (isNamed(error, "NoSuchKey")) return undefined;
        throw explain(error, bucket);
    }
}

interface Put {
    readonly key: string;
    readonly body: Uint8Array | string;
    readonly condition: PutCondition | undefined;
    readonly conflictDelaysMs: readonly number[];
}

async function putObject(client: S3Client, bucket: string, put: Put): Promise<{ readonly etag: string } | undefined> {
    const command = new PutObjectCommand({ Bucket: bucket, Key: put.key, Body: put.body, ...headersOf(put.condition) });
    for (let conflicts = 0; ; conflicts += 1) {
        try {
            const answer = await client.send(command);
            return { etag: requireTag(answer.ETag, put.key) };
        } catch (error) {
            // 412: the condition does not hold. A key that is gone (404) does not hold the version that was read either.
            if (hasStatus(error, 412)) return undefined;
            if (isNamed(error, "NoSuchKey") && put.condition !== undefined) return undefined;
            // 409: another write of the key is under way; only trying again tells who was first.
            const delay = put.conflictDelaysMs[conflicts];
            if (!hasStatus(error, 409) || delay === undefined) throw explain(error, bucket);
            await sleep(delay);
        }
    }
}

function headersOf(condition: PutCondition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
    if (condition === undefined) return {};
    return "ifAbsent" in condition ? { IfNoneMatch: "*" } : { IfMatch: condition.ifMatch };
}

async function* listObjects(
    client: S3Client,
    bucket: string,
    prefix: string,
    after: string | undefined,
): AsyncGenerator<ObjectInfo, void, undefined> {
    let token: string | undefined;
    do {
        const page = await client
            .send(
                new ListObjectsV2Command({
                    Bucket: bucket,
                    Prefix: prefix,
                    ...(token === undefined ? { StartAfter: after } : { ContinuationToken: token }),
                }),
            )
            .catch((error: unknown) => {
                throw explain(error, bucket);
            });
        for (const { Key: key = "", Size: size = 0, ETag: etag } of page.Contents ?? []) {
            yield { key, size, etag: requireTag(etag, key) };
        }
        token = page.NextContinuationToken;
    } while (token !== undefined);
}

async function deleteObjects(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
    for (let first = 0; first < keys.length; first += deleteBatch) {
        const Objects = keys.slice(first, first + deleteBatch).map((Key) => ({ Key }));
        const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
        const { Errors: errors = [] } = await client.send(command).catch((error: unknown) => {
            throw explain(error, bucket);
        });
        const [refused] = errors;
        if (refused !== undefined) {
            throw new Error(
                `${errors.length} of ${Objects.length} objects in the bucket "${bucket}" were not deleted; ` +
                    `the first is "${refused.Key}": ${refused.Code}: ${refused.Message}`,
            );
        }
    }
}

interface Deletion extends DeleteCondition {
    readonly key: string;
    readonly conflictDelaysMs: readonly number[];
}

async function deleteUnchanged(client: S3Client, bucket: string, deletion: Deletion): Promise<void> {
    const { key: Key, ifMatch: IfMatch, conflictDelaysMs } = deletion;
    for (let conflicts = 0; ; conflicts += 1) {
        try {
            await client.send(new DeleteObjectCommand({ Bucket: bucket, Key, IfMatch }));
            return;
        } catch (error) {
            // 412: another version by now. 404: gone.
            if (hasStatus(error, 412) || isNamed(error, "NoSuchKey")) return;
            const delay = conflictDelaysMs[conflicts];
            if (!hasStatus(error, 409) || delay === undefined) throw explain(error, bucket);
            await sleep(delay);
        }
    }
}

function requireTag(etag: string | undefined, key: string): string {
    if (etag === undefined) throw new Error(`the object store gave no entity tag for "${key}"`);
    return etag;
}

const isNamed = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

const hasStatus = (error: unknown, status: number): boolean =>
    error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;

/** A missing bucket as our own error with a remedy; anything else as it is. */
function explain(error: unknown, bucket: string): unknown {
    if (!isNamed(error, "NoSuchBucket")) return error;
    return new NotFoundError(`the bucket "${bucket}" does not exist; run "pulumi up" to create it again`, {
        cause: error,
    });
}
