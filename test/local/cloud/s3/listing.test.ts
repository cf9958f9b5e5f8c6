import {
    ListObjectsCommand,
    ListObjectsV2Command,
    paginateListObjectsV2,
    PutObjectCommand,
    S3Client,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { openWireWorld, type WireWorld } from "../../../support/wireWorld";

const Bucket = "metrics";

describe("local/cloud/s3/listing", () => {
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

    const put = (Key: string): Promise<unknown> => s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const keysOf = (listed: { Contents?: { Key?: string }[] }): string[] =>
        (listed.Contents ?? []).map(({ Key }) => Key!);

    it("lists all keys in the order of their UTF-8 bytes, page by page", async () => {
        const keys = ["a", "a/1", "a/2", "b", "z", "é", "\uffee", "😀", "A"];
        for (const key of keys) {
            await put(key);
        }
        const found: string[] = [];
        for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket })) {
            assert.ok((page.KeyCount ?? 0) <= 2);
            found.push(...keysOf(page));
        }
        assert.deepEqual(found, ["A", "a", "a/1", "a/2", "b", "z", "é", "\uffee", "😀"]);
    });

    it("begins after a key, whether that exists or not, and stays below the prefix", async () => {
        for (const key of ["a", "p/1", "p/2", "p/3", "q"]) {
            await put(key);
        }
        const list = async (StartAfter: string, Prefix?: string): Promise<string[]> =>
            keysOf(await s3.send(new ListObjectsV2Command({ Bucket, StartAfter, Prefix })));
        assert.deepEqual(await list("p/1", "p/"), ["p/2", "p/3"]);
        assert.deepEqual(await list("p/15", "p/"), ["p/2", "p/3"]);
        assert.deepEqual(await list("p/9", "p/"), []);
        assert.deepEqual(await list("p"), ["p/1", "p/2", "p/3", "q"]);
    });

    it("rolls keys up to the delimiter, each prefix once, also across pages", async () => {
        for (const key of ["a/1", "a/2", "a/3", "b", "c/1/x", "c/2", "d"]) {
            await put(key);
        }
        const found: string[] = [];
        for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Delimiter: "/" })) {
            found.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!), ...keysOf(page));
        }
        assert.deepEqual(found, ["a/", "b", "c/", "d"]);
        const below = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", Prefix: "c/" }));
        assert.deepEqual([below.CommonPrefixes, keysOf(below)], [[{ Prefix: "c/1/" }], ["c/2"]]);
    });

    it("gives at most a thousand keys a page, and says when there are no more", async () => {
        const store = world.wire.buckets.open(Bucket);
        for (let index = 0; index < 1001; index += 1) {
            await store.put(`k${String(index).padStart(4, "0")}`, "");
        }
        const first = await s3.send(new ListObjectsV2Command({ Bucket }));
        assert.deepEqual([first.KeyCount, first.IsTruncated], [1000, true]);
        const rest = await s3.send(
            new ListObjectsV2Command({ Bucket, ContinuationToken: first.NextContinuationToken }),
        );
        assert.deepEqual([keysOf(rest), rest.IsTruncated, rest.NextContinuationToken], [["k1000"], false, undefined]);
    });

    it("answers the old listing with its markers", async () => {
        for (const key of ["a", "b", "c"]) {
            await put(key);
        }
        const first = await s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2 }));
        assert.deepEqual([keysOf(first), first.NextMarker], [["a", "b"], "b"]);
        const rest = await s3.send(new ListObjectsCommand({ Bucket, Marker: "b" }));
        assert.deepEqual(keysOf(rest), ["c"]);
    });

    it("refuses a page size and a token that make no sense", async () => {
        await assert.rejects(s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 })), {
            name: "InvalidArgument",
        });
        await assert.rejects(s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: "???" })), {
            name: "InvalidArgument",
        });
    });
});
