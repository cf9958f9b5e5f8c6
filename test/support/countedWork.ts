import type { EmbeddedCloud } from "../../local/cloud/cloud";

/** Requests to S3 as it charges for them, and calls of functions by their resource's name. */
export interface CountedWork {
    writes: number;
    reads: number;
    readonly calls: Record<string, number>;
}

const writes = ["PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"];
const lists = ["ListObjectsV2", "ListMultipartUploads", "ListParts"];
const reads = ["GetObject", "HeadObject"];
const functionType = "aws:lambda/function:Function";

/** Counts from now on what a stack's functions ask of S3, and how often each is called. */
export function countWork(cloud: EmbeddedCloud, resources: readonly { type: string; name: string }[]): CountedWork {
    const counted: CountedWork = { writes: 0, reads: 0, calls: {} };
    // A fault that suits no request happens never, and sees them all.
    const watch = (at: string, count: () => void): void =>
        cloud.faults.inject({
            at,
            times: Infinity,
            error: { name: "Never", message: "never" },
            match: () => {
                count();
                return false;
            },
        });
    for (const operation of [...writes, ...lists]) watch(`s3:${operation}`, () => (counted.writes += 1));
    for (const operation of reads) watch(`s3:${operation}`, () => (counted.reads += 1));
    for (const { name } of resources.filter(({ type }) => type === functionType))
        watch(`lambda:${name}`, () => (counted.calls[name] = (counted.calls[name] ?? 0) + 1));
    return counted;
}
