import {
    CopyObjectCommand,
    CreateBucketCommand,
    DeleteBucketCommand,
    DeleteObjectCommand,
    DeleteObjectsCommand,
    GetObjectCommand,
    HeadBucketCommand,
    HeadObjectCommand,
    ListBucketsCommand,
    ListObjectsV2Command,
    PutObjectCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import { encodeKey } from "../../../local/cloud/s3/keyEncoding";
import { openWireWorld, wireStart, type WireWorld } from "../../support/wireWorld";

const Bucket = "metrics";

describe("local/cloud/s3", () => {
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

    const put = (Key: string, Body: string | Uint8Array = "x"): Promise<unknown> =>
        s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    const read = async (Key: string): Promise<string> => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        return Body!.transformToString();
    };
    const keysOf = (listed: { Contents?: { Key?: string }[] }): string[] =>
        (listed.Contents ?? []).map(({ Key }) => Key!);

    describe("objects", () => {
        it("gives back what was put, with MD5 as etag, checksum, type, metadata and the simulated time", async () => {
            const etag = `"${createHash("md5").update("a,b\n").digest("hex")}"`;
            const done = await s3.send(
                new PutObjectCommand({
                    Bucket,
                    Key: "k",
                    Body: "a,b\n",
                    ContentType: "text/csv",
                    Metadata: { owner: "me" },
                }),
            );
            const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
            assert.equal(await got.Body!.transformToString(), "a,b\n");
            assert.deepEqual(
                [done.ETag, got.ETag, got.ContentType, got.Metadata],
                [etag, etag, "text/csv", { owner: "me" }],
            );
            assert.deepEqual([got.ContentLength, got.LastModified?.getTime()], [4, wireStart]);
            assert.deepEqual([done.ChecksumCRC32, got.ChecksumCRC32], [done.ChecksumCRC32, done.ChecksumCRC32]);
            assert.ok(done.ChecksumCRC32);
        });

        it("keeps an object as a file that a person can read", async () => {
            await put("shop/ledger/2026-01/20260101T000000Z.json", "{}");
            const file = join(world.folder, "s3", Bucket, "shop/ledger/2026-01/20260101T000000Z.json");
            assert.equal(await readFile(file, "utf8"), "{}");
        });

        it("says in a HEAD what a GET would, without content", async () => {
            await put("k", "hello");
            const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
            assert.equal(head.ContentLength, 5);
            await assert.rejects(s3.send(new HeadObjectCommand({ Bucket, Key: "none" })), { name: "NotFound" });
        });

        it("answers NoSuchKey and NoSuchBucket", async () => {
            await assert.rejects(s3.send(new GetObjectCommand({ Bucket, Key: "none" })), { name: "NoSuchKey" });
            const elsewhere = new GetObjectCommand({ Bucket: "none", Key: "k" });
            await assert.rejects(s3.send(elsewhere), { name: "NoSuchBucket" });
        });

        it("carries odd keys unharmed, each as an object of its own", async () => {
            const keys = [
                ...["a", "a/b", "a/", "a//b", "a.b", "a.b/c", "./x", "../x", "x/..", "x/.", ".hidden"],
                ...[
                    "é/ü 😀",
                    "sp ace+plus",
                    "a=b&c?d#e",
                    "100%",
                    "%41",
                    "back\\slash",
                    'q"uote',
                    "new\nline",
                    "tab\tx",
                ],
                ...["x".repeat(700), `${"d/".repeat(300)}end`, "star*", "<xml>&", "colon:pipe|"],
            ];
            for (const key of keys) {
                await put(key, `value of ${key}`);
            }
            for (const key of keys) {
                assert.equal(await read(key), `value of ${key}`);
            }
            const listed = await s3.send(new ListObjectsV2Command({ Bucket }));
            assert.deepEqual(keysOf(listed).sort(), [...keys].sort());
        });

        it("writes a streamed body, whose checksum comes behind it", async () => {
            const Body = Readable.from([Buffer.from("hello "), Buffer.from("world")]);
            await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body, ContentLength: 11 }));
            const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
            assert.equal(await got.Body!.transformToString(), "hello world");
            assert.ok(got.ChecksumCRC32);
            assert.equal(got.ContentEncoding, undefined);
        });

        it("serves an object of many megabytes", async () => {
            const body = Buffer.alloc(9 * 1024 * 1024, "abcdefg");
            await put("large", body);
            const got = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
            assert.ok(body.equals(Buffer.from(await got.Body!.transformToByteArray())));
        });

        it("keeps an empty object", async () => {
            await put("empty", "");
            assert.equal(await read("empty"), "");
        });

        it("copies within and between buckets", async () => {
            await world.wire.buckets.create("other");
            await s3.send(new PutObjectCommand({ Bucket, Key: "a b/é", Body: "x", ContentType: "text/csv" }));
            const CopySource = `${Bucket}/${encodeURIComponent("a b/é")}`;
            await s3.send(new CopyObjectCommand({ Bucket: "other", Key: "copy", CopySource }));
            const got = await s3.send(new GetObjectCommand({ Bucket: "other", Key: "copy" }));
            assert.deepEqual([await got.Body!.transformToString(), got.ContentType], ["x", "text/csv"]);
            await assert.rejects(s3.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/none` })), {
                name: "NoSuchKey",
            });
            await world.wire.buckets.remove("other");
        });

        it("deletes one and many, in silence also those that are not there", async () => {
            await put("a");
            await put("b/c");
            await put("d&<e>");
            await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
            await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
            const Objects = [{ Key: "b/c" }, { Key: "d&<e>" }, { Key: "none" }];
            const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
            assert.deepEqual([Deleted?.map(({ Key }) => Key), Errors], [["b/c", "d&<e>", "none"], undefined]);
            assert.equal(await world.wire.buckets.isEmpty(Bucket), true);
        });
    });

    describe("ranges", () => {
        beforeEach(() => put("digits", "0123456789"));
        const range = async (Range: string): Promise<[string, string | undefined]> => {
            const got = await s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));
            return [await got.Body!.transformToString(), got.ContentRange];
        };

        it("gives a span, an open end, and the last bytes", async () => {
            assert.deepEqual(await range("bytes=2-4"), ["234", "bytes 2-4/10"]);
            assert.deepEqual(await range("bytes=7-"), ["789", "bytes 7-9/10"]);
            assert.deepEqual(await range("bytes=-3"), ["789", "bytes 7-9/10"]);
            assert.deepEqual(await range("bytes=8-100"), ["89", "bytes 8-9/10"]);
            assert.deepEqual(await range("bytes=0-9"), ["0123456789", "bytes 0-9/10"]);
        });

        it("refuses one that begins behind the end", async () => {
            await assert.rejects(range("bytes=10-12"), { name: "InvalidRange" });
        });
    });

    describe("conditions", () => {
        const putIf = (condition: { IfNoneMatch?: string; IfMatch?: string }, Body = "x"): Promise<{ ETag?: string }> =>
            s3.send(new PutObjectCommand({ Bucket, Key: "k", Body, ...condition }));

        it("lets exactly one of many writers create an object", async () => {
            const tries = Array.from({ length: 20 }, (_, index) => putIf({ IfNoneMatch: "*" }, `writer ${index}`));
            const results = await Promise.allSettled(tries);
            const winners = results.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
            assert.equal(winners.length, 1);
            assert.equal(await read("k"), `writer ${winners[0]}`);
            const lost = results.find((result) => result.status === "rejected")!.reason as {
                name: string;
                $metadata: object;
            };
            assert.equal(lost.name, "PreconditionFailed");
            assert.deepEqual(lost.$metadata, { ...lost.$metadata, httpStatusCode: 412 });
        });

        it("lets exactly one of many writers replace the version that they read", async () => {
            const { ETag } = await putIf({}, "first");
            const results = await Promise.allSettled(
                Array.from({ length: 10 }, (_, index) => putIf({ IfMatch: ETag }, `writer ${index}`)),
            );
            assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
        });

        it("answers NoSuchKey to If-Match of an object that is not there", async () => {
            await assert.rejects(putIf({ IfMatch: '"0123"' }), { name: "NoSuchKey" });
        });

        it("keeps a delete from another version", async () => {
            await putIf({}, "first");
            await assert.rejects(s3.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: '"0123"' })), {
                name: "PreconditionFailed",
            });
            assert.equal(await read("k"), "first");
        });

        it("answers 304 to a reader who has this version", async () => {
            const { ETag } = await putIf({});
            await assert.rejects(
                s3.send(new GetObjectCommand({ Bucket, Key: "k", IfNoneMatch: ETag })),
                (error: { $metadata: { httpStatusCode: number } }) => error.$metadata.httpStatusCode === 304,
            );
        });
    });

    describe("checksums", () => {
        for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"] as const) {
            it(`accepts ${ChecksumAlgorithm} and gives it back`, async () => {
                await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello", ChecksumAlgorithm }));
                const got = await s3.send(new GetObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
                assert.ok(got[`Checksum${ChecksumAlgorithm}`]);
                assert.equal(await got.Body!.transformToString(), "hello");
            });
        }

        it("refuses a body whose checksum is wrong, and writes nothing", async () => {
            const wrong = new PutObjectCommand({ Bucket, Key: "k", Body: "hello", ChecksumCRC32: "AAAAAA==" });
            await assert.rejects(s3.send(wrong), { name: "BadDigest" });
            assert.equal(await world.wire.buckets.isEmpty(Bucket), true);
        });

        it("refuses a chunked body whose trailer is wrong or whose length is not what was announced", async () => {
            const send = (body: string, length: number): Promise<number> =>
                putChunked(world.wire.endpoint, body, length);
            assert.equal(await send("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", 5), 400);
            assert.equal(await send("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 6), 400);
            assert.equal(await send("9\r\nhello\r\n", 5), 400);
            assert.equal(await send("2\r\nhe\r\n3\r\nllo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 5), 200);
            assert.equal(await read("k"), "hello");
        });
    });

    describe("buckets", () => {
        it("are created, found, listed and, once empty, deleted", async () => {
            await s3.send(new CreateBucketCommand({ Bucket: "mine" }));
            await s3.send(new HeadBucketCommand({ Bucket: "mine" }));
            const { Buckets } = await s3.send(new ListBucketsCommand({}));
            assert.deepEqual(
                Buckets?.map(({ Name }) => Name),
                [Bucket, "mine"],
            );
            await s3.send(new PutObjectCommand({ Bucket: "mine", Key: "k", Body: "x" }));
            await assert.rejects(s3.send(new DeleteBucketCommand({ Bucket: "mine" })), { name: "BucketNotEmpty" });
            await s3.send(new DeleteObjectCommand({ Bucket: "mine", Key: "k" }));
            await s3.send(new DeleteBucketCommand({ Bucket: "mine" }));
            await assert.rejects(s3.send(new HeadBucketCommand({ Bucket: "mine" })), { name: "NotFound" });
        });

        it("keep objects, etags and checksums when the process begins anew, and adopt files that were laid there", async () => {
            const { reopened, etag } = await restart();
            const client = new S3Client(reopened.client);
            const got = await client.send(new GetObjectCommand({ Bucket: "kept", Key: "a/b.json" }));
            assert.deepEqual(
                [await got.Body!.transformToString(), got.ETag, got.ContentType],
                ["one", etag, "text/csv"],
            );
            assert.deepEqual(keysOf(await client.send(new ListObjectsV2Command({ Bucket: "kept" }))), [
                "a/b.json",
                "laid",
            ]);
            await assert.rejects(
                client.send(new PutObjectCommand({ Bucket: "kept", Key: "laid", Body: "", IfNoneMatch: "*" })),
                { name: "PreconditionFailed" },
            );
            client.destroy();
            await reopened.close();
        });
    });

    describe("buckets.open", () => {
        it("is an object store over the same objects", async () => {
            const store = world.wire.buckets.open(Bucket);
            const { etag } = (await store.put("p/a", "one", { ifAbsent: true }))!;
            assert.equal(await store.put("p/a", "two", { ifAbsent: true }), undefined);
            assert.equal(await store.put("p/a", "two", { ifMatch: '"x"' }), undefined);
            assert.ok(await store.put("p/a", "two", { ifMatch: etag }));
            await put("p/b", "three");
            const listed: string[] = [];
            for await (const { key } of store.list("p/", "p/a")) {
                listed.push(key);
            }
            assert.deepEqual(listed, ["p/b"]);
            assert.equal((await store.get("p/a"))?.body.toString(), "two");
            assert.equal(await store.get("none"), undefined);
            await store.delete(["p/a", "p/b", "none"]);
            assert.equal(await world.wire.buckets.isEmpty(Bucket), true);
        });
    });
});

/** Sends a body of which the SDK would not make a wrong one; returns the status. */
async function putChunked(endpoint: string, body: string, length: number): Promise<number> {
    const headers = {
        authorization: "AWS4-HMAC-SHA256 Credential=AKIAUSER/20260401/us-east-1/s3/aws4_request, Signature=0",
        "content-encoding": "aws-chunked",
        "content-length": Buffer.byteLength(body),
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": length,
        "x-amz-trailer": "x-amz-checksum-crc32",
    };
    return new Promise((resolve, reject) => {
        const sent = request(`${endpoint}/${Bucket}/k`, { method: "PUT", headers }, (response) => {
            response.resume();
            response.on("end", () => resolve(response.statusCode ?? 0));
        });
        sent.on("error", reject).end(body);
    });
}

/** A world that held an object, closed and opened again, with a file laid into its bucket in between. */
async function restart(): Promise<{ reopened: WireWorld; etag: string | undefined }> {
    const { writeFile } = await import("node:fs/promises");
    const first = await openWireWorld();
    await first.wire.buckets.create("kept");
    const client = new S3Client(first.client);
    const { ETag } = await client.send(
        new PutObjectCommand({ Bucket: "kept", Key: "a/b.json", Body: "one", ContentType: "text/csv" }),
    );
    client.destroy();
    await writeFile(join(first.folder, "s3", "kept", encodeKey("laid")), "from the user");
    return { reopened: await first.reopen(), etag: ETag };
}
