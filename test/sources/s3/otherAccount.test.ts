import assert from "node:assert/strict";
import { parse } from "yaml";
import type { PolicyDocument } from "../../../local/cloud/service";
import { pageBlocks } from "../../support/pageBlocks";
import { type S3Bench, openS3Bench } from "../../support/s3Bench";

const page = "sources/s3/README.md";

interface Shown {
    readonly roleArn: string;
    readonly externalId: string;
    readonly tables: object;
}

/** What the page tells the owner of the objects to paste, with the bench's bucket, and its caller for the function's role. */
function shown(): { trust: PolicyDocument; policy: PolicyDocument; config: Shown } {
    const [trust, policy] = pageBlocks(page, "json").map(
        (text) =>
            JSON.parse(
                text.replaceAll("my-lake", "lake").replaceAll("role/lookout-prod-extract-lake", "root"),
            ) as PolicyDocument,
    );
    const stackFile = parse(pageBlocks(page, "yaml").at(-1)!.replaceAll("my-lake", "lake")) as {
        "lookout:sources": { lake: Shown };
    };
    return { trust: trust!, policy: policy!, config: stackFile["lookout:sources"].lake };
}

describe("sources/s3 with a role of another account, as its page says", () => {
    const { trust, policy, config } = shown();
    const { tables, roleArn, externalId } = config;
    let bench: S3Bench;
    const read = async (changes: object = {}) =>
        bench.rows(bench.extractor(tables, { roleArn, externalId, ...changes }), {
            spec: { query: "select * from orders" },
        });

    before(async () => {
        bench = await openS3Bench([{ arn: roleArn, trust, policy }]);
        await bench.put("orders/20260101/a.csv", "ts,platform,views\n2026-01-01 10:00:00,web,1\n");
        await bench.put("other/20260101/a.csv", "ts,platform,views\n");
    });
    after(() => bench.close());

    it("reads what the role may read", async () => {
        assert.deepEqual(await read(), [["2026-01-01 10:00:00", "web", "1"]]);
    });

    it("is refused without the external id that the trust policy asks for, and says which key it is", async () => {
        for (const other of [undefined, "another-word"])
            await assert.rejects(read({ externalId: other }), {
                name: "QueryError",
                message: /sts:AssumeRole.*trust policy of .*lookout:sources\.warehouse\.externalId/s,
            });
    });

    it("is refused what lies beside the path", async () => {
        const beside = { orders: { path: "s3://lake/other/{{yyyyMMdd}}/", format: "CSV" } };
        const extractor = bench.extractor(beside, { roleArn, externalId });
        await assert.rejects(bench.rows(extractor, { spec: { query: "select * from orders" } }), {
            name: "QueryError",
            message: /s3:\/\/lake\/other\/20260101\/.*s3:ListBucket/s,
        });
    });
});
