import { ListObjectsV2Command, paginateListObjectsV2, S3Client, type _Object } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { NotFoundError } from "../../errors";
import type { TableConfig } from "./config";
import { fixedPrefix, type Prefix, prefixesOf } from "./pathTemplate";
import type { FoundObject } from "./readObject";

/** Prefixes that are listed at the same time. */
const listsAtOnce = 8;

/** A client that reads as the function itself, or as the role that it assumes for a quarter of an hour and more. */
export function openReader(region: string, roleArn: string | undefined): S3Client {
    const options = { region, followRegionRedirects: true };
    if (roleArn === undefined) return new S3Client(options);
    return new S3Client({ ...options, credentials: async () => assume(roleArn, region) });
}

async function assume(roleArn: string, region: string) {
    const request = { RoleArn: roleArn, RoleSessionName: "lookout-extract", DurationSeconds: 3600 };
    const { Credentials } = await new STSClient({ region }).send(new AssumeRoleCommand(request));
    if (Credentials?.AccessKeyId === undefined || Credentials.SecretAccessKey === undefined)
        throw new Error(`assuming ${roleArn} gave no credentials`);
    return {
        accessKeyId: Credentials.AccessKeyId,
        secretAccessKey: Credentials.SecretAccessKey,
        ...(Credentials.SessionToken !== undefined && { sessionToken: Credentials.SessionToken }),
        ...(Credentials.Expiration !== undefined && { expiration: Credentials.Expiration }),
    };
}

/** The objects in which rows of `[start, end)` may lie, in the order of their keys; none is no error. `arrivalMs` is how much later they come. */
export async function findObjects(
    s3: S3Client,
    path: string,
    { start, end }: { readonly start: number; readonly end: number },
    arrivalMs: number,
): Promise<FoundObject[]> {
    const prefixes = prefixesOf(path, { start, end: end + arrivalMs });
    const found: FoundObject[] = [];
    for (let from = 0; from < prefixes.length; from += listsAtOnce) {
        const lists = await Promise.all(prefixes.slice(from, from + listsAtOnce).map((prefix) => list(s3, prefix)));
        found.push(...lists.flat());
    }
    return found;
}

/** Any object of a table, to look at its columns. Throws NotFoundError where there is none. */
export async function findAny(s3: S3Client, { path, historyPath }: TableConfig): Promise<FoundObject> {
    for (const place of [path, historyPath].filter((template) => template !== undefined)) {
        const { bucket, prefix } = fixedPrefix(place);
        const { Contents = [] } = await s3.send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 50 }),
        );
        const [object] = Contents.flatMap((one) => readable(bucket, one));
        if (object !== undefined) return object;
    }
    throw new NotFoundError(`there is no object under ${path.replace(/\{\{.*$/, "")}`);
}

async function list(s3: S3Client, { bucket, prefix }: Prefix): Promise<FoundObject[]> {
    const found: FoundObject[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix }))
        found.push(...Contents.flatMap((one) => readable(bucket, one)));
    return found;
}

/** Left out are the marks of folders, and what writers put beside the data: `_SUCCESS`, `.crc`, `_metadata`. */
function readable(bucket: string, { Key: key = "", Size: size = 0, ETag: etag = "" }: _Object): FoundObject[] {
    const name = key.slice(key.lastIndexOf("/") + 1);
    return size === 0 || name === "" || /^[._]/.test(name) ? [] : [{ bucket, key, size, etag }];
}
