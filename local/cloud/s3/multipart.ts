import { createHash, randomUUID } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { CloudError, type CloudRequest, type CloudResponse } from "../service";
import { escapeXml, parseXml, xmlElements } from "../xml";
import type { BucketFiles } from "./bucketFiles";
import { checksumHeaders, compositeChecksum, type StoredChecksum } from "./checksums";
import { checkWrite } from "./conditions";
import { describeContent, readBody } from "./objects";

/** Every part but the last must be as large, in bytes. */
const smallestPart = 5 * 1024 * 1024;

interface Part {
    readonly file: string;
    readonly size: number;
    readonly etag: string;
    readonly checksum?: StoredChecksum;
}

interface Upload {
    readonly id: string;
    readonly bucket: string;
    readonly key: string;
    readonly started: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly parts: Map<number, Part>;
}

/** The multipart uploads under way. They end with the process; parts are files, so that an upload of any size fits. */
export class MultipartUploads {
    private readonly uploads = new Map<string, Upload>();
    /** Answers to completed uploads: completing again gives the same, as callers that lost the answer expect. */
    private readonly completed = new Map<string, CloudResponse>();

    create(bucket: string, key: string, request: CloudRequest, now: number): CloudResponse {
        const id = randomUUID().replaceAll("-", "");
        this.uploads.set(id, { id, bucket, key, started: now, headers: request.headers, parts: new Map() });
        const body = document("InitiateMultipartUploadResult", xmlElements({ Bucket: bucket, Key: key, UploadId: id }));
        const algorithm = request.headers["x-amz-checksum-algorithm"];
        return { status: 200, body, headers: algorithm === undefined ? {} : { "x-amz-checksum-algorithm": algorithm } };
    }

    putPart(files: BucketFiles, key: string, request: CloudRequest): CloudResponse {
        const upload = this.find(request, key);
        const number = Number(request.query.get("partNumber"));
        if (!Number.isInteger(number) || number < 1 || number > 10_000) {
            throw new CloudError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
        }
        const { body, checksum } = readBody(request);
        const etag = createHash("md5").update(body).digest("hex");
        const file = upload.parts.get(number)?.file ?? files.temporaryPath();
        writeFileSync(file, body);
        upload.parts.set(number, { file, size: body.length, etag, checksum });
        return { status: 200, headers: { etag: `"${etag}"`, ...checksumHeaders(checksum) } };
    }

    complete(files: BucketFiles, key: string, request: CloudRequest, now: number): CloudResponse {
        const done = this.completed.get(request.query.get("uploadId") ?? "");
        if (done !== undefined) {
            return done;
        }
        const upload = this.find(request, key);
        const parts = chosenParts(upload, request.body.toString("utf8"));
        checkWrite(request.headers, files.get(key), key);
        const file = files.temporaryPath();
        const size = joinParts(file, parts);
        const hashes = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, "hex")));
        const etag = `${createHash("md5").update(hashes).digest("hex")}-${parts.length}`;
        const checksum = compositeChecksum(parts.map((part) => part.checksum));
        files.adopt(key, file, { size, etag, modified: now, ...describeContent(upload.headers), checksum });
        this.forget(upload);
        const fields = { Bucket: upload.bucket, Key: key, ETag: `"${etag}"` };
        const sum =
            checksum === undefined
                ? {}
                : { [`Checksum${checksum.algorithm.toUpperCase()}`]: checksum.value, ChecksumType: checksum.type };
        const response = {
            status: 200,
            body: document("CompleteMultipartUploadResult", xmlElements({ ...fields, ...sum })),
        };
        this.completed.set(upload.id, response);
        return response;
    }

    abort(key: string, request: CloudRequest): CloudResponse {
        this.forget(this.find(request, key));
        return { status: 204 };
    }

    listParts(key: string, request: CloudRequest): CloudResponse {
        const { bucket, id, parts } = this.find(request, key);
        const items = [...parts]
            .sort(([left], [right]) => left - right)
            .map(
                ([number, { size, etag }]) =>
                    `<Part>${xmlElements({ PartNumber: number, ETag: `"${etag}"`, Size: size })}</Part>`,
            );
        const head = { Bucket: bucket, Key: key, UploadId: id, IsTruncated: false };
        return { status: 200, body: document("ListPartsResult", xmlElements(head, items.join(""))) };
    }

    list(bucket: string, prefix: string): CloudResponse {
        const items = [...this.uploads.values()]
            .filter((upload) => upload.bucket === bucket && upload.key.startsWith(prefix))
            .map(({ key, id, started }) =>
                xmlElements({ Key: key, UploadId: id, Initiated: new Date(started).toISOString() }),
            )
            .map((fields) => `<Upload>${fields}</Upload>`);
        const head = `<Bucket>${escapeXml(bucket)}</Bucket><IsTruncated>false</IsTruncated>`;
        return { status: 200, body: document("ListMultipartUploadsResult", head + items.join("")) };
    }

    /** Drops every upload to a bucket that is going away. */
    forgetBucket(bucket: string): void {
        for (const upload of [...this.uploads.values()].filter((candidate) => candidate.bucket === bucket)) {
            this.forget(upload);
        }
    }

    private find({ query }: CloudRequest, key: string): Upload {
        const upload = this.uploads.get(query.get("uploadId") ?? "");
        if (upload?.key !== key) {
            throw new CloudError(
                "NoSuchUpload",
                "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
                404,
            );
        }
        return upload;
    }

    private forget(upload: Upload): void {
        for (const { file } of upload.parts.values()) {
            rmSync(file, { force: true });
        }
        this.uploads.delete(upload.id);
    }
}

/** The parts that the caller names, in their order. */
function chosenParts(upload: Upload, body: string): Part[] {
    const root = parseXml(body).CompleteMultipartUpload as
        { Part?: { PartNumber: string; ETag: string }[] } | undefined;
    const named = root?.Part ?? [];
    if (named.length === 0) {
        throw new CloudError(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        );
    }
    if (named.some(({ PartNumber }, index) => Number(named[index - 1]?.PartNumber ?? 0) >= Number(PartNumber))) {
        throw new CloudError("InvalidPartOrder", "The list of parts was not in ascending order.");
    }
    return named.map(({ PartNumber, ETag }, index) => {
        const part = upload.parts.get(Number(PartNumber));
        if (part?.etag !== ETag.replaceAll('"', "")) {
            throw new CloudError(
                "InvalidPart",
                `One or more of the specified parts could not be found: ${PartNumber}.`,
            );
        }
        if (index < named.length - 1 && part.size < smallestPart) {
            throw new CloudError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size");
        }
        return part;
    });
}

/** Writes the parts one after the other; returns the size in bytes. */
function joinParts(file: string, parts: readonly Part[]): number {
    const target = openSync(file, "w");
    try {
        for (const part of parts) {
            const bytes = readFileSync(part.file);
            for (let written = 0; written < bytes.length;) {
                written += writeSync(target, bytes, written);
            }
        }
    } finally {
        closeSync(target);
    }
    return parts.reduce((sum, part) => sum + part.size, 0);
}

function document(name: string, content: string): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content}</${name}>`;
}
