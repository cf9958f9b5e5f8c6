import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { About } from "../sql/about";
import { doubledRows, lostRows, sortFailure } from "./failures";

/**
 * Looks whether what was written lies where it is looked for, and is one statement's: files are named `data_<statement>_…`. A stage may
 * lead elsewhere, and an empty folder would pass for a window without rows.
 */
export async function requireFiles(
    s3: S3Client,
    { bucket, prefix, rows }: { bucket: string; prefix: string; rows: number | undefined },
    about: About,
): Promise<void> {
    if (rows === 0) {
        return;
    }
    const { Contents = [] } = await s3
        .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
        .catch((error: unknown) => {
            throw sortFailure(error, { ...about, doing: "looking for the rows" });
        });
    const statements = new Set(Contents.map(({ Key = "" }) => /data_([0-9a-f-]{36})_[^/]*$/.exec(Key)?.[1]));
    if (statements.size > 1) {
        throw doubledRows(about);
    }
    if (Contents.length === 0 && rows !== undefined) {
        throw lostRows(rows, `s3://${bucket}/${prefix}`, about);
    }
}
