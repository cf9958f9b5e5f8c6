import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { ObjectStore } from "../../objects/objectStore";
import { BucketFiles, bucketExists } from "./s3/bucketFiles";
import { checkDelete } from "./s3/conditions";
import { listObjects } from "./s3/listing";
import { answerMounted } from "./s3/mountedFolder";
import { MultipartUploads } from "./s3/multipart";
import { copyObject, getObject, putObject } from "./s3/objects";
import { openStore } from "./s3/store";
import { parseCopySource, parseTarget, s3Needs, s3Operation, type Target } from "./s3/operation";
import {
    CloudError,
    type Buckets,
    type CloudRequest,
    type CloudResponse,
    type CloudService,
    type Need,
    type World,
} from "./service";
import { parseXml, xmlElements } from "./xml";

/** Whether a role may do something; decides what the service can only judge while it works. */
export type Authorize = (roleArn: string, need: Need) => boolean;

type Handler = (target: Target, request: CloudRequest) => CloudResponse;

const preamble = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** S3 over files: `<folder>/s3/<bucket>/…` holds the objects, `<folder>/s3/<bucket>.jsonl` what the files do not say. */
export class S3Service implements CloudService, Buckets {
    readonly names = ["s3"];
    private readonly root: string;
    private readonly opened = new Map<string, BucketFiles>();
    private readonly mounted = new Map<string, string>();
    private readonly uploads = new MultipartUploads();

    constructor(
        private readonly world: World,
        private readonly authorize: Authorize,
    ) {
        this.root = join(world.folder, "s3");
    }

    operation(raw: Omit<CloudRequest, "operation">): string {
        return s3Operation(raw);
    }

    needs(request: CloudRequest): readonly Need[] {
        return s3Needs(request, this.world.partition);
    }

    async handle(request: CloudRequest): Promise<CloudResponse> {
        const target = parseTarget(request.path);
        const folder = this.mounted.get(target.bucket);
        try {
            return folder === undefined
                ? this.handlers[request.operation]!(target, request)
                : answerMounted(folder, target, request);
        } catch (error) {
            throw this.hidden(error, target, request) ?? error;
        }
    }

    open(bucket: string): ObjectStore {
        return openStore(
            () => this.files(bucket),
            () => this.world.clock.now(),
        );
    }

    mount(bucket: string, folder: string): void {
        this.mounted.set(bucket, folder);
    }

    async create(bucket: string): Promise<void> {
        if (!this.opened.has(bucket)) {
            this.opened.set(bucket, new BucketFiles(this.root, bucket));
        }
    }

    async isEmpty(bucket: string): Promise<boolean> {
        return this.files(bucket).keys.size === 0;
    }

    async remove(bucket: string): Promise<void> {
        this.files(bucket).remove();
        this.uploads.forgetBucket(bucket);
        this.opened.delete(bucket);
    }

    /** The files behind a bucket; throws NoSuchBucket. */
    files(bucket: string): BucketFiles {
        let files = this.opened.get(bucket);
        if (files === undefined) {
            if (!bucketExists(this.root, bucket)) {
                throw new CloudError("NoSuchBucket", `The specified bucket does not exist: ${bucket}`, 404);
            }
            files = new BucketFiles(this.root, bucket);
            this.opened.set(bucket, files);
        }
        return files;
    }

