import { parseBacktestPrefix } from "../../pipeline/objectLayout";

/** Where an S3 path leads: a bucket, and a key or the beginning of keys. */
export interface S3Place {
    readonly bucket: string;
    readonly key: string;
}

/** The place that `s3://bucket/key` names; undefined for any other text. */
export function parseS3Path(path: string): S3Place | undefined {
    const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(path) ?? [];
    return bucket === undefined ? undefined : { bucket, key };
}

/** The generation of the stack's own pipeline that a source's historical paths lead to; undefined for anybody else's data. */
export function ownGeneration(
    historical: readonly string[] | undefined,
    ownBucket: string,
): { readonly detector: string; readonly generation: string } | undefined {
    const place = parseS3Path(historical?.[0] ?? "");
    return place?.bucket === ownBucket ? parseBacktestPrefix(place.key) : undefined;
}
