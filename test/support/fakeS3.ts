import {
    DeleteObjectCommand,
    DeleteObjectsCommand,
    GetObjectCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3ServiceException,
    type S3Client,
} from "@aws-sdk/client-s3";
import { Readable } from "node:stream";
import { collect } from "../../pipeline/collect";
import { memoryObjectStore } from "./memoryObjectStore";

interface Failure {
    readonly name: string;
    readonly status: number;
    readonly times: number;
}

/** The part of an S3 client that the object store uses, with S3's answers, over memory. */
export function fakeS3({ pageSize = 1000 }: { pageSize?: number } = {}) {
    const store = memoryObjectStore();
    const failures = new Map<string, Failure>();
    const refused = new Set<string>();

    const send = async (command: object): Promise<object> => {
        const planned = failures.get(command.constructor.name);
        if (planned !== undefined && planned.times > 0) {
            failures.set(command.constructor.name, { ...planned, times: planned.times - 1 });
            throw serviceError(planned.name, planned.status);
        }
        if (command instanceof GetObjectCommand) {
            const found = await store.get(command.input.Key ?? "");
            if (found === undefined) throw serviceError("NoSuchKey", 404);
            const body = Object.assign(Readable.from([found.body]), {
                transformToByteArray: async () => new Uint8Array(found.body),
            });
            return { Body: body, ETag: found.etag };
        }
        if (command instanceof PutObjectCommand) {
            const { Key: key = "", Body, IfMatch: ifMatch, IfNoneMatch } = command.input;
            if (ifMatch !== undefined && (await store.get(key)) === undefined) throw serviceError("NoSuchKey", 404);
            const condition =
                ifMatch !== undefined ? { ifMatch } : IfNoneMatch === "*" ? ({ ifAbsent: true } as const) : undefined;
            const written = await store.put(key, Body as string | Uint8Array, condition);
            if (written === undefined) throw serviceError("PreconditionFailed", 412);
            return { ETag: written.etag };
        }
        if (command instanceof ListObjectsV2Command) {
            const { Prefix = "", StartAfter = "", ContinuationToken } = command.input;
            const all = await collect(store.list(Prefix, ContinuationToken ?? StartAfter));
            const page = all.slice(0, pageSize);
            return {
                Contents: page.map(({ key, size, etag }) => ({ Key: key, Size: size, ETag: etag })),
                NextContinuationToken: all.length > pageSize ? page.at(-1)?.key : undefined,
            };
        }
        if (command instanceof DeleteObjectCommand) {
            const { Key: key = "", IfMatch: ifMatch } = command.input;
            const found = await store.get(key);
            if (ifMatch !== undefined && found?.etag !== ifMatch) throw serviceError("PreconditionFailed", 412);
            await store.delete([key]);
            return {};
        }
        if (command instanceof DeleteObjectsCommand) {
            const keys = (command.input.Delete?.Objects ?? []).map(({ Key = "" }) => Key);
            if (keys.length > 1000) throw serviceError("MalformedXML", 400);
            await store.delete(keys.filter((key) => !refused.has(key)));
            const errors = keys.filter((key) => refused.has(key));
            return { Errors: errors.map((Key) => ({ Key, Code: "AccessDenied", Message: "Access Denied" })) };
        }
        throw new Error(`no answer is prepared for ${command.constructor.name}`);
    };

    return {
        client: { send } as unknown as S3Client,
        /** Makes the next calls of a command fail as S3 would. */
        failNext: (command: string, failure: Failure): void => void failures.set(command, failure),
        /** Makes S3 refuse to delete a key within a batch. */
        refuseDelete: (key: string): void => void refused.add(key),
    };
}

function serviceError(name: string, status: number): S3ServiceException {
    return new S3ServiceException({ name, message: name, $fault: "client", $metadata: { httpStatusCode: status } });
}
