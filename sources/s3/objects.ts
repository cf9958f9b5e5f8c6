import {
    ListObjectsV2Command,
    paginateListObjectsV2,
    S3Client,
    type S3ClientConfig,
    type _Object,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { NotFoundError } from "../../errors";
import type { S3Config, TableConfig } from "./config";
import { marked } from "./failures";
import { fixedPrefix, type Prefix, prefixesOf } from "./pathTemplate";
import type { FoundObject } from "./readObject";

/** Prefixes that are listed at the same time. */
const listsAtOnce = 8;

/** A client that reads as the function itself, or as the role that it assumes for an hour at a time, if there is one. `sts` is what it assumes it through. */
export function openReader(
    region: string,
    role: Pick<S3Config, "roleArn" | "externalId">,
    { sts, ...client }: { readonly sts?: STSClient } & S3ClientConfig = {},
): S3Client {
    const options = { followRegionRedirects: true, ...client, region };
    const { roleArn, externalId } = role;
    if (roleArn === undefined) return new S3Client(options);
    const asker = sts ?? new STSClient({ region });
    return new S3Client({
        ...options,
        credentials: () => marked({ roleArn }, () => assume(asker, roleArn, externalId)),
    });
}

async function assume(sts: STSClient, roleArn: string, externalId: string | undefined) {
    const request = {
        RoleArn: roleArn,
        RoleSessionName: "lookout-extract",
        DurationSeconds: 3600,
        ...(externalId !== undefined && { ExternalId: externalId }),
    };
    const { Credentials } = await sts.send(new AssumeRoleCommand(request));
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

/** Some objects of a table, to look at its columns; of the history where the path has none. Throws NotFoundError where there is none. */
export async function findSome(
    s3: S3Client,
    { path, historyPath }: TableConfig,
    count: number,
): Promise<FoundObject[]> {
    for (const place of [path, historyPath].filter((template) => template !== undefined)) {
        const { bucket, prefix } = fixedPrefix(place);
        const { Contents = [] } = await marked({ object: `s3://${bucket}/${prefix}` }, () =>
            s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 50 })),
        );
        const found = Contents.flatMap((one) => readable(bucket, one));
        if (found.length > 0) return found.slice(0, count);
    }
    throw new NotFoundError(`there is no object under ${path.replace(/\{\{.*$/, "")}`);
}

async function list(s3: S3Client, { bucket, prefix }: Prefix): Promise<FoundObject[]> {
    const found: FoundObject[] = [];
    return marked({ object: `s3://${bucket}/${prefix}` }, async () => {
        for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket, Prefix: prefix }))
            found.push(...Contents.flatMap((one) => readable(bucket, one)));
        return found;
    });
}

/** Left out are the marks of folders, and what writers put beside the data: `_SUCCESS`, `.crc`, `_metadata`. */
function readable(bucket: string, { Key: key = "", Size: size = 0, ETag: etag = "" }: _Object): FoundObject[] {
    const name = key.slice(key.lastIndexOf("/") + 1);
    return size === 0 || name === "" || /^[._]/.test(name) ? [] : [{ bucket, key, size, etag }];
}