    private readonly handlers: Readonly<Record<string, Handler>> = {
        PutObject: ({ bucket, key }, request) => putObject(this.files(bucket), key, request, this.now()),
        GetObject: ({ bucket, key }, request) => getObject(this.files(bucket), key, request),
        HeadObject: ({ bucket, key }, request) => getObject(this.files(bucket), key, request),
        DeleteObject: ({ bucket, key }, request) => {
            const files = this.files(bucket);
            checkDelete(request.headers, files.get(key));
            files.delete(key);
            return { status: 204 };
        },
        DeleteObjects: (target, request) => this.deleteObjects(target, request),
        CopyObject: ({ bucket, key }, request) => {
            const source = parseCopySource(request.headers["x-amz-copy-source"]!);
            const from = { files: this.files(source.bucket), key: source.key };
            return copyObject(from, { files: this.files(bucket), key }, request, this.now());
        },
        ListObjectsV2: ({ bucket }, request) => this.xml(listObjects(bucket, this.files(bucket), request.query, true)),
        ListObjects: ({ bucket }, request) => this.xml(listObjects(bucket, this.files(bucket), request.query, false)),
        CreateMultipartUpload: ({ bucket, key }, request) => {
            this.files(bucket);
            return this.uploads.create(bucket, key, request, this.now());
        },
        UploadPart: ({ bucket, key }, request) => this.uploads.putPart(this.files(bucket), key, request),
        CompleteMultipartUpload: ({ bucket, key }, request) =>
            this.uploads.complete(this.files(bucket), key, request, this.now()),
        AbortMultipartUpload: ({ key }, request) => this.uploads.abort(key, request),
        ListParts: ({ key }, request) => this.uploads.listParts(key, request),
        ListMultipartUploads: ({ bucket }, { query }) => this.uploads.list(bucket, query.get("prefix") ?? ""),
        HeadBucket: ({ bucket }) => {
            this.files(bucket);
            return { status: 200, headers: { "x-amz-bucket-region": this.world.region } };
        },
        GetBucketLocation: ({ bucket }) => {
            this.files(bucket);
            const location = this.world.region === "us-east-1" ? "" : this.world.region;
            return this.xml(
                `${preamble}<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${location}</LocationConstraint>`,
            );
        },
        CreateBucket: ({ bucket }) => {
            this.opened.set(bucket, this.opened.get(bucket) ?? new BucketFiles(this.root, bucket));
            return { status: 200, headers: { location: `/${bucket}` } };
        },
        DeleteBucket: ({ bucket }) => {
            if (this.files(bucket).keys.size > 0) {
                throw new CloudError("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
            }
            this.files(bucket).remove();
            this.uploads.forgetBucket(bucket);
            this.opened.delete(bucket);
            return { status: 204 };
        },
        ListBuckets: () => this.listBuckets(),
    };

    private deleteObjects({ bucket }: Target, request: CloudRequest): CloudResponse {
        const files = this.files(bucket);
        const root = parseXml(request.body.toString("utf8")).Delete as
            { Object?: { Key: string }[]; Quiet?: string } | undefined;
        const objects = root?.Object ?? [];
        if (objects.length === 0 || objects.length > 1000) {
            throw new CloudError(
                "MalformedXML",
                "The XML you provided was not well-formed or did not validate against our published schema",
            );
        }
        const results = objects.map(({ Key }) => {
            const resource = `arn:${this.world.partition}:s3:::${bucket}/${Key}`;
            if (
                request.principal !== undefined &&
                !this.authorize(request.principal, { action: "s3:DeleteObject", resource })
            ) {
                return `<Error>${xmlElements({ Key, Code: "AccessDenied", Message: "Access Denied" })}</Error>`;
            }
            files.delete(Key);
            return root?.Quiet === "true" ? "" : `<Deleted>${xmlElements({ Key })}</Deleted>`;
        });
        return this.xml(`${preamble}<DeleteResult>${results.join("")}</DeleteResult>`);
    }

    private listBuckets(): CloudResponse {
        const names = readdirSync(this.root, { withFileTypes: true })
            .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
            .map((entry) => `<Bucket>${xmlElements({ Name: entry.name })}</Bucket>`);
        return this.xml(
            `${preamble}<ListAllMyBucketsResult><Buckets>${names.join("")}</Buckets></ListAllMyBucketsResult>`,
        );
    }

    /** Who may not list a bucket is not told that a key is missing. */
    private hidden(error: unknown, { bucket }: Target, { principal }: CloudRequest): CloudError | undefined {
        const need = { action: "s3:ListBucket", resource: `arn:${this.world.partition}:s3:::${bucket}` };
        const isMissing = error instanceof CloudError && error.name === "NoSuchKey";
        return isMissing && principal !== undefined && !this.authorize(principal, need)
            ? new CloudError(
                  "AccessDenied",
                  `${principal} may not perform s3:ListBucket on ${need.resource}, so that missing keys are not told`,
                  403,
              )
            : undefined;
    }

    private xml(body: string): CloudResponse {
        return { status: 200, headers: { "content-type": "application/xml" }, body };
    }

    private now(): number {
        return this.world.clock.now();
    }
}
