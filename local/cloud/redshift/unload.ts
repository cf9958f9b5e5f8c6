import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Authorize, S3Service } from "../s3";
import type { BucketFiles } from "../s3/bucketFiles";
import { CloudError, type World } from "../service";
import { cutRecords, recordOffsets } from "./csvRows";
import type { Database } from "./database";
import { hasOuterLimit, toPostgres } from "./dialect";
import { parseUnload, type UnloadStatement } from "./unloadStatement";

/** What an UNLOAD needs of the cloud around it. */
export interface UnloadContext {
    readonly world: World;
    readonly s3: S3Service;
    readonly authorize: Authorize;
    readonly database: Database;
    /** ARNs of the roles that are attached to the cluster. */
    readonly roles: readonly string[];
    /** ARN of the database user, as the service's errors name it. */
    readonly userArn: string;
    /** Files that a parallel UNLOAD writes at least, when there are as many rows. */
    readonly slices: number;
    /** When the statement began, in milliseconds since 1970. */
    readonly startedAt: number;
}

/** Runs an UNLOAD; returns how many rows it wrote. Throws an Error with the database's text. */
export async function runUnload(sql: string, context: UnloadContext): Promise<number> {
    const statement = parseUnload(sql);
    if (hasOuterLimit(statement.query)) {
        throw new Error("Limit clause is not supported");
    }
    const files = openTarget(statement, context);
    const csv = await context.database.copyTo(toPostgres(statement.query), context.startedAt);
    const offsets = recordOffsets(csv);
    const header = statement.header ? csv.subarray(0, offsets[1]) : Buffer.alloc(0);
    const stretches = cutRecords(csv, offsets, {
        first: 1,
        pieces: statement.parallel ? context.slices : 1,
        maxBytes: statement.maxFileSize - header.length,
    });
    const written = stretches.flatMap((parts, slice) =>
        parts.map((part, index) => {
            const key = `${statement.prefix}${fileName(statement, slice, index)}`;
            const content = Buffer.concat([header, part]);
            write(files, key, statement.gzip ? gzipSync(content) : content, context.world.clock.now());
            return key;
        }),
    );
    if (statement.manifest) {
        writeManifest(files, statement, written, context.world.clock.now());
    }
    return offsets.length - 2;
}

/** The bucket to write to, after all that the service checks of it before it begins. */
function openTarget(statement: UnloadStatement, context: UnloadContext): BucketFiles {
    const { bucket, prefix, roles, region } = statement;
    assumeRole(roles, context);
    if (region !== undefined && region !== context.world.region) {
        throw s3Error(
            "The S3 bucket addressed by the query is in a different region from this cluster.",
            301,
            "PermanentRedirect",
        );
    }
    const files = findBucket(bucket, context);
    const arn = `arn:${context.world.partition}:s3:::${bucket}`;
    requirePermission("s3:ListBucket", arn, roles, context);
    requirePermission("s3:PutObject", `${arn}/${prefix}0000_part_00`, roles, context);
    const present = keysBelow(files, prefix);
    if (statement.cleanPath) {
        present.forEach((key) => files.delete(key));
    } else if (present.length > 0 && !statement.allowOverwrite) {
        throw new Error(
            "Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target files in S3, or using the ALLOWOVERWRITE option.",
        );
    }
    return files;
}

/** Only a role that is attached to the cluster can be assumed by it. */
function assumeRole([first = ""]: readonly string[], { roles, userArn }: UnloadContext): void {
    if (!roles.includes(first)) {
        throw new Error(`User ${userArn} is not authorized to assume IAM Role ${first}`);
    }
}

/** The last role of a chain writes. One that the program did not make is the user's own, and its policies are not known here. */
function requirePermission(action: string, resource: string, roles: readonly string[], context: UnloadContext): void {
    const role = roles.at(-1)!;
    const isOurs = context.world.resources.ofType("aws:iam/role:Role").some(({ outputs }) => outputs.arn === role);
    if (isOurs && !context.authorize(role, { action, resource })) {
        throw s3Error("Access Denied", 403, "AccessDenied");
    }
}

function findBucket(bucket: string, { s3 }: UnloadContext): BucketFiles {
    try {
        return s3.files(bucket);
    } catch (error) {
        throw error instanceof CloudError ? s3Error("The specified bucket does not exist", 404, error.name) : error;
    }
}

function keysBelow({ keys }: BucketFiles, prefix: string): string[] {
    const found: string[] = [];
    let index = keys.firstNotBefore(prefix);
    for (let key = keys.at(index); key?.startsWith(prefix); key = keys.at(index)) {
        found.push(key);
        index += 1;
    }
    return found;
}

function fileName({ parallel, gzip, extension }: UnloadStatement, slice: number, part: number): string {
    const pad = (value: number, width: number): string => String(value).padStart(width, "0");
    const base = parallel ? `${pad(slice, 4)}_part_${pad(part, 2)}` : pad(part, 3);
    return `${base}${extension === undefined ? (gzip ? ".gz" : "") : `.${extension}`}`;
}

function write(files: BucketFiles, key: string, body: Buffer, modified: number): void {
    files.put(key, body, { size: body.length, etag: createHash("md5").update(body).digest("hex"), modified });
}

function writeManifest(
    files: BucketFiles,
    { bucket, prefix }: UnloadStatement,
    keys: readonly string[],
    now: number,
): void {
    const entries = keys.map((key) => ({
        url: `s3://${bucket}/${key}`,
        meta: { content_length: files.get(key)!.size },
    }));
    write(files, `${prefix}manifest`, Buffer.from(JSON.stringify({ entries })), now);
}

function s3Error(message: string, status: number, code: string): Error {
    return new Error(
        `S3ServiceException:${message},Status ${status},Error ${code},Rid 0000000000000000,ExtRid local,CanRetry 1`,
    );
}
