import assert from "node:assert/strict";
import { inspect } from "node:util";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import type { Extraction } from "../../sources/metricSource";
import type { PostgresTools } from "../../sources/postgres/extractor";
import { type PostgresBench, userPassword } from "./postgresBench";
import { serverPassword, testAuthority } from "./postgresServer";
import { specOf } from "./specs";

const start = Date.parse("2026-01-01T10:00:00Z");
let attempts = 0;

/** An attempt of its own at one window of `events`. */
export function attemptAt(bench: PostgresBench, query?: string): Extraction {
    attempts += 1;
    return {
        detector: "shop",
        spec: specOf(query === undefined ? {} : { query }),
        window: { start, end: start + 3_600_000 },
        kind: "live",
        bucket: bench.bucket,
        prefix: `shop/live/20260101/1000/g-${attempts}/`,
        token: "t",
    };
}

/** Keys of a source that signs in to the bench's server by secret. */
export const bySecret = (bench: PostgresBench, keys: object = {}): object => ({
    secret: bench.secret,
    certificateAuthority: testAuthority,
    ...keys,
});

/** What an attempt left in the bucket: its objects, and uploads that were begun and neither completed nor given up. */
export async function leftOf({ store, bucket, cloud }: PostgresBench, { prefix }: Extraction): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of store.list(prefix)) keys.push(key);
    const s3 = new S3Client({ ...cloud.client, forcePathStyle: true });
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }));
    return [...keys, ...Uploads.map(({ Key = "" }) => `${Key} (unfinished)`)];
}

/** Holds an extraction to failing with an error of this name and text that shows no password, and to leaving nothing. */
export async function assertFails(
    bench: PostgresBench,
    expected: { readonly name: string; readonly message: RegExp },
    given: { readonly config: object; readonly query?: string; readonly tools?: Partial<PostgresTools> },
): Promise<void> {
    const attempt = attemptAt(bench, given.query);
    await assert.rejects(bench.extractor(given.config, given.tools).start(attempt), (error: Error) => {
        assert.equal(error.name, expected.name, error.message);
        assert.match(error.message, expected.message);
        const shown = inspect(error, { depth: 6 });
        for (const password of [userPassword, serverPassword, "wrong-password"]) assert.ok(!shown.includes(password));
        return true;
    });
    assert.deepEqual(await leftOf(bench, attempt), []);
}
