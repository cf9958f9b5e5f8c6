import assert from "node:assert/strict";
import { explainRefusal, openForeignBucket } from "../../objects/refusals";
import { openS3ObjectStore } from "../../objects/s3ObjectStore";
import { memoryObjectStore } from "../support/memoryObjectStore";

const refusal = (name: string, httpStatusCode: number, message = "said S3"): Error =>
    Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
const roleArn = "arn:aws:iam::210987654321:role/reader";
const bucket = "theirs";

describe("objects/refusals", () => {
    for (const [name, status, remedy] of [
        [
            "AccessDenied",
            403,
            /"theirs" cannot be read: AccessDenied. Allow arn:.*role\/reader s3:ListBucket on theirs, s3:GetObject/,
        ],
        ["NoSuchBucket", 404, /NoSuchBucket. Correct the bucket's name in the metric set's source, or create it/],
        ["InvalidBucketName", 400, /InvalidBucketName. Correct the metric set's source/],
        ["PermanentRedirect", 301, /PermanentRedirect. Correct/],
    ] as const)
        it(`says what to do about ${name}`, () => {
            const explained = explainRefusal(refusal(name, status), { bucket, roleArn }) as Error;
            assert.equal(explained.name, "DataError");
            assert.match(explained.message, remedy);
            assert.doesNotMatch(explained.message, /pulumi up/);
        });

    for (const [name, status] of [
        ["SlowDown", 503],
        ["InternalError", 500],
        ["ExpiredToken", 400],
        ["RequestTimeout", 400],
        ["TooManyRequests", 429],
    ] as const)
        it(`leaves ${name} what it is: it may pass`, () => {
            const error = refusal(name, status);
            assert.equal(explainRefusal(error, { bucket }), error);
        });

    it("leaves a fault of the network what it is", () => {
        const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        assert.equal(explainRefusal(error, { bucket }), error);
    });

    it("explains what any operation of the bucket is refused", async () => {
        const client = { send: async () => Promise.reject(refusal("NoSuchBucket", 404)) };
        const store = openForeignBucket({ bucket }, () => openS3ObjectStore(client as never, bucket));
        const list = async () => {
            for await (const _object of store.list("")) assert.fail("lists an object");
        };
        for (const refused of [list(), store.get("a"), store.stream("a"), store.put("a", "b"), store.delete(["a"])])
            await assert.rejects(refused, { name: "DataError", message: /NoSuchBucket. Correct the bucket's name/ });
    });

    it("gives what the bucket gives", async () => {
        const inner = memoryObjectStore({ a: "1", b: "2" });
        const store = openForeignBucket({ bucket }, () => inner);
        const keys: string[] = [];
        for await (const { key } of store.list("")) keys.push(key);
        assert.deepEqual(keys, ["a", "b"]);
        assert.equal((await store.get("b"))?.body.toString(), "2");
    });
});
