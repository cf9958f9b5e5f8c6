import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    GetObjectCommand,
    ListMultipartUploadsCommand,
    ListPartsCommand,
    PutObjectCommand,
    S3Client,
    UploadPartCommand,
    type CompletedPart,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { openWireWorld, type WireWorld } from "../../../support/wireWorld";

const Bucket = "metrics";
const Key = "large.csv";
const partBytes = 5 * 1024 * 1024;

describe("local/cloud/s3/multipart", () => {
    let world: WireWorld;
    let s3: S3Client;

    before(async () => {
        world = await openWireWorld();
        s3 = new S3Client(world.client);
    });
    beforeEach(() => world.wire.buckets.create(Bucket));
    afterEach(() => world.wire.buckets.remove(Bucket));
    after(async () => {
        s3.destroy();
        await world.close();
    });

    const begin = async (): Promise<string> => {
        const created = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm: "CRC32" }));
        return created.UploadId!;
    };
    const part = async (UploadId: string, PartNumber: number, Body: Uint8Array | string): Promise<CompletedPart> => {
        const { ETag, ChecksumCRC32 } = await s3.send(
            new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
        );
        return { ETag, ChecksumCRC32, PartNumber };
    };
    const complete = (UploadId: string, Parts: CompletedPart[], condition: object = {}): Promise<{ ETag?: string }> =>
        s3.send(
            new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...condition }),
        );
    const content = async (): Promise<Buffer> => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return Buffer.from(await Body!.transformToByteArray());
    };
    const temporaryFiles = (): Promise<string[]> => readdir(join(world.folder, "s3", ".temporary"));

    it("takes a stream of unknown length from lib-storage", async () => {
        const chunk = Buffer.alloc(1024 * 1024, "0123456789abcdef");
        const body = Readable.from(Array.from({ length: 12 }, () => chunk));
        const { ETag } = await new Upload({
            client: s3,
            params: { Bucket, Key, Body: body, ContentType: "text/csv" },
        }).done();
        assert.match(ETag!, /^"[0-9a-f]{32}-3"$/);
        const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
        assert.equal(got.ContentType, "text/csv");
        assert.ok(Buffer.concat(Array(12).fill(chunk)).equals(Buffer.from(await got.Body!.transformToByteArray())));
        assert.deepEqual(await temporaryFiles(), []);
    });

    it("joins the parts by their numbers, whatever order they came in, the last upload of each counting", async () => {
        const id = await begin();
        const second = await part(id, 2, "tail");
        await part(id, 1, "replaced");
        const first = await part(id, 1, Buffer.alloc(partBytes, "a"));
        const { ETag } = await complete(id, [first, second]);
        const bytes = await content();
        assert.equal(bytes.length, partBytes + 4);
        assert.equal(bytes.subarray(-5).toString(), "atail");
        const md5 = (data: Buffer | string): Buffer => createHash("md5").update(data).digest();
        const expected = md5(Buffer.concat([md5(Buffer.alloc(partBytes, "a")), md5("tail")])).toString("hex");
        assert.equal(ETag, `"${expected}-2"`);
    });

    it("refuses parts that are unknown, out of order or too small", async () => {
        const id = await begin();
        const first = await part(id, 1, "small");
        const second = await part(id, 2, "tail");
        await assert.rejects(complete(id, [{ PartNumber: 3, ETag: first.ETag }]), { name: "InvalidPart" });
        await assert.rejects(complete(id, [{ ...first, ETag: second.ETag }]), { name: "InvalidPart" });
        await assert.rejects(complete(id, [second, first]), { name: "InvalidPartOrder" });
        await assert.rejects(complete(id, [first, second]), { name: "EntityTooSmall" });
        await assert.rejects(s3.send(new GetObjectCommand({ Bucket, Key })), { name: "NoSuchKey" });
    });

    it("completes only when nobody has written the key meanwhile", async () => {
        const id = await begin();
        const only = await part(id, 1, "from parts");
        await s3.send(new PutObjectCommand({ Bucket, Key, Body: "was first" }));
        await assert.rejects(complete(id, [only], { IfNoneMatch: "*" }), { name: "PreconditionFailed" });
        assert.equal((await content()).toString(), "was first");
    });

    it("lets exactly one of two uploads create the key", async () => {
        const ids = [await begin(), await begin()];
        const parts = await Promise.all(ids.map((id, index) => part(id, 1, `upload ${index}`)));
        const results = await Promise.allSettled(
            ids.map((id, index) => complete(id, [parts[index]!], { IfNoneMatch: "*" })),
        );
        assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    });

    it("gives the same answer to a completion that is sent again", async () => {
        const id = await begin();
        const parts = [await part(id, 1, "x")];
        const [first, again] = [await complete(id, parts), await complete(id, parts)];
        assert.equal(again.ETag, first.ETag);
    });

    it("lists uploads and their parts, and forgets both when one is aborted", async () => {
        const id = await begin();
        await part(id, 2, "tail");
        await part(id, 1, "head");
        const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
        assert.deepEqual(
            Uploads?.map(({ Key: key, UploadId }) => [key, UploadId]),
            [[Key, id]],
        );
        const { Parts } = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId: id }));
        assert.deepEqual(
            Parts?.map(({ PartNumber, Size }) => [PartNumber, Size]),
            [
                [1, 4],
                [2, 4],
            ],
        );
        await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: id }));
        assert.equal((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads, undefined);
        await assert.rejects(part(id, 3, "late"), { name: "NoSuchUpload" });
        await assert.rejects(complete(id, [{ PartNumber: 1, ETag: "x" }]), { name: "NoSuchUpload" });
        assert.deepEqual(await temporaryFiles(), []);
    });

    it("refuses a part whose checksum is wrong", async () => {
        const UploadId = await begin();
        const wrong = new UploadPartCommand({
            Bucket,
            Key,
            UploadId,
            PartNumber: 1,
            Body: "x",
            ChecksumCRC32: "AAAAAA==",
        });
        await assert.rejects(s3.send(wrong), { name: "BadDigest" });
        await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    });
});
