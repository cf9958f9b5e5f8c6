import { CloudError, type CloudRequest, type Need } from "../service";

/** What an S3 request is aimed at. */
export interface Target {
    /** Empty for the service itself. */
    readonly bucket: string;
    /** Decoded; empty for the bucket itself. */
    readonly key: string;
}

/** Parts of a bucket or object that are addressed by a name in the query and that the embedded S3 does not have. */
const unknownParts = [
    ..."accelerate acl analytics attributes cors encryption intelligent-tiering inventory legal-hold lifecycle logging metrics".split(
        " ",
    ),
    ..."notification object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment".split(
        " ",
    ),
    ..."restore retention select tagging torrent versioning versions website".split(" "),
];

/** Bucket and key of a path-style address. */
export function parseTarget(path: string): Target {
    const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
    try {
        return { bucket, key: decodeURIComponent(key) };
    } catch {
        throw new CloudError("InvalidURI", "Couldn't parse the specified URI.");
    }
}

/** Name of the S3 operation that a request asks for. */
export function s3Operation({ method, path, query, headers }: Omit<CloudRequest, "operation">): string {
    const { bucket, key } = parseTarget(path);
    const has = (name: string): boolean => query.has(name);
    const unknown = unknownParts.find(has);
    if (unknown !== undefined) {
        throw new CloudError(
            "NotImplemented",
            `The embedded S3 does not have ?${unknown} of buckets and objects.`,
            501,
        );
    }
    const copies = headers["x-amz-copy-source"] !== undefined;
    const level = bucket === "" ? "service" : key === "" ? "bucket" : "object";
    const choices: Record<string, string | undefined> = {
        "GET service": "ListBuckets",
        "GET bucket": has("uploads")
            ? "ListMultipartUploads"
            : has("location")
              ? "GetBucketLocation"
              : query.get("list-type") === "2"
                ? "ListObjectsV2"
                : "ListObjects",
        "HEAD bucket": "HeadBucket",
        "PUT bucket": "CreateBucket",
        "DELETE bucket": "DeleteBucket",
        "POST bucket": has("delete") ? "DeleteObjects" : undefined,
        "GET object": has("uploadId") ? "ListParts" : "GetObject",
        "HEAD object": "HeadObject",
        "PUT object": has("uploadId") ? (copies ? undefined : "UploadPart") : copies ? "CopyObject" : "PutObject",
        "DELETE object": has("uploadId") ? "AbortMultipartUpload" : "DeleteObject",
        "POST object": has("uploads")
            ? "CreateMultipartUpload"
            : has("uploadId")
              ? "CompleteMultipartUpload"
              : undefined,
    };
    const operation = choices[`${method} ${level}`];
    if (operation === undefined) {
        throw new CloudError("NotImplemented", `The embedded S3 does not know this ${method} request.`, 501);
    }
    return operation;
}

/** Action on the object for each operation that is aimed at one. */
const objectActions: Record<string, string> = {
    GetObject: "s3:GetObject",
    HeadObject: "s3:GetObject",
    PutObject: "s3:PutObject",
    CopyObject: "s3:PutObject",
    CreateMultipartUpload: "s3:PutObject",
    UploadPart: "s3:PutObject",
    CompleteMultipartUpload: "s3:PutObject",
    AbortMultipartUpload: "s3:AbortMultipartUpload",
    ListParts: "s3:ListMultipartUploadParts",
    DeleteObject: "s3:DeleteObject",
};

/** Action on the bucket for the others. */
const bucketActions: Record<string, string> = {
    ListObjects: "s3:ListBucket",
    ListObjectsV2: "s3:ListBucket",
    HeadBucket: "s3:ListBucket",
    ListMultipartUploads: "s3:ListBucketMultipartUploads",
    GetBucketLocation: "s3:GetBucketLocation",
    CreateBucket: "s3:CreateBucket",
    DeleteBucket: "s3:DeleteBucket",
    ListBuckets: "s3:ListAllMyBuckets",
};

/** What the caller must be allowed, beside the keys of DeleteObjects, which are judged one by one. */
export function s3Needs(request: CloudRequest, partition: string): Need[] {
    const { bucket, key } = parseTarget(request.path);
    const bucketArn = `arn:${partition}:s3:::${bucket}`;
    const objectAction = objectActions[request.operation];
    if (objectAction !== undefined) {
        const needs: Need[] = [{ action: objectAction, resource: `${bucketArn}/${key}` }];
        if (request.operation === "CopyObject") {
            const source = parseCopySource(request.headers["x-amz-copy-source"]!);
            needs.push({ action: "s3:GetObject", resource: `arn:${partition}:s3:::${source.bucket}/${source.key}` });
        } else if (objectAction === "s3:PutObject" && request.headers["if-match"] !== undefined) {
            needs.push({ action: "s3:GetObject", resource: `${bucketArn}/${key}` });
        }
        return needs;
    }
    const action = bucketActions[request.operation];
    return action === undefined
        ? []
        : [{ action, resource: bucket === "" ? "*" : bucketArn, context: listContext(request) }];
}

/** Bucket and key that CopyObject reads. */
export function parseCopySource(header: string): Target {
    const decoded = decodeURIComponent(header.split("?")[0]!);
    return parseTarget(`/${decoded.replace(/^\//, "").split("/").map(encodeURIComponent).join("/")}`);
}

function listContext({ query }: CloudRequest): Record<string, string> {
    const context: Record<string, string> = {};
    for (const name of ["prefix", "delimiter", "max-keys"]) {
        const value = query.get(name);
        if (value !== null) {
            context[`s3:${name}`] = value;
        }
    }
    return context;
}
