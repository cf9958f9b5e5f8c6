import { GetObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { NotFoundError } from "../../errors";
import { clarified } from "../listedObject";
import { type RemotePath, remotePath } from "./config";

export interface BringOptions {
    /** Region in which to ask for buckets. */
    readonly region: string;
    readonly client: S3Client | undefined;
    /** Breaks off when it aborts; what is whole by then stays. */
    readonly signal?: AbortSignal | undefined;
}

/** Folder of what was brought; it stays for later calls of the same process, or function. */
const folder = path.join(tmpdir(), "lookout-duckdb-files");

/** How the name of a file ends that is not whole yet. */
const partEnding = ".part";

/**
 * Brings the objects that paths in S3 mean to this machine: DuckDB's own reader of S3 is an extension that would be fetched at run time. An
 * object that is here already, by its ETag, is not fetched again. Gives where each path lies; paths on the machine stay as they are.
 * Throws NotFoundError for a path that means no object.
 */
export async function bringFiles(
    paths: readonly string[],
    { region, client, signal }: BringOptions,
): Promise<(path: string) => readonly string[]> {
    const remote = paths.flatMap((text) => {
        const place = remotePath(text);
        return place === undefined ? [] : [{ text, place }];
    });
    if (remote.length === 0) return (text) => [text];
    const s3 = client ?? new S3Client({ region, followRegionRedirects: true });
    const found = new Map<string, readonly string[]>();
    for (const { text, place } of remote) {
        const files: string[] = [];
        for (const object of await listObjects(s3, place)) files.push(await bring(s3, place.bucket, object, signal));
        if (files.length === 0) throw new NotFoundError(`there is no object ${text}`);
        found.set(text, files);
    }
    return (text) => found.get(text) ?? [text];
}

interface ObjectName {
    readonly key: string;
    readonly etag: string;
}

async function listObjects(s3: S3Client, { bucket, prefix, pattern }: RemotePath): Promise<ObjectName[]> {
    const expression = globExpression(pattern);
    const found: ObjectName[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix }))
        for (const { Key: key = "", ETag: etag = "" } of Contents) if (expression.test(key)) found.push({ key, etag });
    return found;
}

/** `*` and `?` stay within a part of the key, `**` goes over all of them. */
export function globExpression(glob: string): RegExp {
    const parts = glob.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => {
        if (part === "**/") return "(?:.*/)?";
        if (part === "**") return ".*";
        if (part === "*") return "[^/]*";
        return part === "?" ? "[^/]" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    });
    return new RegExp(`^${parts.join("")}$`);
}

async function bring(
    s3: S3Client,
    bucket: string,
    { key, etag }: ObjectName,
    signal: AbortSignal | undefined,
): Promise<string> {
    signal?.throwIfAborted();
    const object = digest([bucket, key]);
    // The key's end says the format.
    const name = `${object}-${digest([etag])}-${path.posix.basename(key)}`;
    const file = path.join(folder, name);
    if (existsSync(file)) return file;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Versions that came before would fill the disk of a function that lives for hours.
    for (const old of await readdir(folder))
        if (old.startsWith(`${object}-`) && !old.endsWith(partEnding))
            await rm(path.join(folder, old), { force: true });
    // Two calls may bring the same object at once: each writes a file of its own.
    const part = `${file}.${randomUUID()}${partEnding}`;
    try {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        await pipeline(Body as Readable, createWriteStream(part), { signal });
        await rename(part, file);
    } catch (error) {
        const found = await clarified(s3, { bucket, key }, error);
        throw found instanceof Error ? Object.assign(found, { object: `s3://${bucket}/${key}` }) : found;
    } finally {
        await rm(part, { force: true });
    }
    return file;
}

const digest = (parts: readonly string[]): string =>
    createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 24);
