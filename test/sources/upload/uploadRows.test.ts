import assert from "node:assert/strict";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { openS3ObjectStore } from "../../../objects/s3ObjectStore";
import type { ObjectStore } from "../../../objects/objectStore";
import { findRows, rowsEnding, type UploadTarget, uploadRows } from "../../../sources/upload/uploadRows";
import { openWiredCloud, type WiredCloud } from "../../support/wiredCloud";

const bucket = "metrics";
const megabyte = 1024 * 1024;
/** A megabyte that packing makes no smaller. */
const unpackable = randomBytes(megabyte);

describe("sources/upload/uploadRows", () => {
    let cloud: WiredCloud;
    let client: S3Client;
    let store: ObjectStore;
    let keys = 0;
    before(async () => {
        cloud = await openWiredCloud(Date.parse("2026-01-01T00:00:00Z"));
        await cloud.wire.buckets.create(bucket);
        // One try a request: what is provoked is seen at once.
        client = new S3Client({ ...cloud.client, forcePathStyle: true, maxAttempts: 1 });
        store = openS3ObjectStore(client, bucket);
    });
    after(() => cloud.close());

    const target = (changes: Partial<UploadTarget> = {}): UploadTarget => {
        const compression = changes.compression ?? "NONE";
        const key = `rows/${++keys}/rows${rowsEnding(compression)}`;
        return { bucket, key, region: cloud.client.region, compression, client, ...changes };
    };
    const content = async ({ key }: UploadTarget): Promise<Buffer | undefined> => (await store.get(key))?.body;
    const unfinished = async (): Promise<number> =>
        (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads?.length ?? 0;
    /** A stream of so many megabytes, which fails at its end with the error given. */
    async function* megabytes(count: number, error?: Error): AsyncGenerator<Buffer> {
        for (let index = 0; index < count; index += 1) yield Buffer.alloc(megabyte, index + 1);
        if (error !== undefined) throw error;
    }

    it("writes what fits into one request", async () => {
        const at = target();
        assert.deepEqual(await uploadRows(Readable.from([Buffer.from("ts\n")]), at), { bytes: 3, existed: false });
        assert.equal((await content(at))?.toString(), "ts\n");
    });

    it("writes what needs many parts, byte for byte", async () => {
        const at = target();
        const { bytes } = await uploadRows(Readable.from(megabytes(13)), at);
        const found = await content(at);
        assert.deepEqual([bytes, found?.length], [13 * megabyte, 13 * megabyte]);
        assert.deepEqual(
            [...Array(13).keys()].map((index) => found?.[index * megabyte]),
            [...Array(13).keys()].map((n) => n + 1),
        );
    });

    it("writes what fills its parts to the last byte", async () => {
        for (const count of [5, 10, 20]) {
            const at = target();
            await uploadRows(Readable.from(megabytes(count)), at);
            const whole = Buffer.concat([...Array(count).keys()].map((index) => Buffer.alloc(megabyte, index + 1)));
            assert.ok((await content(at))?.equals(whole));
        }
    });

    it("packs what is to be packed", async () => {
        const at = target({ compression: "GZIP" });
        const { bytes } = await uploadRows(Readable.from(megabytes(2)), at);
        assert.ok(bytes < megabyte);
        assert.equal(gunzipSync((await content(at)) ?? "").length, 2 * megabyte);
    });

    it("takes the place of nothing, small or large: the first writer's rows are the ones that count", async () => {
        for (const count of [1, 6]) {
            const at = target();
            await uploadRows(Readable.from([Buffer.from("first")]), at);
            const second = await uploadRows(Readable.from(megabytes(count)), at);
            assert.deepEqual(second, { bytes: 5, existed: true });
            assert.equal((await content(at))?.toString(), "first");
        }
        assert.equal(await unfinished(), 0);
    });

    it("leaves nothing when the rows break off, and passes their error on", async () => {
        for (const compression of ["NONE", "GZIP"] as const)
            for (const count of [1, 12]) {
                const at = target({ compression });
                const broken = Readable.from(megabytes(count, new Error("connection lost")));
                await assert.rejects(uploadRows(broken, at), /connection lost/);
                assert.equal(await content(at), undefined);
            }
        assert.equal(await unfinished(), 0);
    });

    it("takes back an upload that the store was still beginning when the rows broke off", async () => {
        const rows = Readable.from(megabytes(12));
        const slow = new S3Client({ ...cloud.client, forcePathStyle: true, maxAttempts: 1 });
        slow.middlewareStack.add(
            (next, { commandName }) =>
                async (args) => {
                    const answer = await next(args);
                    if (commandName === "CreateMultipartUploadCommand") {
                        rows.destroy(new Error("connection lost"));
                        await new Promise((resolve) => setImmediate(resolve));
                    }
                    return answer;
                },
            { step: "initialize" },
        );
        await assert.rejects(uploadRows(rows, target({ client: slow })), /connection lost/);
        assert.equal(await unfinished(), 0);
    });

    it("leaves it to the source to say what became of a connection to the database", async () => {
        for (const compression of ["NONE", "GZIP"] as const) {
            const lost = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
            const broken = Readable.from(megabytes(1, lost));
            await assert.rejects(uploadRows(broken, target({ compression })), (error) => error === lost);
        }
    });

    it("leaves nothing when the caller gives up, and stops the rows", async () => {
        const caller = new AbortController();
        const at = target({ signal: caller.signal });
        const rows = Readable.from(
            (async function* () {
                yield* megabytes(12);
                caller.abort(new Error("time is over"));
                yield* megabytes(12);
            })(),
        );
        await assert.rejects(uploadRows(rows, at), /time is over/);
        assert.ok(rows.destroyed);
        assert.equal(await content(at), undefined);
        assert.equal(await unfinished(), 0);
    });

    it("begins nothing when the caller has given up already", async () => {
        const at = target({ signal: AbortSignal.abort(new Error("too late")) });
        await assert.rejects(uploadRows(Readable.from(megabytes(1)), at), /too late/);
        assert.equal(await content(at), undefined);
    });

    for (const [status, operation] of [
        [503, "PutObject"],
        [500, "UploadPart"],
        [409, "CompleteMultipartUpload"],
    ] as const) {
        it(`is to be tried again when ${operation} answers ${status}, and leaves nothing`, async () => {
            const at = target();
            const error = { name: "SlowDown", message: "Please reduce your request rate.", status };
            cloud.wire.faults.inject({ at: `s3:${operation}`, error });
            const rows = Readable.from(megabytes(operation === "PutObject" ? 1 : 12));
            await assert.rejects(uploadRows(rows, at), { name: "SourceBusyError", message: /Writing the rows to s3:/ });
            assert.equal(await content(at), undefined);
            assert.equal(await unfinished(), 0);
        });
    }

    for (const [status, operation, count] of [
        [503, "CreateMultipartUpload", 12],
        [500, "UploadPart", 40],
    ] as const)
        for (const compression of ["NONE", "GZIP"] as const)
            it(`blames the store, not the rows, when ${operation} answers ${status} while they come (${compression})`, async () => {
                const at = target({ compression });
                const error = { name: "SlowDown", message: "Please reduce your request rate.", status };
                cloud.wire.faults.inject({ at: `s3:${operation}`, error });
                const rows = Readable.from(Array<Buffer>(count).fill(unpackable));
                await assert.rejects(uploadRows(rows, at), (thrown: Error) => {
                    assert.equal(thrown.name, "SourceBusyError");
                    assert.match(
                        thrown.message,
                        /^Writing the rows to s3:.* failed: Please reduce your request rate\.$/,
                    );
                    assert.equal((thrown.cause as Error).name, "SlowDown");
                    return true;
                });
                assert.ok(rows.destroyed && !rows.readableEnded);
                assert.equal(await content(at), undefined);
                assert.equal(await unfinished(), 0);
            });

    it("finds what an earlier call stored in the other way, whichever it was", async () => {
        for (const compression of ["NONE", "GZIP"] as const) {
            const packed = target({ compression: "GZIP" });
            const plain = { ...packed, key: packed.key.slice(0, -".gz".length), compression: "NONE" } as const;
            const [written, asked] = compression === "GZIP" ? [packed, plain] : [plain, packed];
            await uploadRows(Readable.from([Buffer.from("a\n1")]), written);
            assert.equal((await findRows(asked))?.existed, true);
        }
    });

    it("finds what is there, and nothing where nothing is", async () => {
        const at = target();
        assert.equal(await findRows(at), undefined);
        await uploadRows(Readable.from([Buffer.from("ts\n")]), at);
        assert.deepEqual(await findRows(at), { bytes: 3, existed: true });
    });
});
